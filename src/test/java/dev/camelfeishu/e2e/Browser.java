package dev.camelfeishu.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * One page in a headless Chromium, spoken to in the DevTools protocol. It needs nothing but the browser: no driver of the same
 * version, no download.
 */
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");

    private final Path profile;
    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final String session;

    /** Where a Chromium is: {@code CHROMIUM} or on the path. */
    static Optional<Path> installed() {
        Stream<Path> named = Stream.ofNullable(System.getenv("CHROMIUM")).map(Path::of);
        Stream<Path> found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)));
        return Stream.concat(named, found).filter(Files::isExecutable).findFirst();
    }

    Browser(Path program) {
        try {
            profile = Files.createTempDirectory("browser");
            process = new ProcessBuilder(
                            program.toString(),
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--hide-scrollbars",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile,
                            "about:blank")
                    .redirectErrorStream(true)
                    .redirectOutput(profile.resolve("output.log").toFile())
                    .start();
            Path told = profile.resolve("DevToolsActivePort");
            await("the browser listens")
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(told) && Files.readAllLines(told).size() == 2);
            List<String> port = Files.readAllLines(told);
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + port.get(0) + port.get(1)), new Listener())
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The browser does not answer", e);
        }
        String target = send(
                        null,
                        "Target.createTarget",
                        Http.JSON.createObjectNode().put("url", "about:blank"))
                .path("targetId")
                .asText();
        session = send(
                        null,
                        "Target.attachToTarget",
                        Http.JSON.createObjectNode().put("targetId", target).put("flatten", true))
                .path("sessionId")
                .asText();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", Http.JSON.createObjectNode());
        }
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public void onOpen(WebSocket opened) {
            opened.request(Long.MAX_VALUE);
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                received(text.toString());
                text.setLength(0);
            }
            return null;
        }
    }

    private void received(String text) {
        JsonNode message;
        try {
            message = Http.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        if (message.has("id")) {
            waiting.remove(message.path("id").asInt()).complete(message);
            return;
        }
        JsonNode params = message.path("params");
        switch (message.path("method").asText()) {
            case "Log.entryAdded" -> {
                // a status that is no success is what some pages are asked to answer with
                if (params.at("/entry/level").asText().equals("error")
                        && !params.at("/entry/source").asText().equals("network")) {
                    complaints.add(params.at("/entry/text").asText());
                }
            }
            case "Runtime.exceptionThrown" ->
                complaints.add(
                        params.at("/exceptionDetails/exception/description").asText());
            default -> {}
        }
    }

    private JsonNode call(String method, ObjectNode params) {
        return send(session, method, params);
    }

    private JsonNode send(String to, String method, ObjectNode params) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ObjectNode message = Http.JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", params);
        if (to != null) {
            message.put("sessionId", to);
        }
        try {
            socket.sendText(message.toString(), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            JsonNode told = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (told.has("error")) {
                throw new IllegalStateException(method + ": " + told.path("error"));
            }
            return told.path("result");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The browser does not answer " + method, e);
        }
    }

    /** What scripts threw and what the page's policy refused, since the browser began. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    void size(int width, int height, boolean phone) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Http.JSON
                        .createObjectNode()
                        .put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", phone ? 2 : 1)
                        .put("mobile", phone));
    }

    void dark(boolean dark) {
        ObjectNode media = Http.JSON.createObjectNode();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", dark ? "dark" : "light");
        call("Emulation.setEmulatedMedia", media);
    }

    void forgetCookies() {
        call("Network.clearBrowserCookies", Http.JSON.createObjectNode());
    }

    void open(String address) {
        mark();
        JsonNode answer = call("Page.navigate", Http.JSON.createObjectNode().put("url", address));
        if (answer.has("errorText")) {
            throw new IllegalStateException(
                    address + ": " + answer.path("errorText").asText());
        }
        awaitNewPage();
    }

    /** Clicks on what leads to another page. */
    void go(String selector) {
        mark();
        click(selector);
        awaitNewPage();
    }

    void click(String selector) {
        evaluate("(() => { const it = document.querySelector(" + quoted(selector)
                + "); if (!it) throw new Error('Nothing is ' + " + quoted(selector) + "); it.click(); })()");
    }

    /** As if somebody had typed it and left the field. */
    void fill(String selector, String value) {
        evaluate("(() => { const it = document.querySelector(" + quoted(selector) + "); it.value = " + quoted(value)
                + "; it.dispatchEvent(new Event('input', {bubbles: true}));"
                + " it.dispatchEvent(new Event('change', {bubbles: true})); })()");
    }

    boolean has(String selector) {
        return evaluate("!!document.querySelector(" + quoted(selector) + ")").asBoolean();
    }

    String text(String selector) {
        return evaluate("(document.querySelector(" + quoted(selector) + ") || {innerText: ''}).innerText")
                .asText();
    }

    String value(String selector) {
        return evaluate("document.querySelector(" + quoted(selector) + ").value")
                .asText();
    }

    String address() {
        return evaluate("location.pathname + location.search").asText();
    }

    /** The value of an expression, or of the promise it is. */
    JsonNode evaluate(String expression) {
        JsonNode answer = call(
                "Runtime.evaluate",
                Http.JSON
                        .createObjectNode()
                        .put("expression", expression)
                        .put("awaitPromise", true)
                        .put("returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(
                    answer.at("/exceptionDetails/exception/description").asText());
        }
        return answer.at("/result/value");
    }

    /** The page as it is seen, down to its end. */
    void screenshot(Path file) {
        JsonNode size =
                call("Page.getLayoutMetrics", Http.JSON.createObjectNode()).path("cssContentSize");
        ObjectNode wanted = Http.JSON.createObjectNode().put("format", "png").put("captureBeyondViewport", true);
        wanted.putObject("clip")
                .put("x", 0)
                .put("y", 0)
                .put("width", size.path("width").asInt())
                .put("height", Math.min(4000, size.path("height").asInt()))
                .put("scale", 1);
        byte[] picture = Base64.getDecoder()
                .decode(call("Page.captureScreenshot", wanted).path("data").asText());
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, picture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void mark() {
        evaluate("window.left = true");
    }

    private void awaitNewPage() {
        await("a new page")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> evaluate("!window.left && document.readyState === 'complete'")
                        .asBoolean());
    }

    private static String quoted(String text) {
        return Http.JSON.getNodeFactory().textNode(text).toString();
    }

    @Override
    public void close() {
        socket.abort();
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        await("the browser has ended").atMost(PATIENCE).until(() -> !process.isAlive());
        // what its children still write is of no use to anybody
        await("its profile is gone")
                .atMost(PATIENCE)
                .until(() -> FileSystemUtils.deleteRecursively(profile.toFile()) || !Files.exists(profile));
    }
}
