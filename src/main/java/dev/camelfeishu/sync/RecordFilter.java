package dev.camelfeishu.sync;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which records belong to a pair. Conditions are evaluated here, on the canonical values of mapped columns, so that a record
 * named by an event needs no search; a view is asked of Bitable.
 *
 * @param view id of the view that shows them, or null
 */
public record RecordFilter(boolean all, List<Condition> conditions, String view) {

    static final RecordFilter NONE = new RecordFilter(true, List.of(), null);

    /** What a condition asks; named as in the filter of a search. */
    enum Operator {
        IS("is", 1),
        IS_NOT("isNot", 1),
        CONTAINS("contains", 1),
        DOES_NOT_CONTAIN("doesNotContain", 1),
        IS_EMPTY("isEmpty", 0),
        IS_NOT_EMPTY("isNotEmpty", 0),
        IS_GREATER("isGreater", 1),
        IS_LESS("isLess", 1);

        final String text;
        final int values;

        Operator(String text, int values) {
            this.text = text;
            this.values = values;
        }
    }

    /**
     * @param column a mapped column
     * @param value canonical, null where the operator takes none
     */
    public record Condition(ColumnMapping column, Operator operator, String value) {

        boolean holds(String present) {
            return switch (operator) {
                case IS -> Objects.equals(present, value);
                case IS_NOT -> !Objects.equals(present, value);
                case CONTAINS -> contains(present);
                case DOES_NOT_CONTAIN -> !contains(present);
                case IS_EMPTY -> present == null;
                case IS_NOT_EMPTY -> present != null;
                case IS_GREATER -> present != null && new BigDecimal(present).compareTo(new BigDecimal(value)) > 0;
                case IS_LESS -> present != null && new BigDecimal(present).compareTo(new BigDecimal(value)) < 0;
            };
        }

        private boolean contains(String present) {
            if (present == null) {
                return false;
            }
            return column.lens() instanceof Lens.OfMultiSelect lens
                    ? ((List<?>) lens.toJava(present)).contains(value)
                    : present.contains(value);
        }
    }

    public RecordFilter {
        conditions = List.copyOf(conditions);
    }

    boolean none() {
        return conditions.isEmpty() && view == null;
    }

    /**
     * A condition on a field that cannot be read holds: what is not seen is no reason to let a row go.
     *
     * @param values answers the canonical value of a column
     * @param readable whether the field of a column can be read
     */
    boolean admits(Function<ColumnMapping, String> values, Predicate<ColumnMapping> readable) {
        Predicate<Condition> holds =
                condition -> !readable.test(condition.column()) || condition.holds(values.apply(condition.column()));
        return conditions.isEmpty()
                || (all
                        ? conditions.stream().allMatch(holds)
                        : conditions.stream().anyMatch(holds));
    }

    static Map<String, Operator> operators() {
        var operators = new LinkedHashMap<String, Operator>();
        for (var operator : Operator.values()) {
            operators.put(operator.text, operator);
        }
        return operators;
    }
}
