package dev.camelfeishu.ops.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.regex.Pattern;

/** JSON without its secrets: what is called like one reads as stars. */
final class Masked {

    static final String STARS = "***";

    /** The tokens of Bases, files and folders are parts of addresses, not secrets. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i).*(secret|password|passwd|authorization|credential|private_?key|api_?key|encrypt_?key).*"
                    + "|(.*(access|refresh|verification|card|callback|auth|session|bot)_?)?token|.*ticket");

    private Masked() {}

    static JsonNode of(JsonNode value) {
        return masked("", value);
    }

    private static JsonNode masked(String name, JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.fields()
                    .forEachRemaining(field -> copy.set(field.getKey(), masked(field.getKey(), field.getValue())));
            return copy;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> copy.add(masked(name, item)));
            return copy;
        }
        boolean hides = !value.isNull()
                && !value.asText().isEmpty()
                && SECRET.matcher(name).matches();
        return hides ? TextNode.valueOf(STARS) : value;
    }

    /** What a person edited, with the secrets that were masked put back. */
    static JsonNode restored(JsonNode edited, JsonNode original) {
        if (edited instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.fields()
                    .forEachRemaining(field ->
                            copy.set(field.getKey(), restored(field.getValue(), original.path(field.getKey()))));
            return copy;
        }
        if (edited instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            for (int index = 0; index < array.size(); index++) {
                copy.add(restored(array.get(index), original.path(index)));
            }
            return copy;
        }
        boolean masked = edited.isTextual() && edited.textValue().equals(STARS) && original.isValueNode();
        return masked && !original.isMissingNode() ? original : edited;
    }
}
