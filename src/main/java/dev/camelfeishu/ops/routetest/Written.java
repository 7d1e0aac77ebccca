package dev.camelfeishu.ops.routetest;

import java.util.List;

/** A statement that changes rows, with the values that were bound. */
record Written(String sql, List<Object> parameters) {

    @Override
    public String toString() {
        return sql + " " + parameters;
    }
}
