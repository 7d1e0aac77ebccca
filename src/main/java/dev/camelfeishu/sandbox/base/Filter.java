package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The filter of a search, by the rules of the filter guide. */
final class Filter {
    static final int MOST_CONDITIONS = 50;

    private final Table table;
    private final Reading reading;
    private final ZoneId zone;
    private final Clock clock;

    Filter(Table table, Reading reading, ZoneId zone, Clock clock) {
        this.table = table;
        this.reading = reading;
        this.zone = zone;
        this.clock = clock;
    }

    /** Whether the filter asks for anything. */
    static boolean present(JsonNode filter) {
        return filter.path("conditions").size() + filter.path("children").size() > 0;
    }

    /** Reads the member {@code filter}. */
    Predicate<Row> parse(JsonNode filter) {
        if (filter.isMissingNode() || filter.isNull()) {
            return row -> true;
        }
        return group(filter, true);
    }

    private Predicate<Row> group(JsonNode group, boolean mayNest) {
        if (!group.isObject()) {
            throw new Denied(1254018, "a filter is an object");
        }
        List<Predicate<Row>> parts = new ArrayList<>();
        for (JsonNode condition : list(group, "conditions")) {
            parts.add(condition(Condition.parse(condition, table)));
        }
        JsonNode children = list(group, "children");
        if (!mayNest && !children.isEmpty()) {
            throw new Denied(1254018, "children have no children");
        }
        for (JsonNode child : children) {
            parts.add(group(child, false));
        }
        if (parts.isEmpty()) {
            return row -> true;
        }
        return switch (group.path("conjunction").asText()) {
            case "and" -> row -> parts.stream().allMatch(p -> p.test(row));
            case "or" -> row -> parts.stream().anyMatch(p -> p.test(row));
            default -> throw new Denied(1254018, "conjunction is and or or");
        };
    }

    private static JsonNode list(JsonNode group, String name) {
        JsonNode list = group.path(name);
        if (list.isMissingNode() || list.isNull()) {
            return Cell.JSON.arrayNode();
        }
        if (!list.isArray() || list.size() > MOST_CONDITIONS) {
            throw new Denied(1254018, name + " is a list of up to " + MOST_CONDITIONS);
        }
        return list;
    }

    private Predicate<Row> condition(Condition condition) {
        FieldType type = condition.field().type();
        if (type.filter() == FilterKind.NONE) {
            throw condition.wrong("is not available: formulas and look-ups cannot be filtered");
        }
        if (condition.presence() && type.filter() != FilterKind.CHECKBOX) {
            boolean wantEmpty = condition.operator().equals("isEmpty");
            return row -> (type.value(row, condition.field()) == null) == wantEmpty;
        }
        return switch (type.filter()) {
            case TEXT -> text(condition);
            case NUMBER -> number(condition);
            case CHOICE -> choice(condition);
            case CHECKBOX -> checkbox(condition);
            case DATE -> date(condition);
            case PRESENCE, NONE -> throw condition.wrong("is not available: only isEmpty and isNotEmpty are");
        };
    }

    private Predicate<Row> text(Condition condition) {
        condition.only("is", "isNot", "contains", "doesNotContain");
        if (condition.values().size() > 1) {
            throw condition.wrong("takes one value");
        }
        String wanted = condition.values().isEmpty() ? "" : condition.values().get(0);
        Predicate<Row> test = condition.operator().contains("ontain")
                ? row -> text(row, condition.field()).contains(wanted)
                : row -> text(row, condition.field()).equals(wanted);
        return negated(condition) ? test.negate() : test;
    }

    private static String text(Row row, Field field) {
        if (field.type() == FieldType.AUTO_NUMBER) {
            return Long.toString(row.number());
        }
        JsonNode stored = field.type().value(row, field);
        return stored == null ? "" : field.type().cell().text(stored, field);
    }

    private Predicate<Row> number(Condition condition) {
        condition.only("is", "isNot", "isGreater", "isGreaterEqual", "isLess", "isLessEqual");
        BigDecimal wanted;
        try {
            wanted = new BigDecimal(condition.single());
        } catch (NumberFormatException e) {
            throw condition.wrong("takes a number as a string");
        }
        Field field = condition.field();
        boolean whenEmpty = condition.operator().equals("isNot");
        return row -> {
            JsonNode stored = field.type().value(row, field);
            return stored == null
                    ? whenEmpty
                    : holds(condition.operator(), stored.decimalValue().compareTo(wanted));
        };
    }

    private static boolean holds(String operator, int comparison) {
        return switch (operator) {
            case "is" -> comparison == 0;
            case "isNot" -> comparison != 0;
            case "isGreater" -> comparison > 0;
            case "isGreaterEqual" -> comparison >= 0;
            case "isLess" -> comparison < 0;
            default -> comparison <= 0;
        };
    }

    private Predicate<Row> choice(Condition condition) {
        condition.only("is", "isNot", "contains", "doesNotContain");
        boolean any = condition.operator().contains("ontain");
        Set<String> wanted = any ? Set.copyOf(condition.values()) : Set.of(condition.single());
        if (wanted.isEmpty()) {
            throw condition.wrong("takes at least one value");
        }
        Field field = condition.field();
        Predicate<Row> test = row -> {
            JsonNode stored = field.type().value(row, field);
            Set<String> held = stored == null ? Set.of() : field.type().cell().choices(stored, field, reading);
            return any ? !Collections.disjoint(held, wanted) : held.equals(wanted);
        };
        return negated(condition) ? test.negate() : test;
    }

    private static boolean negated(Condition condition) {
        return condition.operator().equals("isNot") || condition.operator().equals("doesNotContain");
    }

    private Predicate<Row> checkbox(Condition condition) {
        if (!condition.operator().equals("is")) {
            throw condition.wrong("is not available: only is");
        }
        if (!Set.of("true", "false").contains(condition.single())) {
            throw condition.wrong("takes \"true\" or \"false\"");
        }
        boolean wanted = condition.single().equals("true");
        Field field = condition.field();
        return row -> {
            JsonNode stored = field.type().value(row, field);
            return (stored != null && stored.booleanValue()) == wanted;
        };
    }

    private Predicate<Row> date(Condition condition) {
        condition.only("is", "isGreater", "isLess");
        DateSpan span = DateSpan.of(condition, zone, clock);
        Field field = condition.field();
        return row -> {
            JsonNode stored = field.type().value(row, field);
            if (stored == null) {
                return false;
            }
            long time = stored.longValue();
            return switch (condition.operator()) {
                case "is" -> time >= span.from() && time < span.to();
                case "isGreater" -> time >= span.to();
                default -> time < span.from();
            };
        };
    }
}
