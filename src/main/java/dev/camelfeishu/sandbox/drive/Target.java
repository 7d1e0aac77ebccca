package dev.camelfeishu.sandbox.drive;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Form;
import java.util.Optional;

/**
 * What an upload says of itself.
 *
 * @param parentType what kind of document it goes to, such as bitable_file, docx_image or explorer
 * @param parentNode token of that document
 * @param size in bytes
 */
record Target(String name, String parentType, String parentNode, long size) {
    private static final int LONGEST_NAME = 250;

    static Target of(Form form) {
        return checked(
                text(form, "file_name"), text(form, "parent_type"), text(form, "parent_node"), text(form, "size"));
    }

    static Target of(JsonNode body) {
        return checked(
                body.path("file_name").asText(""),
                body.path("parent_type").asText(""),
                body.path("parent_node").asText(""),
                body.path("size").asText(""));
    }

    private static Target checked(String name, String parentType, String parentNode, String size) {
        if (name.isBlank() || name.length() > LONGEST_NAME) {
            throw new Denial(1061002, "file_name: 1 to " + LONGEST_NAME + " characters");
        }
        if (parentType.isEmpty() || !size.matches("[1-9]\\d{0,11}")) {
            throw new Denial(1061002, "parent_type and size");
        }
        return new Target(name, parentType, parentNode, Long.parseLong(size));
    }

    private static String text(Form form, String name) {
        return Optional.ofNullable(form.text(name)).orElse("");
    }

    /** The kind of document the parent must be. */
    String documentType() {
        int end = parentType.indexOf('_');
        return parentType.equals("explorer") ? "folder" : end < 0 ? parentType : parentType.substring(0, end);
    }
}
