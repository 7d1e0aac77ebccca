package dev.camelfeishu.sync;

import java.util.Map;

/**
 * What a route does to the values on their way, one row at a time. Values are String, BigDecimal, Instant or null. A key that
 * the answer does not hold keeps its value; a null answer leaves that row alone until it changes again. {@link
 * RowVetoedException} forbids a row, with the reason.
 */
public interface RowTransform {

    /** Changes nothing. */
    RowTransform NONE = new RowTransform() {
        @Override
        public Map<String, Object> toBitable(Map<String, Object> row) {
            return row;
        }

        @Override
        public Map<String, Object> toErp(Map<String, Object> row) {
            return row;
        }
    };

    /** @param row by column name; the answer has the same names */
    Map<String, Object> toBitable(Map<String, Object> row);

    /** @param row the record, by field name of the declaration; the answer has the same names */
    Map<String, Object> toErp(Map<String, Object> row);
}
