package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.spi.IdempotentRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clicks on a card's component whose {@code value.action} is one of the endpoint's actions (comma separated). Both callback
 * formats look the same to the route: the body is a map with {@code action}, {@code value}, {@code form_value},
 * {@code option}, {@code message_id}, {@code chat_id} and {@code operator} (open_id). All of it is what a client sent.
 *
 * <p>The route's last body is the answer ({@code toast}, {@code card}); {@code feishu:card/answer} makes one. When nobody
 * waits for the answer any more, the card it holds is set by a delayed update.
 */
final class CardClicks implements EventSource {

    private static final String CURRENT = "card.action.trigger";
    private static final String OLD = "card.action.trigger_v1";

    /** Toasts of a click that came to nothing, so that it can be repeated. */
    private static final Set<String> UNFINISHED = Set.of("warning", "error");
    /** Property of an exchange: what its click has used up. */
    private static final String USED_UP = "CamelFeishuUsedUp";

    private static final Logger LOG = LoggerFactory.getLogger(CardClicks.class);

    private final FeishuEndpoint endpoint;
    private final Set<String> actions;
    private final ClickRules rules;

    CardClicks(FeishuEndpoint endpoint) {
        this.endpoint = endpoint;
        this.actions = Arrays.stream(endpoint.getConfiguration().getAction().split(","))
                .map(String::strip)
                .collect(Collectors.toUnmodifiableSet());
        this.rules = new ClickRules(endpoint.getConfiguration());
    }

    /** A person waits for a click: what did not work at once is told, not repeated an hour later. */
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
        return (event.type().equals(CURRENT) || event.type().equals(OLD))
                && actions.contains(event.event().at("/action/value/action").asText());
    }

    @Override
    public boolean fill(EventJournal.Delivery delivery, Exchange exchange) {
        JsonNode event = delivery.event().event();
        JsonNode action = event.path("action");
        boolean current = delivery.event().type().equals(CURRENT);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("action", action.at("/value/action"));
        body.set("value", action.path("value"));
        body.set("form_value", action.has("form_value") ? action.get("form_value") : body.objectNode());
        body.set("option", action.path("option").isMissingNode() ? body.nullNode() : action.path("option"));
        body.put(
                "message_id",
                current
                        ? event.at("/context/open_message_id").asText("")
                        : event.path("open_message_id").asText(""));
        body.put(
                "chat_id",
                current
                        ? event.at("/context/open_chat_id").asText("")
                        : event.path("open_chat_id").asText(""));
        body.put(
                "operator",
                current
                        ? event.at("/operator/open_id").asText("")
                        : event.path("open_id").asText(""));
        Message message = exchange.getMessage();
        message.setBody(FeishuConverters.toMap(body));
        EventsOfType.setText(message, FeishuConstants.MESSAGE_ID, body.get("message_id"));
        EventsOfType.setText(message, FeishuConstants.CHAT_ID, body.get("chat_id"));
        EventsOfType.setText(message, FeishuConstants.OPERATOR_ID, body.get("operator"));
        if (!rules.mayClick(body)) {
            LOG.info("The click of delivery {} is not for its person", delivery.id());
            message.setBody(warning("toast.not-for-you"));
            return false;
        }
        String key = rules.usedUp(delivery.event(), body);
        if (key != null && !endpoint.platform().clicked().add(key)) {
            message.setBody(warning("toast.already-done"));
            return false;
        }
        exchange.setProperty(USED_UP, key);
        return true;
    }

    private Map<String, Object> warning(String text) {
        return Map.of(
                "toast",
                Map.of("type", "warning", "content", endpoint.platform().texts().text(text, Map.of())));
    }

    @Override
    public void failed(Exchange exchange) {
        use(exchange, IdempotentRepository::remove);
    }

    private void use(Exchange exchange, BiPredicate<IdempotentRepository, String> what) {
        String key = exchange.getProperty(USED_UP, String.class);
        if (key == null) {
            return;
        }
        try {
            what.test(endpoint.platform().clicked(), key);
        } catch (IllegalStateException e) {
            // the business is done, or has failed: neither changes because this could not be noted
            LOG.warn("Whether {} is used up could not be noted: {}", key, e.getMessage());
        }
    }

    @Override
    public void done(EventJournal.Delivery delivery, Exchange exchange) {
        Object answer = exchange.getMessage().getBody();
        JsonNode json =
                answer instanceof Map<?, ?> ? FeishuConverters.toJson(answer) : JsonNodeFactory.instance.objectNode();
        boolean open = UNFINISHED.contains(json.at("/toast/type").asText());
        use(exchange, open ? IdempotentRepository::remove : IdempotentRepository::confirm);
        boolean awaited = endpoint.platform().answers().give(delivery.event(), json);
        JsonNode card = json.at("/card/data");
        if (!awaited && card.isObject()) {
            try {
                update(
                        delivery.event(),
                        card,
                        exchange.getMessage().getHeader(FeishuConstants.MESSAGE_ID, String.class));
            } catch (FeishuException | IllegalArgumentException e) {
                // the business is done: a card that stays as it was is no reason to do it again
                LOG.warn("The card of delivery {} could not be updated: {}", delivery.id(), e.getMessage());
            }
        }
    }

    /** By the click's token; a click that was never answered, as after a kill, has none that works: then by the message. */
    private void update(FeishuEvent click, JsonNode card, String messageId) {
        FeishuClient client = endpoint.platform().client(click);
        String token = click.event().path("token").asText("");
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (!token.isEmpty()) {
            body.put("token", token);
            body.set("card", card);
            try {
                client.call(
                        ApiRequest.post("/open-apis/interactive/v1/card/update").body(body));
                return;
            } catch (FeishuRejectedException e) {
                LOG.info("A click's token updates no card, its message is updated: {}", e.getMessage());
            }
        }
        if (messageId != null) {
            client.call(ApiRequest.of("PATCH", "/open-apis/im/v1/messages/:message_id")
                    .with("message_id", messageId)
                    .body(JsonNodeFactory.instance.objectNode().put("content", card.toString())));
        }
    }
}
