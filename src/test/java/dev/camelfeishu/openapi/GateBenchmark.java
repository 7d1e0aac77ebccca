package dev.camelfeishu.openapi;

import com.lark.oapi.core.Config;
import com.lark.oapi.core.Transport;
import com.lark.oapi.core.httpclient.OkHttpTransport;
import com.lark.oapi.core.request.RequestOptions;
import com.lark.oapi.core.token.AccessTokenType;
import com.lark.oapi.okhttp.ConnectionPool;
import com.lark.oapi.okhttp.OkHttpClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What the gate costs: the time of a call through it beside that of the bare SDK transport, against a server that answers in
 * 5 ms, both in turn; and the heap after 10,000 and after 100,000 calls. Ends with 1 when the gate adds more than a tenth of
 * the 5 ms, or the heap grows by more than 5 MB.
 *
 * <p>Argument: calls of the second part, 100000 unless given.
 */
public final class GateBenchmark {

    private static final String PATH = "/open-apis/bot/v3/info";
    private static final Duration ANSWER = Duration.ofMillis(5);
    private static final double ALLOWED_MICROS = ANSWER.toNanos() / 1000.0 / 10;
    private static final int WARM_UP = 5_000;
    private static final int PAIRS = 1_500;
    private static final int THREADS = 16;
    private static final long ALLOWED_GROWTH = 5L * 1024 * 1024;

    private GateBenchmark() {}

    public static void main(String[] args) throws Exception {
        var calls = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        var meters = new SimpleMeterRegistry();
        try (var server = new Server();
                var budget = new MonthlyBudget(0, (account, month, n) -> n, warning -> {}, meters, Clock.systemUTC());
                var clients = new SdkFeishuClients(
                        new PlatformUrls(new BaseUrl(server.url()), new BaseUrl(server.url())),
                        Map.of(FeishuClients.DEFAULT, new AppCredentials("cli_0123456789abcdef", "secret")),
                        null,
                        UserTokens.none(),
                        budget,
                        EndpointCatalog.packed(),
                        meters)) {
            var gate = clients.client(FeishuClients.DEFAULT);
            var ok = cost(server, gate);
            ok &= heap(server, gate, calls);
            System.exit(ok ? 0 : 1);
        }
    }

    private static boolean cost(Server server, FeishuClient gate) throws Exception {
        Callable<?> bare = bare(server);
        Callable<?> through = () -> gate.call(ApiRequest.get(PATH));
        server.answers = Duration.ZERO;
        for (var i = 0; i < WARM_UP; i++) {
            bare.call();
            through.call();
        }
        var ownCpu = pairs(bare, through, "answer at once");
        server.answers = ANSWER;
        var own = pairs(bare, through, "answer in 5 ms");
        System.out.printf(
                "own cost of the gate: %.0f us of a call that is answered in 5 ms (%.1f %%; allowed 10 %%), %.0f us when"
                        + " answered at once%n",
                own, own * 100 / (ANSWER.toNanos() / 1000.0), ownCpu);
        return own <= ALLOWED_MICROS;
    }

    /** Times both in turn, so that a busy machine slows both, and answers the difference of the medians in us. */
    private static double pairs(Callable<?> bare, Callable<?> through, String what) throws Exception {
        var bareTimes = new long[PAIRS];
        var gateTimes = new long[PAIRS];
        for (var i = 0; i < PAIRS; i++) {
            bareTimes[i] = time(bare);
            gateTimes[i] = time(through);
        }
        Arrays.sort(bareTimes);
        Arrays.sort(gateTimes);
        System.out.printf(
                "%s, %d calls each: bare SDK transport p50 %.0f us, p90 %.0f us; gate p50 %.0f us, p90 %.0f us%n",
                what,
                PAIRS,
                bareTimes[PAIRS / 2] / 1e3,
                bareTimes[PAIRS * 9 / 10] / 1e3,
                gateTimes[PAIRS / 2] / 1e3,
                gateTimes[PAIRS * 9 / 10] / 1e3);
        return (gateTimes[PAIRS / 2] - bareTimes[PAIRS / 2]) / 1e3;
    }

    private static long time(Callable<?> call) throws Exception {
        var start = System.nanoTime();
        call.call();
        return System.nanoTime() - start;
    }

    private static boolean heap(Server server, FeishuClient gate, int calls) throws Exception {
        server.answers = Duration.ZERO;
        var done = new AtomicInteger();
        var start = System.nanoTime();
        run(gate, done, calls / 10);
        var first = heapAfterCollection();
        run(gate, done, calls);
        var last = heapAfterCollection();
        System.out.printf(
                "heap after %,d calls %.1f MB, after %,d calls %.1f MB; %,.0f calls a second on %d threads%n",
                calls / 10,
                first / 1048576.0,
                calls,
                last / 1048576.0,
                calls * 1e9 / (System.nanoTime() - start),
                THREADS);
        return last - first <= ALLOWED_GROWTH;
    }

    /** Most of the calls ask for the bot; every hundredth goes to another custom bot, each of which has a limit of its own. */
    private static void run(FeishuClient gate, AtomicInteger done, int until) throws InterruptedException {
        var threads = Executors.newFixedThreadPool(THREADS);
        var finished = new CountDownLatch(THREADS);
        for (var i = 0; i < THREADS; i++) {
            threads.execute(() -> {
                for (var n = done.getAndIncrement(); n < until; n = done.getAndIncrement()) {
                    gate.call(
                            n % 100 == 0
                                    ? ApiRequest.post("/open-apis/bot/v2/hook/:token")
                                            .with("token", "hook-" + n)
                                    : ApiRequest.get(PATH));
                }
                finished.countDown();
            });
        }
        finished.await();
        threads.shutdown();
        if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("threads did not end");
        }
    }

    private static long heapAfterCollection() {
        var memory = ManagementFactory.getMemoryMXBean();
        var used = Long.MAX_VALUE;
        for (var i = 0; i < 3; i++) {
            memory.gc();
            used = Math.min(used, memory.getHeapMemoryUsage().getUsed());
        }
        return used;
    }

    private static Callable<?> bare(Server server) {
        var http = new OkHttpClient.Builder()
                .retryOnConnectionFailure(false)
                .connectionPool(new ConnectionPool(32, 30, TimeUnit.SECONDS))
                .build();
        var config = new Config();
        config.setBaseUrl(server.url());
        config.setAppId("-");
        config.setAppSecret("-");
        config.setDisableTokenCache(true);
        config.setHttpTransport(new OkHttpTransport(http));
        return () -> Transport.send(
                config,
                RequestOptions.newBuilder()
                        .headers(new HashMap<>())
                        .tenantAccessToken("t-1")
                        .build(),
                "GET",
                PATH,
                Set.of(AccessTokenType.Tenant),
                null);
    }

    /** Answers every request alike on connections that stay open. */
    private static final class Server implements AutoCloseable {
        private static final byte[] BODY =
                "{\"code\":0,\"msg\":\"ok\",\"tenant_access_token\":\"t-1\",\"expire\":7200,\"bot\":{\"open_id\":\"ou_1\"}}"
                        .getBytes(StandardCharsets.UTF_8);

        private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        private volatile Duration answers = Duration.ZERO;

        Server() throws IOException {
            daemon(this::accept);
        }

        String url() {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    var connection = socket.accept();
                    connection.setTcpNoDelay(true);
                    daemon(() -> serve(connection));
                }
            } catch (IOException e) {
                // closed
            }
        }

        private void serve(Socket connection) {
            var head = ("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
                            + BODY.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            var answer = Arrays.copyOf(head, head.length + BODY.length);
            System.arraycopy(BODY, 0, answer, head.length, BODY.length);
            try (connection) {
                var in = new BufferedInputStream(connection.getInputStream());
                while (skipRequest(in)) {
                    if (!answers.isZero()) {
                        LockSupport.parkNanos(answers.toNanos());
                    }
                    connection.getOutputStream().write(answer);
                }
            } catch (IOException e) {
                // the client went away
            }
        }

        private static boolean skipRequest(InputStream in) throws IOException {
            var length = 0;
            for (var line = line(in); line != null; line = line(in)) {
                if (line.isEmpty()) {
                    in.skipNBytes(length);
                    return true;
                }
                if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            return false;
        }

        private static String line(InputStream in) throws IOException {
            var line = new StringBuilder();
            for (var octet = in.read(); octet >= 0; octet = in.read()) {
                if (octet == '\n') {
                    return line.toString();
                }
                if (octet != '\r') {
                    line.append((char) octet);
                }
            }
            return null;
        }

        private static void daemon(Runnable task) {
            var thread = new Thread(task, "benchmark-server");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
