package dev.camelfeishu.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;

/**
 * The application as it is started in production, with -Xmx512m: the packaged jar where {@code packaged.jar} names one, else the
 * classes. Its one route of interest is {@code bench.camel.yaml}.
 */
final class Application implements Receiver {

    private static final Duration START = Duration.ofMinutes(4);

    private final DurablePostgres postgres;
    private final Path home;
    private final Path output;
    private final int server = freePort();
    private final int management = freePort();
    private final int webhook;
    private final boolean subscribed;
    private final Map<String, String> settings;
    private Process process;

    /**
     * @param ownPort whether the webhooks have a port of their own
     * @param subscribed whether a route takes the events
     */
    Application(DurablePostgres postgres, boolean ownPort, boolean subscribed) {
        this.postgres = postgres;
        this.subscribed = subscribed;
        this.webhook = ownPort ? freePort() : 0;
        try {
            home = Files.createTempDirectory("bench");
            output = home.resolve("output.log");
            if (subscribed) {
                Files.createDirectories(home.resolve("routes"));
                try (InputStream route = Application.class.getResourceAsStream("/bench/bench.camel.yaml")) {
                    Files.copy(route, home.resolve("routes/bench.camel.yaml"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings = new HashMap<>(Map.of(
                "CAMEL_FEISHU_HOME",
                home.toString(),
                "SERVER_PORT",
                Integer.toString(server),
                "MANAGEMENT_SERVER_PORT",
                Integer.toString(management),
                "WEBHOOK_PORT",
                ownPort ? Integer.toString(webhook) : "",
                "SPRING_DATASOURCE_URL",
                postgres.url(),
                "SPRING_DATASOURCE_USERNAME",
                "postgres",
                "SPRING_DATASOURCE_PASSWORD",
                "postgres",
                // there is no Feishu here; the benchmark's route calls none
                "FEISHU_BASE_URL",
                "http://127.0.0.1:" + freePort()));
        settings.putAll(Map.of(
                "FEISHU_APP_ID", SealedEvents.APP_ID,
                "FEISHU_APP_SECRET", "bench",
                "FEISHU_ENCRYPT_KEY", SealedEvents.ENCRYPT_KEY,
                "FEISHU_VERIFICATION_TOKEN", SealedEvents.TOKEN));
        postgres.sql.execute("create schema if not exists bench");
        postgres.sql.execute("create table if not exists bench.effect (event_id text primary key,"
                + " times integer not null default 1, at timestamptz not null default clock_timestamp())");
    }

    /** Sets a variable of its environment, from the next start on. */
    Application with(String variable, String value) {
        settings.put(variable, value);
        return this;
    }

    Path home() {
        return home;
    }

    /** Starts it, again after {@link #kill()}, and waits until it is ready. */
    Application start() {
        launch();
        try {
            awaitReady();
        } catch (IllegalStateException e) {
            kill();
            throw e;
        }
        return this;
    }

    void launch() {
        List<String> command = new ArrayList<>(List.of(ReceiverProcess.java(), "-Xmx512m"));
        command.addAll(List.of(System.getProperty("bench.java-options", "").split(" ")));
        command.remove("");
        String jar = System.getProperty("packaged.jar", "");
        command.addAll(
                jar.isEmpty()
                        ? List.of("-cp", ReceiverProcess.classPath(), "dev.camelfeishu.Application")
                        : List.of("-jar", Path.of(jar).toAbsolutePath().toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment()
                .keySet()
                .removeIf(name -> name.matches("(FEISHU|SPRING|ERP|OPS|CAMEL|BITABLE|JAVA_TOOL|JDK_JAVA).*"));
        builder.environment().putAll(settings);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitReady() {
        long deadline = System.nanoTime() + START.toNanos();
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("The application is not ready; see " + output);
            }
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private boolean isReady() {
        try {
            HttpURLConnection readiness =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + management + "/actuator/health/readiness")
                            .toURL()
                            .openConnection();
            return readiness.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String name() {
        return "camel-feishu, " + (webhook == 0 ? "main port" : "WEBHOOK_PORT")
                + (subscribed ? ", a route takes them" : "");
    }

    @Override
    public int port() {
        return webhook == 0 ? server : webhook;
    }

    @Override
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).plus(postgres.processorTime());
    }

    /** What is in use after a collection. */
    long heapMegabytes() {
        try {
            Process histogram = new ProcessBuilder("jcmd", Long.toString(process.pid()), "GC.class_histogram").start();
            String total = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("Total"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no histogram of the heap"));
            return Long.parseLong(total.strip().split("\\s+")[2]) >> 20;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            if (System.getProperty("bench.keep") == null) {
                FileSystemUtils.deleteRecursively(home);
            } else {
                System.out.println("kept: " + home);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
