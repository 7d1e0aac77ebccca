package dev.camelfeishu.ops.routetest;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a route has sent.
 *
 * @param operation what the route calls it: {@code message/reply}; the method and path where no step of a route stands behind it
 * @param values path variables, query and body in one object
 */
record Sent(String operation, JsonNode values) {

    @Override
    public String toString() {
        return operation + " " + values;
    }
}
