package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.openapi.FeishuException;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Messages to the bot that begin with one command, or with {@code *} those that no other command route takes. In a group
 * the message must mention the bot itself. Bots and other tenants are ignored. A command is tried once: its sender has
 * been told that it failed.
 *
 * <p>The variable {@code arg} holds what follows the command, the variable {@code command} the command. The body is the
 * event as a map.
 */
final class Commands implements EventSource {

    private final FeishuEndpoint endpoint;
    private final String name;

    Commands(FeishuEndpoint endpoint) {
        this.endpoint = endpoint;
        this.name = endpoint.getName().toLowerCase(Locale.ROOT);
    }

    @Override
    public void added(String routeId) {
        if (!name.equals("*")) {
            endpoint.platform().commandNames().take(endpoint.appName(), name, routeId);
        }
    }

    @Override
    public int attempts() {
        return 1;
    }

    @Override
    public boolean personWaits() {
        return true;
    }

    @Override
    public boolean accepts(FeishuEvent event) {
        if (!event.type().equals("im.message.receive_v1")) {
            return false;
        }
        JsonNode message = event.event().path("message");
        JsonNode sender = event.event().path("sender");
        boolean ours = sender.path("sender_type").asText().equals("user")
                && sender.path("tenant_key").asText(event.tenantKey()).equals(event.tenantKey());
        boolean addressed = isDirect(message) || !message.path("mentions").isEmpty();
        if (!ours || !addressed) {
            return false;
        }
        String command = MessageText.of(message).command();
        return name.equals("*") ? !isTaken(event, command) : name.equals(command);
    }

    private boolean isTaken(FeishuEvent event, String command) {
        FeishuPlatform platform = endpoint.platform();
        return platform.commandNames().isTaken(platform.apps().name(event.appId()), command)
                || platform.commandNames().isTaken(Apps.ALL, command);
    }

    @Override
    public boolean fill(EventJournal.Delivery delivery, Exchange exchange) {
        JsonNode content = delivery.event().event();
        JsonNode message = content.path("message");
        if (!isDirect(message) && !mentionsBot(message, delivery.event())) {
            return false;
        }
        MessageText text = MessageText.of(message);
        Message in = exchange.getMessage();
        in.setBody(FeishuConverters.toMap(content));
        EventsOfType.setText(in, FeishuConstants.MESSAGE_ID, message.path("message_id"));
        EventsOfType.setText(in, FeishuConstants.CHAT_ID, message.path("chat_id"));
        EventsOfType.setText(in, FeishuConstants.OPERATOR_ID, content.at("/sender/sender_id/open_id"));
        exchange.setVariable("command", text.command());
        exchange.setVariable("arg", text.argument());
        FeishuPlatform platform = endpoint.platform();
        String person = content.at("/sender/sender_id/open_id").asText();
        if (!mayAsk(exchange, delivery.event(), message.path("chat_id").asText(), person)) {
            MessageOperations.replyText(exchange, platform, platform.texts().text("bot.not-allowed", Map.of()));
            return false;
        }
        return true;
    }

    /** The route, which would say sorry, has not begun yet. */
    private boolean mayAsk(Exchange exchange, FeishuEvent event, String chat, String person) {
        FeishuPlatform platform = endpoint.platform();
        try {
            return platform.audience().mayAsk(platform.client(event), chat, person);
        } catch (FeishuException e) {
            String reference = exchange.getMessage().getHeader(FeishuConstants.REFERENCE, String.class);
            try {
                MessageOperations.replyText(
                        exchange, platform, platform.texts().text("bot.sorry", Map.of("reference", reference)));
            } catch (FeishuException unanswered) {
                e.addSuppressed(unanswered);
            }
            throw e;
        }
    }

    @Override
    public void removed(String routeId) {
        if (!name.equals("*")) {
            endpoint.platform().commandNames().giveBack(endpoint.appName(), name, routeId);
        }
    }

    private static boolean isDirect(JsonNode message) {
        return message.path("chat_type").asText().equals("p2p");
    }

    private boolean mentionsBot(JsonNode message, FeishuEvent event) {
        FeishuPlatform platform = endpoint.platform();
        String bot = platform.bots()
                .of(platform.apps().name(event.appId()), event.tenantKey())
                .openId();
        for (JsonNode mention : message.path("mentions")) {
            if (bot.equals(mention.at("/id/open_id").asText())) {
                return true;
            }
        }
        return false;
    }
}
