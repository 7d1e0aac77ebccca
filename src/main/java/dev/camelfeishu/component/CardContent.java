package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.card.CardText;
import dev.camelfeishu.card.CardValidator;
import dev.camelfeishu.card.Fault;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The card that an exchange gives, checked before it goes anywhere. It comes from the first of: the option {@code card} (a
 * template of config/cards, filled from the body), the parameter {@code template_id} (a template of the card builder, with the
 * body as its variables), the parameter {@code card_id} (a card entity), the body (a card's JSON).
 *
 * <p>A card that Feishu would refuse is not sent. Its fault is logged with its path and left in the header
 * {@link FeishuConstants#CARD_FAULT}, and what the card says goes out as text.
 *
 * @param json what is sent as the card; of a card that is not valid one that has nothing but its text
 * @param text what a card that is not valid says, null for a valid one
 */
record CardContent(JsonNode json, String text) {

    static final Parameter TEMPLATE_ID =
            new Parameter("template_id", Parameter.Place.MEMBER, false, "Published template of the card builder", null);
    static final Parameter TEMPLATE_VERSION = new Parameter(
            "template_version_name",
            Parameter.Place.MEMBER,
            false,
            "Version of the template; the newest when it is not given",
            null);
    static final Parameter CARD_ID =
            new Parameter("card_id", Parameter.Place.MEMBER, false, "Card entity to be sent", null);

    private static final Logger LOG = LoggerFactory.getLogger(CardContent.class);

    /** @throws IllegalArgumentException when the exchange gives no card */
    static CardContent of(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        String template = TEMPLATE_ID.text(exchange, options);
        String entity = CARD_ID.text(exchange, options);
        if (options.getCard() != null) {
            JsonNode card = platform.cards().fill(options.getCard(), values(exchange));
            return checked(
                    exchange,
                    card,
                    "The card " + options.getCard(),
                    "Correct config/cards/" + options.getCard() + ".json.");
        }
        if (template != null) {
            return new CardContent(template(exchange, options, template), null);
        }
        if (entity != null) {
            ObjectNode reference = JsonNodeFactory.instance.objectNode().put("type", "card");
            reference.putObject("data").put("card_id", entity);
            return new CardContent(reference, null);
        }
        JsonNode card = RequestBody.json(exchange, exchange.getMessage().getBody());
        if (!card.isObject()) {
            throw new IllegalArgumentException(
                    "There is no card: set the option card or the parameter template_id, or give"
                            + " the exchange the JSON of a card as its body");
        }
        return checked(exchange, card);
    }

    private static JsonNode template(Exchange exchange, FeishuConfiguration options, String id) {
        ObjectNode content = JsonNodeFactory.instance.objectNode().put("type", "template");
        ObjectNode data = content.putObject("data").put("template_id", id);
        String version = TEMPLATE_VERSION.text(exchange, options);
        if (version != null) {
            data.put("template_version_name", version);
        }
        Object body = exchange.getMessage().getBody();
        data.set(
                "template_variable",
                body instanceof Map<?, ?> || body instanceof ObjectNode
                        ? FeishuConverters.toJson(body)
                        : JsonNodeFactory.instance.objectNode());
        return content;
    }

    /** A card of the exchange's body. */
    static CardContent checked(Exchange exchange, JsonNode card) {
        return checked(exchange, card, "The card in the body", "Correct the body.");
    }

    private static CardContent checked(Exchange exchange, JsonNode card, String name, String hint) {
        exchange.getMessage().removeHeader(FeishuConstants.CARD_FAULT);
        List<Fault> faults = CardValidator.validate(card);
        if (faults.isEmpty()) {
            return new CardContent(card, null);
        }
        String fault = faults.get(0) + (faults.size() > 1 ? " (and " + (faults.size() - 1) + " more)" : "");
        if (CardText.of(card).isEmpty()) {
            throw new FeishuRejectedException(
                    name + " is not valid and was not sent: " + fault + ". " + hint, 0, 0, null, hint, false, null);
        }
        return refused(exchange, card, name, fault);
    }

    /** What goes out instead of a card that Feishu itself has refused. */
    static CardContent refused(Exchange exchange, JsonNode card, String reason) {
        return refused(exchange, card, "A card", reason);
    }

    private static CardContent refused(Exchange exchange, JsonNode card, String name, String fault) {
        LOG.warn("{} is not valid, its text is sent instead: {}", name, fault.replaceAll("[\\r\\n]+", " "));
        exchange.getMessage().setHeader(FeishuConstants.CARD_FAULT, fault);
        String text = CardText.of(card);
        return new CardContent(CardText.card(text, card), text);
    }

    /** What a template of config/cards may name: the body's members, the exchange's variables, the reference number. */
    static Map<String, Object> values(Exchange exchange) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (exchange.getMessage().getBody() instanceof Map<?, ?> body) {
            body.forEach((name, value) -> values.put(String.valueOf(name), value));
        }
        values.putAll(exchange.getVariables());
        values.putIfAbsent("reference", exchange.getMessage().getHeader(FeishuConstants.REFERENCE, "", String.class));
        return values;
    }
}
