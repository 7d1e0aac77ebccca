package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RateLimits;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Card entities: create, replace, change, stream.
 *
 * <p>Not documented, and so chosen: a repeated uuid with the same request has no second effect, with another one it is 200770;
 * more than ten operations a second on a card are 99991400; what a card may not hold is 200220; converting the id of a message
 * gives its card an entity.
 */
public final class CardEntityApi implements Api {
    private static final String CARDS = "/open-apis/cardkit/v1/cards";
    private static final String CARD = CARDS + "/:card_id";
    private static final String ELEMENTS = CARD + "/elements";
    private static final String ELEMENT = ELEMENTS + "/:element_id";
    private static final int MOST_DATA = 3_000_000;
    private static final int MOST_REPLACED = 1_000_000;
    private static final int MOST_TEXT = 100_000;
    private static final int MOST_CARD = 30 * 1024;
    private static final Set<String> PLACES = Set.of("insert_before", "insert_after", "append");

    @FunctionalInterface
    private interface Change {
        void on(CardTree tree, JsonNode body);
    }

    private final SandboxDatabase database;
    private final CardEntities entities;
    private final CardSources sources;
    private final Messages messages;
    private final RateLimits rates;
    private final SandboxProperties properties;

    public CardEntityApi(
            SandboxDatabase database,
            CardEntities entities,
            CardSources sources,
            Messages messages,
            RateLimits rates,
            SandboxProperties properties) {
        this.database = database;
        this.entities = entities;
        this.sources = sources;
        this.messages = messages;
        this.rates = rates;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", CARDS, this::create);
        routes.on("PUT", CARD, this::replace);
        routes.on("PATCH", CARD + "/settings", call -> changed(call, CardEntityApi::settings));
        routes.on("POST", CARD + "/batch_update", call -> changed(call, CardEntityApi::batch));
        routes.on("POST", ELEMENTS, this::add);
        routes.on(
                "PUT",
                ELEMENT,
                call -> changed(
                        call,
                        (tree, body) ->
                                tree.replace(call.variable("element_id"), (ObjectNode) object(body, "element"))));
        routes.on(
                "PATCH",
                ELEMENT,
                call -> changed(
                        call,
                        (tree, body) -> tree.change(call.variable("element_id"), object(body, "partial_element"))));
        routes.on("DELETE", ELEMENT, call -> changed(call, (tree, body) -> tree.delete(call.variable("element_id"))));
        routes.on("PUT", ELEMENT + "/content", this::stream);
        routes.on("POST", CARDS + "/id_convert", this::convert);
    }

    private Answer create(Call call) {
        JsonNode body = call.json(10002);
        String data = text(body, "data", MOST_DATA);
        String type = body.path("type").asText();
        ObjectNode card;
        if (type.equals("template")) {
            String content = Json.write(Json.object().put("type", "template").set("data", parsed(data, "data")));
            card = (ObjectNode) Json.read(sources.find(content).orElseThrow(() -> new Denial(200220)));
        } else if (type.equals("card_json")) {
            card = (ObjectNode) parsed(data, "data");
        } else {
            throw new Denial(10002, "type is card_json or template");
        }
        check(card);
        return Answer.ok(Json.object().put("card_id", entities.add(card, null)));
    }

    private Answer replace(Call call) {
        return changed(call, (tree, body) -> {
            JsonNode given = body.path("card");
            if (!given.path("type").asText().equals("card_json")) {
                throw new Denial(10002, "card.type is card_json");
            }
            JsonNode card = parsed(text(given, "data", MOST_REPLACED), "card.data");
            tree.card().removeAll();
            tree.card().setAll((ObjectNode) card);
        });
    }

    private Answer add(Call call) {
        return changed(call, (tree, body) -> {
            if (entities.find(call.variable("card_id")).orElseThrow().streaming() == CardEntities.Streaming.TIMED_OUT) {
                throw new Denial(200510);
            }
            add(tree, body);
        });
    }

    private static void add(CardTree tree, JsonNode body) {
        if (!PLACES.contains(body.path("type").asText())) {
            throw new Denial(10002, "type is insert_before, insert_after or append");
        }
        tree.add(
                body.path("type").asText(),
                body.path("target_element_id").asText(""),
                array(body.path("elements"), "elements"));
    }

    private static void settings(CardTree tree, JsonNode body) {
        JsonNode settings = object(body, "settings");
        for (String name : new String[] {"config", "card_link"}) {
            if (settings.has(name) && !settings.path(name).isObject()) {
                throw new Denial(300122, name);
            }
        }
        ObjectNode known = Json.object();
        Optional.ofNullable(settings.get("config")).ifPresent(config -> known.set("config", config));
        Optional.ofNullable(settings.get("card_link")).ifPresent(link -> known.set("card_link", link));
        CardTree.merge(tree.card(), known);
    }

    private static void batch(CardTree tree, JsonNode body) {
        for (JsonNode action : array(body.path("actions"), "actions")) {
            JsonNode params = action.path("params");
            String id = params.path("element_id").asText("");
            switch (action.path("action").asText()) {
                case "partial_update_setting" -> settings(tree, params);
                case "add_elements" -> add(tree, params);
                case "delete_elements" -> params.path("element_ids").forEach(each -> tree.delete(each.asText()));
                case "partial_update_element" -> tree.change(id, object(params, "partial_element"));
                case "update_element" -> tree.replace(id, (ObjectNode) object(params, "element"));
                default -> throw new Denial(10002, "action is not one of the known ones");
            }
        }
    }

    private Answer stream(Call call) {
        return changed(call, (tree, body) -> {
            String content = text(body, "content", MOST_TEXT);
            switch (entities.find(call.variable("card_id")).orElseThrow().streaming()) {
                case OFF -> throw new Denial(300309);
                case TIMED_OUT -> throw new Denial(200850);
                case ON -> {
                    ObjectNode element =
                            tree.element(call.variable("element_id")).orElseThrow(() -> new Denial(300313));
                    if (!Set.of("plain_text", "markdown")
                            .contains(element.path("tag").asText())) {
                        throw new Denial(300310);
                    }
                    element.put("content", content);
                }
            }
        });
    }

    private Answer convert(Call call) {
        String id = call.json(10002).path("message_id").asText();
        return database.inTransaction(() -> {
            Message message = messages.lock(id)
                    .filter(Message::card)
                    .filter(Message::byBot)
                    .orElseThrow(() -> new Denial(10002, "message_id"));
            String cardId = entities.of(message).map(CardEntities.Entity::id).orElseGet(() -> {
                ObjectNode card = (ObjectNode) Json.read(message.content());
                check(card);
                return entities.add(card, message.id());
            });
            return Answer.ok(Json.object().put("card_id", cardId));
        });
    }

    /** What every change of an entity has in common: it is there, the uuid is new, the sequence grows, the card stays a card. */
    private Answer changed(Call call, Change change) {
        JsonNode body = call.json(10002);
        String uuid = body.path("uuid").asText("");
        if (uuid.length() > 64) {
            throw new Denial(10002, "uuid: at most 64 characters");
        }
        return database.inTransaction(() -> {
            CardEntities.Entity entity = entities.lock(call.variable("card_id")).orElseThrow(() -> new Denial(200740));
            if (entity.expired()) {
                throw new Denial(200750);
            }
            String request = call.method() + " " + call.path() + " " + Json.write(body);
            if (!uuid.isEmpty() && !entities.claim(entity, uuid, request)) {
                return Answer.ok(Json.object());
            }
            limit(entity);
            JsonNode sequence = body.path("sequence");
            if (!sequence.isInt()) {
                throw new Denial(10002, "sequence");
            }
            if (sequence.asInt() <= entity.sequence()) {
                throw new Denial(300317);
            }
            CardTree tree = new CardTree(entity.card().deepCopy());
            change.on(tree, body);
            check(tree.card());
            entities.replace(entity, tree.card(), sequence.asInt());
            return Answer.ok(Json.object());
        });
    }

    private void limit(CardEntities.Entity entity) {
        boolean limited = properties.rates() && entity.streaming() != CardEntities.Streaming.ON;
        RateLimits.Exceeded exceeded = limited ? rates.count("cardkit " + entity.id(), "10 per second") : null;
        if (exceeded != null) {
            throw new Refusal(
                    429,
                    99991400,
                    "request trigger frequency limit",
                    null,
                    Map.of("x-ogw-ratelimit-reset", Long.toString(exceeded.resetSeconds())));
        }
    }

    private static void check(ObjectNode card) {
        if (card.isEmpty()) {
            throw new Denial(300307);
        }
        if (!CardCheck.isSecond(card)) {
            throw new Denial(300303);
        }
        if (card.path("config").path("update_multi").isBoolean()
                && !card.path("config").path("update_multi").asBoolean()) {
            throw new Denial(300302);
        }
        String text = Json.write(card);
        if (text.getBytes(StandardCharsets.UTF_8).length > MOST_CARD) {
            throw new Denial(200860);
        }
        if (CardTree.repeatsId(card)) {
            throw new Denial(300301);
        }
        CardCheck.check(text).ifPresent(fault -> {
            throw fault.code() == 11310 ? new Denial(300305) : new Denial(200220, fault.message());
        });
    }

    private static String text(JsonNode body, String name, int most) {
        if (!body.path(name).isTextual() || body.path(name).asText().length() > most) {
            throw new Denial(10002, name + ": a text of at most " + most + " characters");
        }
        return body.path(name).asText();
    }

    /** Objects travel as texts; inside the actions of a batch they may be objects. */
    private static JsonNode object(JsonNode body, String name) {
        return body.path(name).isObject() ? body.path(name) : parsed(text(body, name, MOST_REPLACED), name);
    }

    private static JsonNode parsed(String text, String name) {
        JsonNode object = Json.parse(text);
        if (object == null || !object.isObject()) {
            throw new Denial(10002, name + ": the text of a JSON object");
        }
        return object;
    }

    /** Lists travel as texts; inside the actions of a batch they may be lists. */
    private static ArrayNode array(JsonNode value, String name) {
        JsonNode list = value.isTextual() ? Json.parse(value.asText()) : value;
        if (!(list instanceof ArrayNode array) || array.isEmpty()) {
            throw new Denial(10002, name + ": the text of a JSON array that is not empty");
        }
        return array;
    }
}
