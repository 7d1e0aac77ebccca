package dev.camelfeishu.ops.routetest;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One test of a file.
 *
 * @param file it stands in
 * @param line on which it begins
 * @param name what it shows, a sentence
 * @param spec all of it, as docs/route-tests.md describes
 */
public record RouteTest(String file, int line, String name, JsonNode spec) {

    @Override
    public String toString() {
        return file + ":" + line + ": " + name;
    }
}
