package dev.camelfeishu.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A receiver that stores nothing, in a process of its own. It prints {@code port <n>} when it listens and ends with its input. */
final class ReceiverProcess implements Receiver {

    private final String name;
    private final Process process;
    private final int port;

    private ReceiverProcess(String name, Process process, int port) {
        this.name = name;
        this.process = process;
        this.port = port;
    }

    /** The official Java SDK's dispatcher in a servlet, as its documentation shows it, on Tomcat. */
    static ReceiverProcess javaSdk() {
        return start(
                "official Java SDK, Tomcat",
                List.of(
                        java(),
                        "-Xmx512m",
                        "-cp",
                        classPath(),
                        JavaSdkReceiver.class.getName(),
                        SealedEvents.ENCRYPT_KEY,
                        SealedEvents.TOKEN,
                        SealedEvents.TYPE),
                Map.of());
    }

    /** The official Node SDK's dispatcher behind Node's HTTP server. */
    static ReceiverProcess nodeSdk(NodeSdk sdk) {
        return start(
                "official Node SDK " + sdk.version() + ", node:http",
                List.of(
                        "node",
                        sdk.script().toString(),
                        SealedEvents.ENCRYPT_KEY,
                        SealedEvents.TOKEN,
                        SealedEvents.TYPE),
                Map.of("NODE_PATH", sdk.modules().toString()));
    }

    /** This program's class path, whatever folder a process starts in. */
    static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static ReceiverProcess start(String name, List<String> command, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            Process process = builder.start();
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line;
            while ((line = output.readLine()) != null) {
                if (line.startsWith("port ")) {
                    return new ReceiverProcess(name, process, Integer.parseInt(line.substring(5)));
                }
            }
            throw new IllegalStateException(name + " ended before it listened");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
