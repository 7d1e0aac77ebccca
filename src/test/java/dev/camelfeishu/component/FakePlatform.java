package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.card.CardTemplates;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.connector.Connectors;
import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.openapi.Bots;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuClients;
import dev.camelfeishu.sync.Pairs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;

/** What the endpoints of a test reach: a Feishu that the test writes, a journal that it drives by hand. */
final class FakePlatform {

    final FakeFeishu feishu = new FakeFeishu();
    /** What the app hr is called through. */
    final FakeFeishu hr = new FakeFeishu();

    final HandJournal journal = new HandJournal();
    final CallbackAnswers answers = new CallbackAnswers();
    private final FeishuClients clients = new FeishuClients() {
        @Override
        public FeishuClient client(String appName) {
            return appName.equals("hr") ? hr : feishu;
        }

        @Override
        public FeishuClient client(String appName, String tenantKey) {
            return client(appName);
        }
    };

    /** Tables that Bases pull. */
    Connectors connectors = new Connectors(Map.of(), text -> text, null, new SimpleMeterRegistry(), Clock.systemUTC());

    private final Audience audience;
    private final DeadLetters deadLetters;

    FakePlatform() {
        this(Set.of(), Set.of(), null);
    }

    FakePlatform(DeadLetters deadLetters) {
        this(Set.of(), Set.of(), deadLetters);
    }

    FakePlatform(Set<String> chats, Set<String> departments, DeadLetters deadLetters) {
        this.audience = new Audience(chats, departments);
        this.deadLetters = deadLetters;
    }

    FeishuPlatform platform() {
        Texts texts = new Texts(
                "en-US",
                Map.of(
                        "bot.not-allowed", "Not for you",
                        "greeting", "Hello ${arg}",
                        "toast.done", "Done ${action}",
                        "toast.not-for-you", "For somebody else",
                        "toast.already-done", "Done before"));
        CardTemplates cards = new CardTemplates(
                Map.of("broken", "{\"schema\": \"2.0\", \"body\": {\"elements\": [{\"tag\": \"no-such-tag\"}]}}"),
                texts,
                new ObjectMapper());
        return new FeishuPlatform(
                clients,
                new Bots(clients),
                journal,
                deadLetters,
                cards,
                texts,
                null,
                new Pairs(List.of()),
                audience,
                answers,
                new CommandNames(),
                new Apps(Map.of(Apps.DEFAULT, "cli_a", "hr", "cli_hr")),
                null,
                new CustomBots(),
                MemoryIdempotentRepository.memoryIdempotentRepository(),
                connectors);
    }

    /** A component of its own context, which is not started. */
    FeishuComponent component() {
        FeishuComponent component = new FeishuComponent();
        component.setPlatform(platform());
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.addComponent("feishu", component);
        camel.build();
        return component;
    }

    FeishuEndpoint endpoint(String uri) {
        return endpoint(uri, component());
    }

    static FeishuEndpoint endpoint(String uri, FeishuComponent component) {
        return component.getCamelContext().getEndpoint(uri, FeishuEndpoint.class);
    }
}
