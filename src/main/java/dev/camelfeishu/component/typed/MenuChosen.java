package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * {@code application.bot.menu_v6}: a person chose an entry of the bot's menu that is set to push an event.
 *
 * @param eventKey the entry's key, as it is set in the developer console
 * @see <a href="https://open.feishu.cn/document/client-docs/bot-v3/events/menu">Bot menu</a>
 */
public record MenuChosen(String eventKey, Person operator, String operatorName, Instant chosenAt)
        implements TypedEvent {

    static MenuChosen of(JsonNode event) {
        JsonNode operator = event.path("operator");
        return new MenuChosen(
                event.path("event_key").asText(""),
                Person.of(operator.path("operator_id")),
                operator.path("operator_name").asText(""),
                Times.of(event.path("timestamp")));
    }
}
