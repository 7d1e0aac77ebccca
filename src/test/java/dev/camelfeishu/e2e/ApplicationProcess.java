package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One process of the application, as an operator starts it; in the profile {@code sandbox} unless the settings name another. All it prints, from the first line
 * on, is in one file, also over restarts.
 */
final class ApplicationProcess implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(4);

    private final List<String> program;
    private final Map<String, String> environment;
    private final Path home;
    private final Path output;
    private final Http management;
    private Process process;

    private ApplicationProcess(List<String> program, Ports ports, Map<String, String> settings, Path home) {
        this.program = program;
        this.home = home;
        this.output = home.resolve("output.log");
        this.management = new Http(ports.management());
        this.environment = new HashMap<>(settings);
        environment.put("CAMEL_FEISHU_HOME", home.toString());
        environment.putIfAbsent("SPRING_PROFILES_ACTIVE", "sandbox");
        environment.put("SERVER_PORT", Integer.toString(ports.server()));
        environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(ports.management()));
        environment.put("FEISHU_SANDBOX_PORT", Integer.toString(ports.sandbox()));
    }

    /** The classes under test. */
    static ApplicationProcess ofClasses(Ports ports, Map<String, String> settings, Path home) {
        List<String> program = new ArrayList<>(List.of(java(), "-Xmx512m", "-XX:+UseSerialGC"));
        // what is covered here counts too
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-javaagent:") && argument.contains("jacoco"))
                .forEach(program::add);
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        program.addAll(List.of("-cp", path, "dev.camelfeishu.Application"));
        return new ApplicationProcess(program, ports, settings, home);
    }

    /** The packaged jar. */
    static ApplicationProcess ofJar(Path jar, Ports ports, Map<String, String> settings, Path home) {
        return new ApplicationProcess(
                List.of(java(), "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", jar.toString()),
                ports,
                settings,
                home);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Starts it and waits until it is ready. */
    void start() {
        launch();
        awaitReady();
    }

    void launch() {
        process = launched(program, ProcessBuilder.Redirect.appendTo(output.toFile()));
    }

    /** What a command of the program prints to the end. */
    String printed(String... arguments) {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(arguments));
        Process printing = launched(command, ProcessBuilder.Redirect.PIPE);
        try {
            String printed = new String(printing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (printing.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", arguments) + ": " + printed);
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            printing.destroyForcibly();
        }
    }

    private Process launched(List<String> command, ProcessBuilder.Redirect printing) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printing);
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.matches("(FEISHU|SPRING|ERP|OPS|ORDERS|PURCHASE|BITABLE|CAMEL|JAVA_TOOL|JDK_JAVA).*"));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitReady() {
        await("the application is ready")
                .atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    if (!process.isAlive()) {
                        fail("The application ended with %d:%n%s", process.exitValue(), lastLines());
                    }
                    return isReady();
                });
    }

    boolean isReady() {
        try {
            return management.get("/actuator/health/readiness").status() == 200;
        } catch (UncheckedIOException notThereYet) {
            return false;
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** All it has printed. */
    String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String lastLines() {
        try (Stream<String> lines = Files.lines(output)) {
            List<String> all = lines.toList();
            return String.join(System.lineSeparator(), all.subList(Math.max(0, all.size() - 60), all.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
