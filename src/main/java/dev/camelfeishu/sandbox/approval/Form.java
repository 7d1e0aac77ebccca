package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The form of an instance: checked against its definition, and turned from the shape it is written in to the one it is read in. */
final class Form {
    private static final Set<String> UNSUPPORTED = Set.of(
            "text",
            "mutableGroup",
            "account",
            "serialNumber",
            "tripGroup",
            "remedyGroupV2",
            "apaascorehrOnboardingGroup",
            "apaascorehrRegularateGroup",
            "apaascorehrJobAdjustGroup",
            "apaascorehrOffboardingGroup");

    private Form() {}

    /**
     * Checks a form. Widgets marked required may be left out; this call does not look.
     *
     * @param widgets the definition's widgets
     * @param form a string that holds a JSON array of {@code {"id","type","value"}}, the id being a widget's id or custom_id
     * @param files the uploaded files
     * @return the entries as they are read, but for files, which are their codes until {@link #withFiles}
     * @throws Refusal 1390001 naming the widget
     */
    static ArrayNode read(JsonNode widgets, JsonNode form, Files files) {
        JsonNode entries = form.isTextual() ? Json.parse(form.asText()) : null;
        if (entries == null || !entries.isArray()) {
            throw invalid("form is not a string that holds a JSON array");
        }
        return entries(widgets, entries, files);
    }

    private static ArrayNode entries(JsonNode widgets, JsonNode entries, Files files) {
        ArrayNode read = Json.array();
        Set<String> seen = new HashSet<>();
        for (JsonNode entry : entries) {
            JsonNode widget = widget(widgets, entry.path("id").asText());
            String id = widget.path("id").asText();
            String type = widget.path("type").asText();
            if (!seen.add(id)) {
                throw invalid("widget " + id + " is given twice");
            }
            if (UNSUPPORTED.contains(type)) {
                throw invalid("widget " + id + " has the unsupported type " + type);
            }
            if (!type.equals(entry.path("type").asText())) {
                throw invalid("widget " + id + " has the type " + type);
            }
            JsonNode value = entry.path("value");
            if (!fits(type, value)) {
                throw invalid("widget " + id + " has no value or one of another shape than its type " + type);
            }
            ObjectNode shown = read.addObject()
                    .put("id", id)
                    .put("custom_id", widget.path("custom_id").asText(""))
                    .put("name", widget.path("name").asText())
                    .put("type", type);
            shown.set("ext", null);
            shown.set("value", shown(widget, entry, files));
        }
        return read;
    }

    private static JsonNode widget(JsonNode widgets, String id) {
        for (JsonNode widget : widgets) {
            if (!id.isEmpty()
                    && (id.equals(widget.path("id").asText())
                            || id.equals(widget.path("custom_id").asText()))) {
                return widget;
            }
        }
        throw invalid("widget " + id + " is not in the definition");
    }

    private static boolean fits(String type, JsonNode value) {
        return switch (type) {
            case "input", "textarea", "radio", "radioV2" -> value.isTextual();
            case "amount", "formula" -> value.isNumber();
            case "number" ->
                value.isNumber() || value.isTextual() && value.asText().matches("-?\\d+(\\.\\d+)?");
            case "date" -> value.isTextual() && dated(value.asText());
            case "checkbox", "checkboxV2", "contact", "connect", "department", "attachmentV2", "image", "imageV2" ->
                value.isArray();
            case "fieldList" -> value.isArray();
            case "dateInterval" ->
                dated(value.path("start").asText())
                        && dated(value.path("end").asText())
                        && value.path("interval").isNumber();
            case "telephone" ->
                value.path("countryCode").isTextual()
                        && value.path("nationalNumber").isTextual();
            case "document" ->
                value.path("token").isTextual() && value.path("type").isTextual();
            default -> !value.isMissingNode() && !value.isNull();
        };
    }

    private static boolean dated(String text) {
        try {
            return OffsetDateTime.parse(text).getYear() > 0;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** A choice is written as its key and read as its text; other shapes change likewise. */
    private static JsonNode shown(JsonNode widget, JsonNode entry, Files files) {
        JsonNode value = entry.path("value");
        String id = widget.path("id").asText();
        return switch (widget.path("type").asText()) {
            case "radio", "radioV2" -> Json.object().textNode(text(widget, value.asText()));
            case "checkbox", "checkboxV2" -> {
                ArrayNode texts = Json.array();
                value.forEach(key -> texts.add(text(widget, key.asText())));
                yield texts;
            }
            case "amount" -> {
                JsonNode range = widget.path("option").path("currencyRange");
                if (entry.hasNonNull("currency") && !range.isEmpty() && !holds(range, entry.path("currency"))) {
                    throw invalid("widget " + id + " does not take the currency");
                }
                yield value;
            }
            case "telephone" ->
                Json.object()
                        .put("country_code", value.path("countryCode").asText())
                        .put("national_number", value.path("nationalNumber").asText());
            case "attachmentV2", "image", "imageV2" -> {
                for (JsonNode code : value) {
                    if (files.find(code.asText()).isEmpty()) {
                        throw invalid("widget " + id + " names a file that was not uploaded");
                    }
                }
                yield value;
            }
            case "fieldList" -> {
                ArrayNode rows = Json.array();
                for (JsonNode row : value) {
                    if (!row.isArray()) {
                        throw invalid("widget " + id + " takes rows of widgets");
                    }
                    rows.add(widget.path("value").isArray() ? entries(widget.path("value"), row, files) : row);
                }
                yield rows;
            }
            default -> value;
        };
    }

    private static boolean holds(JsonNode list, JsonNode wanted) {
        for (JsonNode entry : list) {
            if (entry.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** The form as it is read, with the addresses and names of its files. */
    static ArrayNode withFiles(JsonNode form, Files files, Call call) {
        ArrayNode shown = Json.array();
        for (JsonNode entry : form) {
            ObjectNode copy = entry.deepCopy();
            shown.add(copy);
            String type = copy.path("type").asText();
            if (type.equals("attachmentV2") || type.startsWith("image")) {
                ArrayNode urls = Json.array();
                List<String> names = new ArrayList<>();
                for (JsonNode code : entry.path("value")) {
                    files.find(code.asText()).ifPresent(file -> {
                        urls.add(Files.url(file, call));
                        names.add(file.name());
                    });
                }
                copy.put("ext", String.join(",", names)).set("value", urls);
            } else if (type.equals("fieldList")) {
                ArrayNode rows = Json.array();
                entry.path("value").forEach(row -> rows.add(withFiles(row, files, call)));
                copy.set("value", rows);
            }
        }
        return shown;
    }

    private static String text(JsonNode widget, String key) {
        for (JsonNode option : widget.path("option")) {
            if (key.equals(option.path("value").asText())) {
                return option.path("text").asText();
            }
        }
        throw invalid("widget " + widget.path("id").asText() + " has no such option");
    }

    private static Refusal invalid(String reason) {
        return new Refusal(400, 1390001, "param is invalid: " + reason);
    }
}
