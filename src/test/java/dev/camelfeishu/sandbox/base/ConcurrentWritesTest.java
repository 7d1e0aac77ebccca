package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Concurrent writes")
class ConcurrentWritesTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer(new BaseSettings(Duration.ofMillis(150), 20_000));

    private static final int WRITERS = 6;

    private String table;

    @BeforeEach
    void table() {
        table = SERVER.newTable("[{'field_name':'Name','type':1}]");
    }

    @Test
    void of_the_app_on_one_table_conflict_and_leave_no_trace() throws Exception {
        List<BaseServer.Reply> replies =
                together(() -> SERVER.bitable("POST", table + "/records", "{'fields':{'Name':'x'}}"));

        long done = replies.stream().filter(r -> r.code() == 0).count();
        List<BaseServer.Reply> refused =
                replies.stream().filter(r -> r.code() != 0).toList();
        assertThat(done).isPositive();
        assertThat(refused).isNotEmpty().allSatisfy(r -> {
            assertThat(r.code()).isEqualTo(1254291);
            assertThat(r.status()).isEqualTo(200);
        });
        assertThat(total()).isEqualTo(done);
    }

    @Test
    void of_fields_conflict_too() throws Exception {
        List<Integer> numbers = new ArrayList<>(List.of(1, 2, 3, 4, 5, 6));
        List<BaseServer.Reply> replies = together(() -> {
            int number;
            synchronized (numbers) {
                number = numbers.remove(0);
            }
            return SERVER.bitable("POST", table + "/fields", "{'field_name':'F" + number + "','type':1}");
        });

        assertThat(replies).anyMatch(r -> r.code() == 1254291);
    }

    @Test
    void of_people_wait_for_each_other() throws Exception {
        List<BaseServer.Reply> replies = together(() -> SERVER.call(
                "POST",
                "/sandbox/bases/" + table + "/records",
                "{'fields':{'Name':'x'},'operator':'" + BaseServer.WANG_FANG + "'}"));

        assertThat(replies).allSatisfy(r -> assertThat(r.status()).isEqualTo(200));
        assertThat(total()).isEqualTo(WRITERS);
    }

    @Test
    void on_different_tables_do_not_conflict() throws Exception {
        List<String> tables = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            tables.add(SERVER.newTable("[{'field_name':'Name','type':1}]"));
        }
        List<BaseServer.Reply> replies = together(() -> {
            String mine;
            synchronized (tables) {
                mine = tables.remove(0);
            }
            return SERVER.bitable("POST", mine + "/records", "{'fields':{'Name':'x'}}");
        });

        assertThat(replies).allSatisfy(r -> assertThat(r.code()).isZero());
    }

    @Test
    void while_one_is_under_way_reads_see_the_version_before_and_writes_are_refused() throws Exception {
        SERVER.call("POST", "/open-apis/drive/v1/files/" + BaseServer.ORDERS + "/subscribe?file_type=bitable", null)
                .data();
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        SERVER.duringPush(() -> {
            writing.countDown();
            await(goOn);
        });
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<BaseServer.Reply> first =
                    thread.submit(() -> SERVER.bitable("POST", table + "/records", "{'fields':{'Name':'x'}}"));
            await(writing);

            assertThat(total()).isZero();
            assertThat(SERVER.bitable(
                                    "POST", table + "/records?ignore_consistency_check=true", "{'fields':{'Name':'y'}}")
                            .code())
                    .isEqualTo(1254291);
            assertThat(SERVER.bitable("PATCH", table, "{'name':'Other'}").code())
                    .isEqualTo(1254291);

            goOn.countDown();
            assertThat(first.get().code()).isZero();
            assertThat(total()).isEqualTo(1);
        } finally {
            goOn.countDown();
            SERVER.duringPush(() -> {});
            thread.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static List<BaseServer.Reply> together(Callable<BaseServer.Reply> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<BaseServer.Reply> replies = new ArrayList<>();
            List<Callable<BaseServer.Reply>> calls = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                calls.add(call);
            }
            for (Future<BaseServer.Reply> reply : threads.invokeAll(calls)) {
                replies.add(reply.get());
            }
            return replies;
        } finally {
            threads.shutdownNow();
        }
    }

    private long total() {
        JsonNode data = SERVER.bitable("POST", table + "/records/search", "{}").data();
        return data.path("total").asLong(-1);
    }
}
