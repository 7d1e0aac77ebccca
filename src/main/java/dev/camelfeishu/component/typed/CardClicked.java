package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A click on a card, in any of its three shapes: the body of {@code feishu:card/action}, {@code card.action.trigger} and
 * {@code card.action.trigger_v1}. All of it is what a client sent.
 *
 * @param action the member {@code action} of the value
 * @param value of the button; its shape is that of the card
 * @param formValue of the form the button submits: the component's name to its value
 * @param operator who clicked
 * @see <a href="https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-callback-communication">Card
 *     callback</a>
 */
public record CardClicked(
        String action, JsonNode value, JsonNode formValue, String messageId, String chatId, Person operator)
        implements TypedEvent {

    static CardClicked of(JsonNode click) {
        boolean taken = click.path("action").isTextual();
        JsonNode holder = taken ? click : click.path("action");
        JsonNode place = click.has("context") ? click.path("context") : click;
        Person operator = click.path("operator").isTextual()
                ? new Person(click.path("operator").textValue(), "", "")
                : Person.of(click.has("operator") ? click.path("operator") : click);
        return new CardClicked(
                holder.at("/value/action").asText(""),
                holder.path("value"),
                holder.path("form_value"),
                first(click.path("message_id"), place.path("open_message_id")),
                first(click.path("chat_id"), place.path("open_chat_id")),
                operator);
    }

    private static String first(JsonNode one, JsonNode other) {
        return one.isTextual() ? one.textValue() : other.asText("");
    }
}
