package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Messages, one call each")
@ExtendWith(SandboxRoutes.Running.class)
class MessageCallsTest {

    private static final String CHAT = RunningSandbox.PURCHASING;

    private final SandboxRoutes feishu;

    MessageCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    @Test
    @Exercises("message/get")
    @DisplayName("a message is read")
    void get() {
        String message = feishu.text(CHAT, "read me");

        JsonNode items = feishu.json("message/get", Map.of("CamelFeishuMessageId", message), null);

        assertThat(items).hasSize(1);
        assertThat(items.get(0).at("/body/content").asText()).contains("read me");
    }

    @Test
    @Exercises("message/recall")
    @DisplayName("a recalled message is gone")
    void recall() {
        String message = feishu.text(CHAT, "forget me");

        feishu.run("message/recall?param.message_id=" + message, Map.of(), "not read");

        JsonNode read = feishu.sandbox()
                .api("GET", "/open-apis/im/v1/messages/" + message, null)
                .data();
        assertThat(read.at("/items/0/deleted").asBoolean()).isTrue();
        assertThatThrownBy(() ->
                        feishu.run("message/recall", Map.of("CamelFeishuMessageId", "om_" + "0".repeat(32)), null))
                .isInstanceOf(FeishuRejectedException.class);
    }

    @Test
    @Exercises("message/list")
    @DisplayName("a listing goes over all pages")
    void list() {
        List<String> sent = List.of(feishu.text(CHAT, "one"), feishu.text(CHAT, "two"), feishu.text(CHAT, "three"));

        Object pages = feishu.run(
                "message/list?pageSize=1&param.container_id_type=chat",
                Map.of("CamelFeishuContainerId", CHAT, "CamelFeishuSortType", "ByCreateTimeDesc"),
                null);

        assertThat(pages).isInstanceOf(Iterator.class);
        List<String> read = new ArrayList<>();
        ((Iterator<?>) pages)
                .forEachRemaining(
                        item -> read.add(((JsonNode) item).path("message_id").asText()));
        assertThat(read).containsAll(sent);
    }
}
