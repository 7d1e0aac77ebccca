package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By the examples and rules of W3C Trace Context. */
class TraceContextTest {

    private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + ID + "-00f067aa0ba902b7-01";

    private static TraceContext of(String parent, String state) {
        return TraceContext.of(Headers.of(Map.of("traceparent", parent, "tracestate", state)));
    }

    @Test
    void a_well_formed_trace_is_carried_on() {
        TraceContext trace = of(PARENT, "congo=t61rcWkgMzE , rojo@vendor=00f067aa0ba902b7,,");
        assertThat(trace.parent()).isEqualTo(PARENT);
        assertThat(trace.traceId()).isEqualTo(ID);
        assertThat(trace.state()).isEqualTo("congo=t61rcWkgMzE,rojo@vendor=00f067aa0ba902b7");
    }

    @Test
    void a_later_version_is_read_as_far_as_it_is_known() {
        assertThat(of("cc" + PARENT.substring(2) + "-what-comes-then", "").parent())
                .isEqualTo(PARENT);
        assertThat(of("cc" + PARENT.substring(2), "").parent()).isEqualTo(PARENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\n",
                "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01"
            })
    void a_malformed_trace_is_ignored_with_its_state(String parent) {
        TraceContext trace = of(parent, "congo=1");
        assertThat(trace.traceId()).isNotEqualTo(ID).matches("[0-9a-f]{32}");
        assertThat(trace.state()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "=1", "Congo=1", "congo=", "congo=\u00e9", "congo=1\r\nX-Other: 2", "a=1=2"})
    void a_malformed_state_is_dropped_and_the_trace_is_kept(String state) {
        assertThat(of(PARENT, state)).isEqualTo(new TraceContext(PARENT, ""));
    }

    @Test
    void too_long_a_state_is_dropped() {
        assertThat(of(PARENT, "a=" + "x".repeat(255)).state()).hasSize(257);
        assertThat(of(PARENT, "a=" + "x".repeat(257)).state()).isEmpty();
        assertThat(of(PARENT, "a=1,".repeat(33)).state()).isEmpty();
        assertThat(of(PARENT, "a=" + "x".repeat(250) + ",b=" + "x".repeat(250) + ",c=" + "x".repeat(20))
                        .state())
                .isEmpty();
    }

    @Test
    void a_trace_of_its_own_is_well_formed() {
        assertThat(of(TraceContext.fresh().parent(), "").parent()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        TraceContext fresh = TraceContext.fresh();
        assertThat(of(fresh.parent(), "")).isEqualTo(fresh);
    }

    @ParameterizedTest
    @CsvSource({"''", "congo=1", "'congo=1,rojo=2 3'"})
    void what_is_stored_is_read_again(String state) {
        TraceContext trace = new TraceContext(PARENT, state);
        assertThat(TraceContext.stored(trace.text())).isEqualTo(trace);
    }
}
