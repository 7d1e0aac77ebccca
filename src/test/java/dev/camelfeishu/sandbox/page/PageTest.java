package dev.camelfeishu.sandbox.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ReceivingWebhook;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page's files and what it reads, over HTTP. */
class PageTest {
    private static final Path FOLDER = Path.of("src/main/resources/sandbox/page");
    private static final String DIRECT = RunningSandbox.direct(1);
    private static final String WANG_FANG = RunningSandbox.person(1);
    private static final String LI_LEI = RunningSandbox.person(2);
    private static final String ALICE = RunningSandbox.person(3);

    private static TestDatabase postgres;
    private static ReceivingWebhook webhook;
    private static RunningSandbox sandbox;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        postgres = new TestDatabase();
        webhook = new ReceivingWebhook();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.webhook-url", webhook.url()));
    }

    @AfterAll
    static void stop() throws Exception {
        sandbox.close();
        webhook.close();
        postgres.close();
    }

    @Test
    @DisplayName("the page is served at / under a policy that lets nothing in from elsewhere")
    void page() throws Exception {
        HttpResponse<String> page = file("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'", "base-uri 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
        assertThat(page.body()).contains("<script type=\"module\" src=\"/page/main.js\">");
    }

    @Test
    @DisplayName("every file the page and its modules name is served with its type, and every packed file is named")
    void files() throws Exception {
        Set<String> named = new TreeSet<>();
        for (Path file : packed()) {
            Matcher reference = Pattern.compile("(?:/page/|from '\\./)([\\w-]+\\.(?:js|css|svg))")
                    .matcher(Files.readString(file));
            while (reference.find()) {
                named.add(reference.group(1));
            }
        }

        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(packed().stream()
                        .map(file -> file.getFileName().toString())
                        .filter(name -> !name.equals("index.html"))
                        .toList());
        for (String name : named) {
            HttpResponse<String> file = file("/page/" + name);
            assertThat(file.statusCode()).as(name).isEqualTo(200);
            assertThat(file.headers().firstValue("X-Content-Type-Options"))
                    .as(name)
                    .hasValue("nosniff");
            assertThat(file.headers().firstValue("Content-Type").orElse(""))
                    .as(name)
                    .startsWith(
                            switch (name.substring(name.lastIndexOf('.'))) {
                                case ".js" -> "text/javascript";
                                case ".css" -> "text/css";
                                default -> "image/svg+xml";
                            });
        }
    }

    @Test
    @DisplayName("no file brings inline scripts or styles, resources from elsewhere, or HTML made from data")
    void strict() throws Exception {
        for (Path file : packed()) {
            String text = Files.readString(file);
            assertThat(text)
                    .as(file.toString())
                    .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
                    .doesNotContainPattern("(?:src|href)=\"(?:https?:)?//")
                    .doesNotContainPattern("(?:@import|url\\()");
        }
        assertThat(Files.readString(FOLDER.resolve("index.html")))
                .doesNotContainPattern("<script(?![^>]* src=)")
                .doesNotContainPattern("<style|style=|\\son[a-z]+=");
    }

    @Test
    @DisplayName("a file the browser has is not sent again")
    void cached() throws Exception {
        String tag = file("/page/page.css").headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> again = file("/page/page.css", "If-None-Match", tag);

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(file("/page/page.css", "If-None-Match", "\"other\"").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page/none.js", "/page/PageFiles.class", "/page/", "/favicon.ico"})
    @DisplayName("there is nothing but the page's files")
    void nothingElse(String path) throws Exception {
        assertThat(file(path).statusCode()).isEqualTo(404);
    }

    @Test
    @DisplayName("a page of another origin reads nothing")
    void otherOrigin() {
        Reply reply = sandbox.send("GET", "/sandbox/ui/chats", null, Map.of("Origin", "http://evil.example"));

        assertThat(reply.status()).isEqualTo(403);
    }

    @Test
    @DisplayName("people come with their departments, and whether they belong to the tenant")
    void people() {
        JsonNode answer = sandbox.get("/sandbox/ui/people").body();

        assertThat(answer.path("bot").path("name").asText()).isEqualTo("ERP 助手");
        assertThat(answer.path("people")).hasSize(6);
        assertThat(answer.path("people").get(0).path("open_id").asText()).isEqualTo(WANG_FANG);
        assertThat(answer.path("people").get(0).path("department").asText()).isEqualTo("采购部 Purchasing");
        assertThat(answer.path("people").get(0).path("colleague").asBoolean()).isTrue();
        assertThat(answer.path("people").get(5).path("colleague").asBoolean(true))
                .isFalse();
    }

    @Test
    @DisplayName("a chat shows its members and one line of its last message")
    void chats() {
        write(RunningSandbox.PURCHASING, "/order <id>\nplease", true);

        JsonNode group = chat(RunningSandbox.PURCHASING);
        assertThat(group.path("members")).hasSize(5);
        assertThat(group.path("bot").asBoolean()).isTrue();
        assertThat(group.path("last").path("preview").asText()).isEqualTo("@ERP 助手 /order <id> please");
        assertThat(group.path("last").path("sender").asText()).isEqualTo(WANG_FANG);

        ObjectNode card = Json.object().put("schema", "2.0");
        card.putObject("header").putObject("title").put("tag", "plain_text").put("content", "订单 " + "x".repeat(100));
        card.putObject("body").putArray("elements");
        sandbox.api(
                "POST",
                "/open-apis/im/v1/messages?receive_id_type=chat_id",
                RunningSandbox.message(RunningSandbox.PURCHASING, "interactive", card));

        JsonNode last = chat(RunningSandbox.PURCHASING).path("last");
        assertThat(last.path("msg_type").asText()).isEqualTo("interactive");
        assertThat(last.path("preview").asText()).startsWith("订单 xxx").hasSize(81);
    }

    @Test
    @DisplayName("an instance shows its form, whose turn it is, and its timeline; a reverted one says so")
    void instances() {
        String code = instance();

        JsonNode listed = instances("PENDING").path("items").get(0);
        assertThat(listed.path("instance_code").asText()).isEqualTo(code);
        assertThat(listed.path("pending").get(0).asText()).isEqualTo(LI_LEI);

        sandbox.post(
                "/sandbox/instances/" + code + "/approve",
                Json.object().put("open_id", LI_LEI).put("comment", "go"));
        JsonNode one = sandbox.get("/sandbox/ui/instances/" + code).body();
        assertThat(one.path("pending").get(0).asText()).isEqualTo(ALICE);
        assertThat(one.path("nodes")).hasSize(2);
        assertThat(one.path("tasks").get(0).path("status").asText()).isEqualTo("APPROVED");
        assertThat(one.path("timeline").get(1).path("comment").asText()).isEqualTo("go");
        assertThat(one.path("form").get(0).path("custom_id").asText()).isEqualTo("title");

        sandbox.post("/sandbox/instances/" + code + "/approve", Json.object().put("open_id", ALICE));
        assertThat(instances("APPROVED").path("total").asInt()).isEqualTo(1);
        sandbox.post("/sandbox/instances/" + code + "/revert", Json.object());
        JsonNode reverted = instances("REVERTED");
        assertThat(reverted.path("total").asInt()).isEqualTo(1);
        assertThat(reverted.path("items").get(0).path("status").asText()).isEqualTo("REVERTED");
        assertThat(reverted.path("counts").has("APPROVED")).isFalse();
        assertThat(sandbox.get("/sandbox/ui/instances/none").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("what changed is told at once, and a wait ends as soon as something does")
    void changes() throws Exception {
        JsonNode first = sandbox.get("/sandbox/ui/changes").body();
        assertThat(first.path("changed")).hasSize(4);

        JsonNode quiet = sandbox.get(since(settled()) + "&wait_ms=0").body();
        assertThat(quiet.path("changed")).isEmpty();

        String since = since(settled());
        CompletableFuture<HttpResponse<String>> waiting =
                HTTP.sendAsync(request(since).build(), HttpResponse.BodyHandlers.ofString());
        write(DIRECT, "/help", false);

        JsonNode told = Json.read(waiting.get(5, TimeUnit.SECONDS).body());
        assertThat(areas(told)).contains("chat");
    }

    @Test
    @DisplayName("a changed cell, a decided instance and an injected fault are each told in their area")
    void changedAreas() {
        String code = instance();
        JsonNode base = sandbox.get("/sandbox/bases").body().path("bases").get(0);
        String records = "/sandbox/bases/" + base.path("app_token").asText() + "/tables/"
                + base.path("tables").get(0).path("table_id").asText() + "/records";

        String before = settled();
        ObjectNode row = Json.object().put("operator", WANG_FANG);
        row.putObject("fields").put("Order ID", "SO-1");
        assertThat(sandbox.post(records, row).status()).isEqualTo(200);
        assertThat(areas(sandbox.get(since(before)).body())).contains("tables");

        before = settled();
        sandbox.post("/sandbox/instances/" + code + "/cancel", Json.object());
        assertThat(areas(sandbox.get(since(before)).body())).contains("approvals");

        before = settled();
        sandbox.post(
                "/sandbox/faults",
                Json.object().put("path", "/open-apis/none").put("kind", "drop").put("times", 1));
        assertThat(areas(sandbox.get(since(before)).body())).containsExactly("traffic");
        sandbox.send("DELETE", "/sandbox/faults", null, Map.of());
    }

    private static HttpResponse<String> file(String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(sandbox.root() + path));
    }

    private static List<Path> packed() throws Exception {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.toList();
        }
    }

    private static void write(String chat, String text, boolean mention) {
        Reply reply = sandbox.post(
                "/sandbox/messages",
                Json.object()
                        .put("chat_id", chat)
                        .put("sender", WANG_FANG)
                        .put("text", text)
                        .put("mention_bot", mention));
        assertThat(reply.status()).isEqualTo(200);
    }

    private static JsonNode chat(String id) {
        for (JsonNode chat : sandbox.get("/sandbox/ui/chats").body().path("items")) {
            if (chat.path("chat_id").asText().equals(id)) {
                return chat;
            }
        }
        throw new AssertionError("no chat " + id);
    }

    private static String instance() {
        ObjectNode body = Json.object()
                .put("approval_code", RunningSandbox.APPROVAL_CODE)
                .put("open_id", WANG_FANG)
                .put("form", "[{\"id\":\"title\",\"type\":\"input\",\"value\":\"Monitors\"}]");
        return sandbox.api("POST", "/open-apis/approval/v4/instances", body)
                .data()
                .path("instance_code")
                .asText();
    }

    private static JsonNode instances(String status) {
        return sandbox.get("/sandbox/ui/instances?status=" + status).body();
    }

    /** The present state, once the pushes under way have been sent. */
    private static String settled() {
        String[] last = {""};
        Awaitility.await().until(() -> {
            boolean pending = sandbox.get("/sandbox/pushes?state=PENDING")
                            .body()
                            .path("total")
                            .asInt()
                    > 0;
            String before = last[0];
            last[0] = sandbox.get("/sandbox/ui/changes").body().path("since").asText();
            return !pending && last[0].equals(before);
        });
        return last[0];
    }

    private static String since(String state) {
        return "/sandbox/ui/changes?since=" + URLEncoder.encode(state, StandardCharsets.UTF_8);
    }

    private static List<String> areas(JsonNode told) {
        return Stream.of("chat", "tables", "approvals", "traffic")
                .filter(area -> told.path("changed").toString().contains('"' + area + '"'))
                .toList();
    }
}
