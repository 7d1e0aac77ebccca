package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.FeishuEvent;
import java.util.stream.Stream;

/** Who may click and how often: the options {@code onlyFor} and {@code once}. */
final class ClickRules {

    private static final String VALUE = "value.";

    private final String onlyFor;
    private final String once;

    ClickRules(FeishuConfiguration options) {
        this.onlyFor = options.getOnlyFor() == null ? "" : options.getOnlyFor().strip();
        this.once = options.getOnce();
    }

    /** @param click the body of {@code feishu:card/action} */
    boolean mayClick(JsonNode click) {
        if (onlyFor.isEmpty()) {
            return true;
        }
        String person = click.path("operator").asText();
        if (person.isEmpty()) {
            return false;
        }
        if (!onlyFor.startsWith(VALUE)) {
            return Stream.of(onlyFor.split(",")).map(String::strip).anyMatch(person::equals);
        }
        JsonNode named = click.path("value").path(onlyFor.substring(VALUE.length()));
        if (named.isTextual()) {
            return person.equals(named.textValue());
        }
        for (JsonNode one : named) {
            if (person.equals(one.textValue())) {
                return true;
            }
        }
        return false;
    }

    /** What the click uses up, or null when it can be repeated: nothing tells a card without a message from others. */
    String usedUp(FeishuEvent event, JsonNode click) {
        String message = click.path("message_id").asText();
        if (once == null || message.isEmpty()) {
            return null;
        }
        String card = event.appId() + "/" + message;
        return switch (once) {
            case "card" -> card;
            case "action" -> card + "/" + click.path("action").asText();
            default -> card + "/" + click.path("value");
        };
    }
}
