package dev.camelfeishu.openapi;

import static dev.camelfeishu.openapi.PlatformServer.answer;
import static dev.camelfeishu.openapi.PlatformServer.drop;
import static dev.camelfeishu.openapi.PlatformServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilesTest {

    private static final String FILES = "/open-apis/im/v1/files";
    private static final String FILE = "/open-apis/im/v1/files/:file_key";
    private static final int MEBIBYTE = 1024 * 1024;

    private PlatformServer platform;
    private SdkFeishuClient client;

    @BeforeEach
    void start() throws IOException {
        platform = new PlatformServer();
        client = platform.client();
        client.call(ApiRequest.get("/open-apis/bot/v3/info"));
        platform.calls.clear();
    }

    @AfterEach
    void stop() {
        client.close();
        platform.close();
    }

    @Test
    void an_upload_is_a_form_with_a_length_and_the_texts_before_the_file(@TempDir Path folder) throws IOException {
        var report = Files.writeString(folder.resolve("报告 \"1\".txt"), "what happened");

        client.call(ApiRequest.post(FILES)
                .part("file_type", "stream")
                .part("duration", null)
                .file("file", Upload.of(report)));

        var seen = platform.calls.get(0);
        assertThat(seen.header("Content-Type")).startsWith("multipart/form-data; boundary=");
        assertThat(seen.header("Content-Length")).isEqualTo(Integer.toString(seen.body().length));
        assertThat(seen.header("Transfer-Encoding")).isNull();
        assertThat(seen.text())
                .containsSubsequence(
                        "name=\"file_type\"",
                        "stream",
                        "name=\"file\"; filename=\"报告 %221%22.txt\"",
                        "Content-Type: text/plain",
                        "what happened")
                .doesNotContain("duration");
    }

    @Test
    void a_file_of_unknown_length_is_sent_in_chunks() {
        client.call(ApiRequest.post(FILES)
                .file("file", new Upload("a.bin", null, -1, new ByteArrayInputStream(new byte[] {1, 2, 3}))));

        var seen = platform.calls.get(0);
        assertThat(seen.header("Transfer-Encoding")).isEqualTo("chunked");
        assertThat(seen.text()).contains("Content-Type: application/octet-stream");
    }

    @Test
    void an_upload_arrives_while_it_is_read_and_is_never_held_in_memory() {
        var length = 200L * MEBIBYTE;
        var received = new AtomicLong();
        var mostHeld = new AtomicLong();
        platform.readsBodies = false;
        platform.always = exchange -> {
            var chunk = new byte[MEBIBYTE];
            for (var n = exchange.getRequestBody().read(chunk);
                    n >= 0;
                    n = exchange.getRequestBody().read(chunk)) {
                received.addAndGet(n);
            }
            json(200, "{\"code\":0,\"data\":{}}").answer(exchange);
        };
        var endless = new InputStream() {
            private long given;

            @Override
            public int read() {
                throw new UnsupportedOperationException("it is read in chunks");
            }

            @Override
            public int read(byte[] target, int offset, int size) {
                mostHeld.accumulateAndGet(given - received.get(), Math::max);
                var count = (int) Math.min(size, length - given);
                given += count;
                return count == 0 ? -1 : count;
            }
        };

        client.call(ApiRequest.post(FILES).file("file", new Upload("a.bin", null, length, endless)));

        assertThat(received.get()).isGreaterThan(length);
        // what the sockets hold, and what is on its way in this process
        assertThat(mostHeld.get()).isLessThan(50L * MEBIBYTE);
    }

    @Test
    void an_upload_is_repeated_from_its_source_when_the_answer_is_lost() {
        platform.next(drop(), json(429, "{\"code\":99991400,\"msg\":\"limit\"}"));

        client.call(ApiRequest.post(FILES).file("file", Upload.of("a.txt", "text/plain", bytes("once"))));

        assertThat(platform.calls).hasSize(3);
        assertThat(platform.calls.get(2).text()).contains("once");
    }

    @Test
    void a_stream_that_can_be_read_once_is_sent_once() {
        platform.next(json(429, "{\"code\":99991400,\"msg\":\"limit\"}"));

        var e = catchThrowableOfType(
                FeishuRetryableException.class,
                () -> client.call(ApiRequest.post(FILES)
                        .file("file", new Upload("a.txt", null, 4, new ByteArrayInputStream(bytes("once"))))));

        assertThat(platform.calls).hasSize(1);
        assertThat(e.code()).isEqualTo(99991400);
        assertThat(e.outcomeUnknown()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"3, more", "5, fewer"})
    void a_file_that_is_not_as_long_as_announced_is_the_callers_fault(long announced, String moreOrFewer) {
        assertThatThrownBy(() -> client.call(ApiRequest.post(FILES)
                        .file("file", new Upload("a.txt", null, announced, new ByteArrayInputStream(bytes("once"))))))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining(moreOrFewer + " than the " + announced + " bytes announced");
    }

    @Test
    void a_call_has_a_form_or_json() {
        assertThatThrownBy(() -> client.call(ApiRequest.post(FILES)
                        .body(JsonNodeFactory.instance.objectNode())
                        .part("file_type", "stream")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("a JSON body and a form");
        assertThat(platform.calls).isEmpty();
    }

    @Test
    void approval_files_go_to_the_third_host() throws IOException {
        try (var www = new PlatformServer();
                var clients = platform.clients(new BaseUrl(www.url()))) {
            www.checksTokens = false;
            clients.client(FeishuClients.DEFAULT)
                    .call(ApiRequest.post("/approval/openapi/v2/file/upload")
                            .part("name", "a.txt")
                            .file("content", Upload.of("a.txt", "text/plain", bytes("x"))));

            assertThat(platform.calls).isEmpty();
            assertThat(www.calls).singleElement().satisfies(seen -> {
                assertThat(seen.uri()).isEqualTo("/approval/openapi/v2/file/upload");
                assertThat(seen.authorization()).startsWith("Bearer t-");
            });
        }
    }

    @Test
    void a_download_is_a_stream_with_name_type_and_length() throws IOException {
        platform.next(answer(
                200,
                "text/plain",
                "what happened",
                "Content-Disposition",
                "attachment; filename=\"x.txt\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.txt"));

        try (var file = client.open(ApiRequest.get(FILE).with("file_key", "file_1"))) {
            assertThat(file.fileName()).isEqualTo("报告.txt");
            assertThat(file.contentType()).isEqualTo("text/plain");
            assertThat(file.length()).isEqualTo(13);
            assertThat(new String(file.body().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("what happened");
        }
        assertThat(platform.calls.get(0).header("Accept-Encoding")).isEqualTo("identity");
    }

    @Test
    void the_name_of_a_download_leads_to_no_folder() throws IOException {
        platform.next(
                answer(200, "text/plain", "x", "Content-Disposition", "attachment; filename=\"../../etc/passwd\""));
        try (var file = client.open(ApiRequest.get(FILE).with("file_key", "file_1"))) {
            assertThat(file.fileName()).isEqualTo("passwd");
        }
    }

    @Test
    void an_error_in_json_is_an_error_even_with_http_200() {
        platform.next(json(200, "{\"code\":234003,\"msg\":\"File not in msg.\"}"));

        assertThatThrownBy(() -> client.open(ApiRequest.get(FILE).with("file_key", "file_1")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("234003 File not in msg");
    }

    @Test
    void a_json_file_is_a_file() throws IOException {
        platform.next(
                json(200, "{\"code\":7}", "Content-Disposition", "attachment; filename=\"a.json\""),
                json(200, "{\"orders\":[]}"));

        try (var named = client.open(ApiRequest.get(FILE).with("file_key", "file_1"));
                var unnamed = client.open(ApiRequest.get(FILE).with("file_key", "file_1"))) {
            assertThat(new String(named.body().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"code\":7}");
            assertThat(new String(unnamed.body().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"orders\":[]}");
        }
    }

    @Test
    void a_download_that_breaks_off_is_never_a_short_file() throws IOException {
        platform.next(exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(new byte[400]);
            exchange.getResponseBody().flush();
            exchange.close();
        });

        try (var file = client.open(ApiRequest.get(FILE).with("file_key", "file_1"))) {
            assertThatThrownBy(() -> file.body().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("broke off after")
                    .hasMessageContaining("of 1000 bytes");
        }
    }

    @Test
    void a_download_may_take_longer_than_its_deadline() throws IOException {
        platform.next(exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
            exchange.sendResponseHeaders(200, 6);
            for (var i = 0; i < 6; i++) {
                exchange.getResponseBody().write(i);
                exchange.getResponseBody().flush();
                pause(Duration.ofMillis(400));
            }
            exchange.close();
        });

        try (var file =
                client.open(ApiRequest.get(FILE).with("file_key", "file_1").within(Duration.ofSeconds(2)))) {
            assertThat(file.body().readAllBytes()).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void a_download_is_begun_again_when_the_answer_is_lost() throws IOException {
        platform.next(drop(), answer(200, "image/png", "png"));
        try (var file = client.open(ApiRequest.get(FILE).with("file_key", "file_1"))) {
            assertThat(file.body().readAllBytes()).hasSize(3);
        }
        assertThat(platform.calls).hasSize(2);
    }

    private static void pause(Duration time) {
        java.util.concurrent.locks.LockSupport.parkNanos(time.toNanos());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
