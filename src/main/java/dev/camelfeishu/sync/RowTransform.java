package dev.camelfeishu.sync;

import java.util.Map;

/**
 * What a route does to the values on their way, one row at a time, by column name in both directions. A column that the answer
 * does not hold keeps its value; a null answer leaves that row alone until it changes again. {@link RowVetoedException} forbids
 * a row, with the reason.
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

    /** @param row what SQL holds */
    Map<String, Object> toBitable(Map<String, Object> row);

    /** @param row what the record holds */
    Map<String, Object> toErp(Map<String, Object> row);
}
