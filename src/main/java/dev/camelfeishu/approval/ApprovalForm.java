package dev.camelfeishu.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The widgets of a definition, and how a value is written for each: create instance takes another shape per type than get
 * instance answers.
 */
final class ApprovalForm {

    /** Feishu wants an offset, never "Z". */
    private static final DateTimeFormatter RFC_3339 = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx");

    /** The value that says which currency an amount is in; it may be a widget too. */
    private static final String CURRENCY = "currency";

    private final List<Widget> widgets;
    private final ObjectMapper json;
    private final ZoneId zone;

    private ApprovalForm(List<Widget> widgets, ObjectMapper json, ZoneId zone) {
        this.widgets = List.copyOf(widgets);
        this.json = json;
        this.zone = zone;
    }

    /**
     * Reads the form of a definition.
     *
     * @param form a JSON list as text, as {@code GET approvals/:approval_code} answers it
     * @param zone of dates that name none
     */
    static ApprovalForm read(String form, ObjectMapper json, ZoneId zone) {
        JsonNode entries;
        try {
            entries = json.readTree(form);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Feishu answered an approval definition whose form is not JSON", e);
        }
        if (!entries.isArray()) {
            throw new IllegalStateException("Feishu answered an approval definition without a form");
        }
        var widgets = new ArrayList<Widget>();
        entries.forEach(entry -> widgets.add(Widget.of(entry)));
        return new ApprovalForm(widgets, json, zone);
    }

    /**
     * The form of a new instance, as the text that create instance takes. A value that is null or blank leaves its widget
     * out.
     *
     * @throws IllegalArgumentException when a value has no widget, a widget that must be filled has no value, or a value
     *     does not fit its widget
     */
    String fill(Map<String, ?> values) {
        var chosen = new LinkedHashMap<Widget, Object>();
        values.forEach((name, value) -> {
            Optional<Widget> widget = named(name);
            if (widget.isPresent()) {
                if (chosen.put(widget.get(), value == null ? "" : value) != null) {
                    throw new IllegalArgumentException(
                            "the widget " + widget.get().name() + " is given twice");
                }
            } else if (!name.equals(CURRENCY)
                    || widgets.stream().noneMatch(each -> each.type().equals("amount"))) {
                throw new IllegalArgumentException("the approval form has no widget " + Ids.shown(name) + "; it has "
                        + widgets.stream().map(Widget::toString).collect(Collectors.joining(", ")));
            }
        });
        ArrayNode form = json.createArrayNode();
        for (Widget widget : widgets) {
            Object value = chosen.get(widget);
            if (isBlank(value)) {
                if (widget.mustBeFilled()) {
                    throw new IllegalArgumentException("the approval form needs a value for the widget " + widget);
                }
                continue;
            }
            ObjectNode entry = form.addObject().put("id", widget.id()).put("type", widget.type());
            write(widget, value, values.get(CURRENCY), entry);
        }
        return form.toString();
    }

    private Optional<Widget> named(String name) {
        return widgets.stream()
                .filter(widget -> name.equals(widget.customId()))
                .findFirst()
                .or(() -> widgets.stream()
                        .filter(widget -> name.equals(widget.id()))
                        .findFirst());
    }

    private void write(Widget widget, Object value, Object currency, ObjectNode entry) {
        if (value instanceof JsonNode ready && ready.isContainerNode()) {
            entry.set("value", ready);
            return;
        }
        switch (widget.type()) {
            case "input", "textarea" -> entry.put("value", text(value));
            case "number", "formula" -> entry.put("value", number(widget, value));
            case "amount" -> entry.put("value", number(widget, value)).put(CURRENCY, currency(widget, currency));
            case "date" -> entry.put("value", date(widget, value));
            case "radio", "radioV2" -> entry.put("value", option(widget, value));
            case "checkbox", "checkboxV2" -> {
                ArrayNode options = entry.putArray("value");
                each(value).forEach(option -> options.add(option(widget, option)));
            }
            case "contact" -> {
                ArrayNode userIds = json.createArrayNode();
                ArrayNode openIds = json.createArrayNode();
                each(value).map(ApprovalForm::text).forEach(id -> (id.startsWith("ou_") ? openIds : userIds).add(id));
                entry.set("value", userIds);
                entry.set("open_ids", openIds);
            }
            default ->
                throw new IllegalArgumentException(
                        "a plain value cannot be written to the widget " + widget + "; give its JSON");
        }
    }

    private static String text(Object value) {
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        return value instanceof JsonNode node ? node.asText() : String.valueOf(value);
    }

    private static BigDecimal number(Widget widget, Object value) {
        try {
            return new BigDecimal(text(value).trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    Ids.shown(text(value)) + " is no number, as the widget " + widget + " wants", e);
        }
    }

    private static String currency(Widget widget, Object given) {
        String currency = isBlank(given)
                ? widget.definition().path("value").asText("")
                : text(given).trim();
        if (currency.isEmpty()) {
            throw new IllegalArgumentException("the widget " + widget + " needs a value named '" + CURRENCY + "'");
        }
        var range = new ArrayList<String>();
        widget.definition().path("option").path("currencyRange").forEach(each -> range.add(each.asText()));
        if (!range.isEmpty() && !range.contains(currency)) {
            throw new IllegalArgumentException(
                    Ids.shown(currency) + " is no currency of the widget " + widget + "; it takes " + range);
        }
        return currency;
    }

    private String date(Widget widget, Object value) {
        if (value instanceof java.sql.Date day) {
            return RFC_3339.format(day.toLocalDate().atStartOfDay(zone));
        }
        if (value instanceof java.util.Date time) {
            return RFC_3339.format(Instant.ofEpochMilli(time.getTime()).atZone(zone));
        }
        if (value instanceof Instant time) {
            return RFC_3339.format(time.atZone(zone));
        }
        if (value instanceof OffsetDateTime time) {
            return RFC_3339.format(time);
        }
        if (value instanceof ZonedDateTime time) {
            return RFC_3339.format(time);
        }
        if (value instanceof LocalDateTime time) {
            return RFC_3339.format(time.atZone(zone));
        }
        if (value instanceof LocalDate day) {
            return RFC_3339.format(day.atStartOfDay(zone));
        }
        String text = text(value).trim();
        try {
            return text.length() == 10
                    ? RFC_3339.format(LocalDate.parse(text).atStartOfDay(zone))
                    : RFC_3339.format(OffsetDateTime.parse(text));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    Ids.shown(text) + " is no date, as the widget " + widget
                            + " wants: write 2025-01-31 or 2025-01-31T09:30:00+08:00",
                    e);
        }
    }

    /** What is sent is an option's key; people and databases know its text. */
    private static String option(Widget widget, Object value) {
        String wanted = text(value);
        Map<String, String> options = widget.options();
        if (options.isEmpty() || options.containsKey(wanted)) {
            return wanted; // without options of its own the source is external, and its ids are known there only
        }
        var keys = options.entrySet().stream()
                .filter(option -> option.getValue().equals(wanted))
                .map(Map.Entry::getKey)
                .toList();
        if (keys.size() != 1) {
            throw new IllegalArgumentException(Ids.shown(wanted)
                    + (keys.isEmpty() ? " is no option of the widget " : " names more than one option of the widget ")
                    + widget + "; it has " + options.values());
        }
        return keys.get(0);
    }

    private static java.util.stream.Stream<?> each(Object value) {
        if (value instanceof Collection<?> items) {
            return items.stream();
        }
        return value instanceof Object[] items ? Arrays.stream(items) : java.util.stream.Stream.of(value);
    }

    private static boolean isBlank(Object value) {
        return value == null
                || value instanceof CharSequence text && text.toString().isBlank()
                || value instanceof Collection<?> items && items.isEmpty()
                || value instanceof JsonNode node && (node.isNull() || node.isMissingNode());
    }

    /**
     * @param customId what an administrator called it, or null
     * @param definition the whole entry
     */
    private record Widget(
            String id, String customId, String title, String type, boolean required, JsonNode definition) {

        static Widget of(JsonNode entry) {
            String customId = entry.path("custom_id").asText("");
            return new Widget(
                    entry.path("id").asText(),
                    customId.isEmpty() ? null : customId,
                    entry.path("name").asText(),
                    entry.path("type").asText(),
                    entry.path("required").asBoolean(),
                    entry);
        }

        String name() {
            return customId == null ? id : customId;
        }

        /** A widget that is shown under a condition may be hidden, and Feishu itself checks no required widget. */
        boolean mustBeFilled() {
            JsonNode condition = definition.path("display_condition");
            boolean conditional = condition.isTextual() ? !condition.asText().isBlank() : !condition.isEmpty();
            return required && !conditional && !type.equals("text");
        }

        /** Text by key, in the shape of a fetched definition or of a created one. */
        Map<String, String> options() {
            var options = new LinkedHashMap<String, String>();
            for (String where : List.of("option", "value")) {
                JsonNode list = definition.path(where);
                if (list.isArray()) {
                    list.forEach(option -> options.put(
                            option.path("value").asText(option.path("key").asText()),
                            option.path("text").asText()));
                }
            }
            return options;
        }

        @Override
        public String toString() {
            return "'" + name() + "' (" + type + (title.isEmpty() ? "" : ", " + title) + ")";
        }
    }
}
