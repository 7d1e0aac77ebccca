package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

@DisplayName("Kamelets")
@ExtendWith(SandboxRoutes.Running.class)
class KameletsTest {

    private static final Path FOLDER = Path.of("routes/_shared/kamelets");
    private static final String LOCATION = "file:" + FOLDER.toAbsolutePath();

    private final SandboxRoutes feishu;

    KameletsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    static Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files
                    .map(file -> file.getFileName().toString().replace(".kamelet.yaml", ""))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    @DisplayName("each says what it is and what each of its properties is, as designers show it")
    void isDescribed(String name) throws IOException {
        JsonNode kamelet = kamelet(name);
        JsonNode definition = kamelet.at("/spec/definition");

        assertThat(kamelet.at("/metadata/name").asText()).isEqualTo(name);
        assertThat(List.of(
                        "kamelet.icon",
                        "kamelet.group",
                        "kamelet.namespace",
                        "kamelet.support.level",
                        "catalog.version",
                        "provider"))
                .allSatisfy(annotation -> assertThat(kamelet.at("/metadata/annotations")
                                .path("camel.apache.org/" + annotation)
                                .asText())
                        .isNotBlank());
        String type = kamelet.at("/metadata/labels")
                .path("camel.apache.org/kamelet.type")
                .asText();
        assertThat(name).endsWith("-" + type);
        assertThat(type).isIn("source", "sink", "action");
        assertThat(definition.path("title").asText()).startsWith("Feishu ");
        assertThat(definition.path("description").asText()).isNotBlank();
        definition.path("properties").properties().forEach(property -> {
            assertThat(property.getValue().path("type").asText())
                    .as("type of %s", property.getKey())
                    .isIn("string", "integer", "boolean", "number");
            assertThat(property.getValue().path("title").asText()).isNotBlank();
            assertThat(property.getValue().path("description").asText()).isNotBlank();
            assertThat(property.getValue().has("example") || property.getValue().has("default"))
                    .as("an example of %s", property.getKey())
                    .isTrue();
            assertThat(kamelet.at("/spec/template").toString() + "routeId").contains(property.getKey());
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    @DisplayName("each starts with the examples of its properties")
    void starts(String name) throws Exception {
        JsonNode definition = kamelet(name).at("/spec/definition");
        FakePlatform fake = new FakePlatform();
        try (DefaultCamelContext camel = context(withExamples(fake.platform()))) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    if (name.endsWith("-source")) {
                        from(uri(name, definition)).to("mock:end");
                    } else {
                        from("direct:begin").to(uri(name, definition));
                    }
                }
            });
            camel.start();

            assertThat(camel.getStatus().isStarted()).isTrue();
            if (name.endsWith("-source") && !name.contains("approval")) {
                assertThat(fake.journal.knows("kept-name")).isTrue();
            }
        }
    }

    @Test
    @DisplayName("Markdown reaches the chat as rich text")
    void runs() throws Exception {
        try (DefaultCamelContext camel = context(feishu.platform())) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:begin").to("kamelet:feishu-markdown-sink?chatId=" + RunningSandbox.PURCHASING);
                }
            });
            camel.start();
            try (var template = camel.createProducerTemplate()) {
                Exchange sent = template.request(
                        "direct:begin", exchange -> exchange.getMessage().setBody("**bold** news"));
                String message = sent.getMessage().getHeader("CamelFeishuSentMessageId", String.class);

                JsonNode read = feishu.sandbox()
                        .api("GET", "/open-apis/im/v1/messages/" + message, null)
                        .data()
                        .at("/items/0");
                assertThat(read.path("msg_type").asText()).isEqualTo("post");
                assertThat(read.at("/body/content").asText()).contains("bold").contains("news");
            }
        }
    }

    private static DefaultCamelContext context(FeishuPlatform platform) {
        DefaultCamelContext camel = new DefaultCamelContext();
        FeishuComponent component = new FeishuComponent();
        component.setPlatform(platform);
        camel.addComponent("feishu", component);
        KameletComponent kamelets = new KameletComponent();
        kamelets.setLocation(LOCATION);
        camel.addComponent("kamelet", kamelets);
        return camel;
    }

    /** The platform of a test, with the card and the bot that the examples name. */
    private static FeishuPlatform withExamples(FeishuPlatform platform) {
        return new FeishuPlatform(
                platform.clients(),
                platform.bots(),
                platform.journal(),
                platform.deadLetters(),
                new dev.camelfeishu.card.CardTemplates(Map.of("order", "{}"), platform.texts(), FeishuConverters.JSON),
                platform.texts(),
                platform.approvals(),
                platform.pairs(),
                platform.audience(),
                platform.answers(),
                platform.commandNames(),
                platform.apps(),
                platform.chats(),
                new CustomBots().with("ops", "8c1e0b0a-0000-4000-8000-000000000000", "", List.of()),
                platform.clicked(),
                platform.connectors());
    }

    private static String uri(String name, JsonNode definition) {
        Map<String, String> values = new HashMap<>();
        definition
                .path("properties")
                .properties()
                .forEach(property -> values.put(
                        property.getKey(), property.getValue().path("example").asText("")));
        values.values().removeIf(String::isEmpty);
        values.computeIfPresent("routeId", (key, example) -> "kept-name");
        StringBuilder uri = new StringBuilder("kamelet:" + name);
        values.forEach((key, value) -> uri.append(uri.indexOf("?") < 0 ? '?' : '&')
                .append(key)
                .append("=")
                .append(value.replace(" ", "%20")));
        return uri.toString();
    }

    private static JsonNode kamelet(String name) throws IOException {
        return FeishuConverters.JSON.valueToTree(new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(FOLDER.resolve(name + ".kamelet.yaml"))));
    }
}
