package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A table of 20,000 records")
class LargeTableTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer();

    private static final int ROUNDS = 15;

    @Test
    void is_searched_and_written_quickly() {
        String table = SERVER.newTable("""
                [{'field_name':'Order ID','type':1},{'field_name':'Customer','type':1},{'field_name':'Amount','type':2},
                 {'field_name':'Status','type':3},{'field_name':'Note','type':1},{'field_name':'Created','type':5}]
                """);
        for (int batch = 0; batch < 20; batch++) {
            SERVER.bitable("POST", table + "/records/batch_create", orders(batch * 1_000))
                    .data();
        }
        String plain = "{'automatic_fields':true}";
        String filtered =
                "{'filter':{'conjunction':'and','conditions':[{'field_name':'Customer','operator':'contains','value':['7']}]},"
                        + "'sort':[{'field_name':'Amount','desc':true}]}";
        String search = table + "/records/search?page_size=500";

        assertThat(SERVER.bitable("POST", search, plain).data().path("total").asInt())
                .isEqualTo(20_000);
        assertThat(median(() -> SERVER.bitable("POST", search, plain).data())).isLessThan(Duration.ofMillis(250));
        assertThat(median(() -> SERVER.bitable("POST", search, filtered).data()))
                .isLessThan(Duration.ofMillis(400));
        String id = SERVER.bitable("POST", search, plain)
                .data()
                .at("/items/0/record_id")
                .asText();
        int[] amount = {0};
        assertThat(median(() -> SERVER.bitable(
                                "PUT", table + "/records/" + id, "{'fields':{'Amount':" + ++amount[0] + "}}")
                        .data()))
                .isLessThan(Duration.ofMillis(250));
    }

    private static Duration median(Runnable call) {
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            call.run();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[ROUNDS / 2]);
    }

    private static String orders(int from) {
        return IntStream.range(from, from + 1_000)
                .mapToObj(
                        i -> "{'fields':{'Order ID':'SO-" + i + "','Customer':'Customer " + i % 500 + "','Amount':" + i
                                + ".25,'Status':'" + (i % 3 == 0 ? "NEW" : "PAID") + "','Note':'note " + i
                                + "','Created':1700000000000}}")
                .collect(Collectors.joining(",", "{'records':[", "]}"));
    }
}
