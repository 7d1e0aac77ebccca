package dev.camelfeishu.component;

import static dev.camelfeishu.component.CardContent.CARD_ID;
import static dev.camelfeishu.component.CardContent.TEMPLATE_ID;
import static dev.camelfeishu.component.CardContent.TEMPLATE_VERSION;
import static dev.camelfeishu.component.ProgrammedOperation.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import java.util.Iterator;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.support.ObjectHelper;

/**
 * Cards on their way: sent from any of their sources, shown to one person, kept as entities, streamed. Each is checked first,
 * see {@link CardContent}.
 *
 * @see <a href="https://open.feishu.cn/document/cardkit-v1/feishu-card-resource-overview">Card entities</a>
 */
final class CardOperations {

    private static final String ENTITIES = "/open-apis/cardkit/v1/cards";
    private static final String TEXT = ENTITIES + "/:card_id/elements/:element_id/content";

    private static final Parameter ENTITY = Parameter.of("card_id", Parameter.Place.PATH, true);
    private static final Parameter ELEMENT =
            new Parameter("element_id", Parameter.Place.PATH, true, "Element of the card", null);
    private static final Parameter SEQUENCE = new Parameter(
            "sequence",
            Parameter.Place.MEMBER,
            true,
            "Number of the change, greater than that of every change of the card before",
            null);
    private static final Parameter FIRST = new Parameter(
            "sequence",
            Parameter.Place.MEMBER,
            false,
            "Number of the last change of the card; 0 when there was none",
            null);
    private static final Parameter TOKEN =
            new Parameter("token", Parameter.Place.MEMBER, true, "Token of the click, valid for 30 minutes", null);
    private static final Parameter OPEN_IDS = new Parameter(
            "open_ids",
            Parameter.Place.MEMBER,
            false,
            "The people who see the new card, separated by commas; for cards 1.0 that are not shared",
            null);
    private static final Parameter CHAT = Parameter.of("chat_id", Parameter.Place.MEMBER, true);
    private static final Parameter OPEN_ID =
            new Parameter("open_id", Parameter.Place.MEMBER, true, "The person who sees the card", null);

    private static final String SOURCES =
            "The values of the option `card` or the variables of `template_id`; without both, a card's JSON.";
    private static final String FAULTS =
            "No card. A card that is not valid is replaced by one that has its text; the path of"
                    + " the fault is logged and in the header `CamelFeishuCardFault`.";

    static final List<Operation> ALL = List.of(
            operation(
                            "card/send",
                            "Sends a card: one of config/cards, a published template with its variables, a card entity or a"
                                    + " card's JSON.")
                    .calls("POST", "/open-apis/im/v1/messages")
                    .reads("card", "receiveId", "receiveIdType")
                    .takes(TEMPLATE_ID)
                    .takes(TEMPLATE_VERSION)
                    .takes(CARD_ID)
                    .callsAsAsked()
                    .readsHeaders(FeishuConstants.RECEIVE_ID, FeishuConstants.CHAT_ID)
                    .setsHeaders(FeishuConstants.SENT_MESSAGE_ID, FeishuConstants.CARD_FAULT)
                    .body(SOURCES, "Unchanged.")
                    .errors(
                            "No receiver. No card. Of a card that is not valid its text is sent; the path of the fault is"
                                    + " logged and in the header `CamelFeishuCardFault`.")
                    .runs(MessageOperations::sendCard),
            operation("card/send-ephemeral", "Sends a card that one member of a group sees.")
                    .calls("POST", "/open-apis/ephemeral/v1/send")
                    .reads("card")
                    .takes(CHAT)
                    .takes(OPEN_ID)
                    .takes(TEMPLATE_ID)
                    .takes(TEMPLATE_VERSION)
                    .callsAsAsked()
                    .setsHeaders(FeishuConstants.SENT_MESSAGE_ID, FeishuConstants.CARD_FAULT)
                    .body(SOURCES, "Unchanged.")
                    .errors(FAULTS)
                    .runs(CardOperations::sendEphemeral),
            operation(
                            "card/update-late",
                            "Replaces the card that was clicked, by the click's token: after the click was answered, within"
                                    + " 30 minutes, twice at most.")
                    .calls("POST", "/open-apis/interactive/v1/card/update")
                    .reads("card")
                    .takes(TOKEN)
                    .takes(OPEN_IDS)
                    .takes(TEMPLATE_ID)
                    .takes(TEMPLATE_VERSION)
                    .callsAsAsked()
                    .setsHeaders(FeishuConstants.CARD_FAULT)
                    .body(SOURCES, "Unchanged.")
                    .errors(FAULTS)
                    .runs(CardOperations::updateLate),
            operation("card/create-entity", "Keeps a card as an entity, to be sent once and changed for 14 days.")
                    .calls("POST", ENTITIES)
                    .reads("card")
                    .takes(TEMPLATE_ID)
                    .takes(TEMPLATE_VERSION)
                    .callsAsAsked()
                    .setsHeaders(FeishuConstants.CARD_ID, FeishuConstants.CARD_FAULT)
                    .body(SOURCES, "The entity's card_id, text.")
                    .errors(FAULTS)
                    .runs(CardOperations::createEntity),
            operation("card/update-entity", "Replaces the whole card of an entity.")
                    .calls("PUT", ENTITIES + "/:card_id")
                    .reads("card")
                    .takes(ENTITY)
                    .takes(SEQUENCE)
                    .callsAsAsked()
                    .setsHeaders(FeishuConstants.CARD_FAULT)
                    .body("The values of the option `card`; without it, a card's JSON.", "Unchanged.")
                    .errors(FAULTS)
                    .runs(CardOperations::updateEntity),
            operation(
                            "card/stream",
                            "Writes text into an element of an entity that streams, piece by piece: each call sends what"
                                    + " there is so far.")
                    .calls("PUT", TEXT)
                    .takes(ENTITY)
                    .takes(ELEMENT)
                    .takes(FIRST)
                    .callsAsAsked()
                    .setsHeaders(FeishuConstants.SEQUENCE)
                    .body("A text, or a list or iterator of its pieces.", "The whole text.")
                    .errors("A body without a piece.")
                    .runs(CardOperations::stream));

    private CardOperations() {}

    private static void sendEphemeral(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("chat_id", CHAT.required("card/send-ephemeral", exchange, options))
                .put("open_id", OPEN_ID.required("card/send-ephemeral", exchange, options))
                .put("msg_type", "interactive");
        body.set("card", CardContent.of(exchange, options, platform).json());
        JsonNode sent = platform.client(exchange, options)
                .call(ApiRequest.post("/open-apis/ephemeral/v1/send").body(body))
                .data();
        exchange.getMessage()
                .setHeader(
                        FeishuConstants.SENT_MESSAGE_ID, sent.path("message_id").asText());
    }

    private static void updateLate(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("token", TOKEN.required("card/update-late", exchange, options));
        ObjectNode card = CardContent.of(exchange, options, platform).json().deepCopy();
        String people = OPEN_IDS.text(exchange, options);
        if (people != null) {
            var ids = card.putArray("open_ids");
            for (String id : people.split(",")) {
                ids.add(id.strip());
            }
        }
        body.set("card", card);
        platform.client(exchange, options)
                .call(ApiRequest.post("/open-apis/interactive/v1/card/update").body(body));
    }

    private static void createEntity(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        JsonNode card = CardContent.of(exchange, options, platform).json();
        boolean template = card.path("type").asText().equals("template");
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("type", template ? "template" : "card_json")
                .put("data", (template ? card.path("data") : card).toString());
        String id = platform.client(exchange, options)
                .call(ApiRequest.post(ENTITIES).body(body))
                .data()
                .path("card_id")
                .asText();
        exchange.getMessage().setHeader(FeishuConstants.CARD_ID, id);
        exchange.getMessage().setBody(id);
    }

    private static void updateEntity(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        ApiRequest request = ApiRequest.of("PUT", ENTITIES + "/:card_id")
                .with("card_id", ENTITY.required("card/update-entity", exchange, options));
        int sequence = number(SEQUENCE, SEQUENCE.required("card/update-entity", exchange, options));
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("card")
                .put("type", "card_json")
                .put("data", own(exchange, options, platform).toString());
        platform.client(exchange, options)
                .call(request.body(body.put("sequence", sequence).put("uuid", key(exchange, body))));
    }

    /** A card that is not the entity itself: the header that names the entity is no source here. */
    private static JsonNode own(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Object entity = exchange.getMessage().removeHeader(FeishuConstants.CARD_ID);
        try {
            return CardContent.of(exchange, options, platform).json();
        } finally {
            if (entity != null) {
                exchange.getMessage().setHeader(FeishuConstants.CARD_ID, entity);
            }
        }
    }

    private static void stream(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        String before = FIRST.text(exchange, options);
        int sequence = before == null ? 0 : number(FIRST, before);
        ApiRequest request = ApiRequest.of("PUT", TEXT)
                .with("card_id", ENTITY.required("card/stream", exchange, options))
                .with("element_id", ELEMENT.required("card/stream", exchange, options));
        FeishuClient client = platform.client(exchange, options);
        StringBuilder text = new StringBuilder();
        // a text is one piece, whatever it is made of
        Iterator<?> pieces = ObjectHelper.createIterator(exchange.getMessage().getBody(), null);
        if (!pieces.hasNext()) {
            throw new IllegalArgumentException("feishu:card/stream has no text: the body is empty");
        }
        while (pieces.hasNext()) {
            text.append(exchange.getContext().getTypeConverter().convertTo(String.class, exchange, pieces.next()));
            ObjectNode body = JsonNodeFactory.instance
                    .objectNode()
                    .put("content", text.toString())
                    .put("sequence", ++sequence);
            client.call(request.body(body.put("uuid", key(exchange, body))));
        }
        exchange.getMessage().setHeader(FeishuConstants.SEQUENCE, sequence);
        exchange.getMessage().setBody(text.toString());
    }

    /** A change that is sent again has one effect. */
    private static String key(Exchange exchange, ObjectNode body) {
        return DeliveryKey.of(exchange, "card", body);
    }

    static int number(Parameter parameter, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(parameter.name() + " is not a whole number", e);
        }
    }
}
