package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One condition of a search filter as written.
 *
 * @param field the field it looks at
 * @param operator one of {@link #OPERATORS}
 * @param values strings, at most ten
 */
record Condition(Field field, String operator, List<String> values) {
    static final int MOST_VALUES = 10;
    static final Set<String> OPERATORS = Set.of(
            "is",
            "isNot",
            "contains",
            "doesNotContain",
            "isEmpty",
            "isNotEmpty",
            "isGreater",
            "isGreaterEqual",
            "isLess",
            "isLessEqual");

    static Condition parse(JsonNode json, Table table) {
        if (!json.path("field_name").isTextual()) {
            throw new Denied(1254018, "a condition names a field");
        }
        String operator = json.path("operator").asText("");
        if (!OPERATORS.contains(operator)) {
            throw new Denied(1254018, "operator " + operator);
        }
        JsonNode value = json.path("value");
        if (!value.isArray() || value.size() > MOST_VALUES) {
            throw new Denied(1254018, "value is a list of up to " + MOST_VALUES + " strings, [] for isEmpty");
        }
        List<String> values = new ArrayList<>();
        for (JsonNode entry : value) {
            if (!entry.isTextual()) {
                throw new Denied(1254018, "value holds strings only");
            }
            values.add(entry.textValue());
        }
        Condition condition =
                new Condition(table.fieldNamed(json.path("field_name").textValue()), operator, List.copyOf(values));
        if (condition.presence() && !values.isEmpty()) {
            throw condition.wrong("takes the value []");
        }
        return condition;
    }

    /** Whether it asks only if the cell is empty. */
    boolean presence() {
        return operator.equals("isEmpty") || operator.equals("isNotEmpty");
    }

    /** Allows the operators only; isEmpty and isNotEmpty are always allowed. */
    void only(String... allowed) {
        if (!presence() && !List.of(allowed).contains(operator)) {
            throw wrong("is not available for this type");
        }
    }

    /** The single value. */
    String single() {
        if (values.size() != 1) {
            throw wrong("takes exactly one value");
        }
        return values.get(0);
    }

    Denied wrong(String why) {
        return new Denied(1254018, field.name() + " " + operator + " " + why);
    }
}
