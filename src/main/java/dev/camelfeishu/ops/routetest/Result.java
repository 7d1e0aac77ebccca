package dev.camelfeishu.ops.routetest;

import java.util.List;

/**
 * What became of a test.
 *
 * @param differences what was not as the test says, a line each; empty when it passed
 */
public record Result(RouteTest test, List<String> differences) {

    public boolean passed() {
        return differences.isEmpty();
    }
}
