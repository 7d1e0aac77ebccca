package dev.camelfeishu.component;

import static dev.camelfeishu.component.DeclaredCall.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * Card entities and cards for one person, as one call each. What sends a card is programmed in {@link CardOperations}.
 *
 * @see <a href="https://open.feishu.cn/document/cardkit-v1/feishu-card-resource-overview">Card entities</a>
 */
final class CardCalls {

    private static final String CARD = "/open-apis/cardkit/v1/cards/:card_id";
    private static final String ELEMENTS = CARD + "/elements";
    private static final String ELEMENT = ELEMENTS + "/:element_id";
    private static final String SEQUENCE = "Number of the change, greater than that of every change of the card before";
    private static final String UUID = "Key of the change, at most 64 characters: a second call with it has no effect";

    static final List<Operation> ALL = List.of(
            change("card/configure-entity", "Changes config and card_link of an entity.", "PATCH", CARD + "/settings")
                    .shaped(
                            "A map with `config` and `card_link`, or one of them. `config.streaming_mode` switches streaming on and off.",
                            text("settings")),
            change(
                            "card/batch-update-entity",
                            "Makes several changes of an entity at once.",
                            "POST",
                            CARD + "/batch_update")
                    .shaped(
                            "A list of changes, each `{\"action\",\"params\"}` as the platform documents it.",
                            text("actions")),
            change("card/add-elements", "Adds elements to an entity.", "POST", ELEMENTS)
                    .member("type", "Where: insert_before, insert_after or append")
                    .optionalMember("target_element_id", "The element it is said of; without it, the end of the card")
                    .shaped("A list of elements as a card's JSON has them.", text("elements")),
            change("card/replace-element", "Replaces an element of an entity.", "PUT", ELEMENT)
                    .shaped("The element as a card's JSON has it.", text("element")),
            change("card/change-element", "Changes some properties of an element of an entity.", "PATCH", ELEMENT)
                    .shaped("The properties that change; the tag cannot.", text("partial_element")),
            change("card/delete-element", "Takes an element out of an entity.", "DELETE", ELEMENT)
                    .shaped("Not read.", (exchange, options, platform, members) -> numbered(members)),
            call(
                            "card/entity-of",
                            "Gives the card of a message an entity, by which it can be changed.",
                            "POST",
                            "/open-apis/cardkit/v1/cards/id_convert")
                    .member("message_id", "Message that shows the card")
                    .answers("card_id", "The entity's card_id."),
            call(
                            "card/delete-ephemeral",
                            "Takes away a card that one person sees.",
                            "POST",
                            "/open-apis/ephemeral/v1/delete")
                    .member("message_id", "The card's message"));

    private CardCalls() {}

    private static DeclaredCall change(String name, String description, String method, String path) {
        return call(name, description, method, path)
                .member("sequence", SEQUENCE)
                .optionalMember("uuid", UUID);
    }

    /** The platform takes JSON inside a text. */
    private static RequestBody.Shape text(String member) {
        return (exchange, options, platform, members) -> {
            JsonNode json = RequestBody.json(exchange, body(exchange));
            if (!json.isContainerNode()) {
                throw new IllegalArgumentException("The body is neither a JSON object nor a list");
            }
            return numbered(members).put(member, json.toString());
        };
    }

    private static Object body(Exchange exchange) {
        return exchange.getMessage().getBody();
    }

    /** An option is text; the platform wants a number. */
    private static ObjectNode numbered(ObjectNode members) {
        JsonNode sequence = members.path("sequence");
        if (sequence.isTextual()) {
            if (!sequence.textValue().matches("\\d{1,9}")) {
                throw new IllegalArgumentException("sequence is not a whole number");
            }
            members.put("sequence", Integer.parseInt(sequence.textValue()));
        }
        return members;
    }
}
