package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Images and files of messages")
@ExtendWith(SandboxRoutes.Running.class)
class MessageFileCallsTest {

    private static final String CHAT = RunningSandbox.direct(3);

    private final SandboxRoutes feishu;

    MessageFileCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    private static byte[] png() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB), "png", out);
        return out.toByteArray();
    }

    private String key(String operation, String name, Object body) {
        return feishu.json(operation, Map.of(Exchange.FILE_NAME, name), body).asText();
    }

    private byte[] read(String operation, Map<String, Object> headers) {
        return feishu.file(operation, headers).getMessage().getBody(byte[].class);
    }

    private JsonNode sent(String type, Object body) {
        String message = feishu.exchange("message/send?type=" + type, Map.of("CamelFeishuReceiveId", CHAT), body)
                .getMessage()
                .getHeader("CamelFeishuSentMessageId", String.class);
        return feishu.json("message/get?param.message_id=" + message, Map.of(), null)
                .path(0);
    }

    @Test
    @Exercises({"message/upload-image", "message/image", "message/resource", "message/send"})
    @DisplayName("an image goes up, into a message, and comes back both ways")
    void image() throws Exception {
        byte[] bytes = png();

        String key = key("message/upload-image", "dot.png", bytes);

        assertThat(read("message/image?param.image_key=" + key, Map.of())).isEqualTo(bytes);
        JsonNode message = sent("image", key);
        assertThat(message.path("msg_type").asText()).isEqualTo("image");
        assertThat(read(
                        "message/resource?param.type=image",
                        Map.of(
                                "CamelFeishuMessageId",
                                message.path("message_id").asText(),
                                "CamelFeishuFileKey",
                                key)))
                .isEqualTo(bytes);
    }

    @Test
    @Exercises({"message/upload-file", "message/file", "message/resource"})
    @DisplayName("a file on disk goes up under its own name, into a message, and comes back")
    void file(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("报表.csv"), "a;b");

        String key = feishu.json("message/upload-file", Map.of(), file.toFile()).asText();

        Exchange down = feishu.file("message/file?param.file_key=" + key, Map.of());
        assertThat(down.getMessage().getBody(String.class)).isEqualTo("a;b");
        assertThat(down.getMessage().getHeader(Exchange.FILE_LENGTH, Long.class))
                .isEqualTo(3);
        JsonNode message = sent("file", key);
        assertThat(message.at("/body/content").asText()).contains("报表.csv");
        assertThat(read(
                        "message/resource",
                        Map.of(
                                "CamelFeishuMessageId",
                                message.path("message_id").asText(),
                                "CamelFeishuFileKey",
                                key)))
                .isEqualTo("a;b".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("audio, video, stickers and cards of people and groups are sent by their keys")
    void types() {
        String audio = key("message/upload-file?param.file_type=opus&param.duration=2000", "a.opus", new byte[] {1});
        String video = key("message/upload-file?param.file_type=mp4", "a.mp4", new byte[] {2});

        assertThat(sent("audio", audio).at("/body/content").asText()).contains("2000");
        assertThat(sent("media", video).at("/body/content").asText()).contains("a.mp4");
        assertThat(sent("share_chat", RunningSandbox.PURCHASING)
                        .path("msg_type")
                        .asText())
                .isEqualTo("share_chat");
        assertThat(sent("share_user", RunningSandbox.person(1)).path("msg_type").asText())
                .isEqualTo("share_user");
        assertThatThrownBy(() -> sent("file", video))
                .isInstanceOfSatisfying(
                        FeishuRejectedException.class,
                        refused -> assertThat(refused.code()).isEqualTo(230055));
    }

    @Test
    @DisplayName("what is no image is refused, and told why")
    void noImage() {
        assertThatThrownBy(() -> key("message/upload-image", "a.png", "no image".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        FeishuRejectedException.class,
                        refused -> assertThat(refused.code()).isEqualTo(234011));
    }

    @Test
    @DisplayName("a route copies a file from one message to another without reading it")
    void copy() throws Exception {
        String key = key(
                "message/upload-file", "a.txt", new ByteArrayInputStream("copied".getBytes(StandardCharsets.UTF_8)));
        feishu.add(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:copy-file")
                        .routeId("copy-file")
                        .to("feishu:message/file")
                        .setHeader("CamelFeishuFileName", constant("b.txt"))
                        .to("feishu:message/upload-file");
            }
        });
        try {
            JsonNode copied = feishu.camel()
                    .createProducerTemplate()
                    .requestBodyAndHeader("direct:copy-file", null, "CamelFeishuFileKey", key, JsonNode.class);

            assertThat(copied.asText()).isNotEqualTo(key);
            assertThat(read("message/file?param.file_key=" + copied.asText(), Map.of()))
                    .isEqualTo("copied".getBytes(StandardCharsets.UTF_8));
        } finally {
            feishu.camel().getRouteController().stopRoute("copy-file");
            feishu.camel().removeRoute("copy-file");
        }
    }

    @Test
    @DisplayName("29 MB go up and come down in a JVM whose whole heap is smaller than that")
    void boundedHeap(@TempDir Path folder) throws Exception {
        Path said = folder.resolve("said.txt");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + StreamedFile.HEAP_MB + "m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StreamedFile.class.getName(),
                        feishu.sandbox().root()))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(said)).contains("came back whole: " + StreamedFile.SIZE + " bytes");
        assertThat(StreamedFile.HEAP_MB * 1024L * 1024).isLessThan(StreamedFile.SIZE);
    }
}
