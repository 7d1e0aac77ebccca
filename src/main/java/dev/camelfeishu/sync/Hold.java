package dev.camelfeishu.sync;

import java.util.Objects;
import java.util.UUID;

/**
 * A field of one row that waits for a person; both sides keep their values, and the other fields of the row go on.
 *
 * @param id of the values shown: as soon as one of them changes, it is another one; 0 before it is stored
 * @param column name of the column
 * @param sql what SQL holds, in canonical form, null when empty
 * @param bitable what Bitable holds
 * @param take what a person decided about these values, or null
 * @param value with {@link Take#VALUE}: what both sides get
 */
record Hold(
        long id,
        UUID pairId,
        String key,
        String column,
        Kind kind,
        String sql,
        String bitable,
        Take take,
        String value) {

    enum Kind {
        /** Both sides changed it, and its policy is to ask. */
        CONFLICT,
        /** The two sides write it against each other again and again. */
        PING_PONG
    }

    /** What a person decides. */
    enum Take {
        SQL,
        BITABLE,
        VALUE
    }

    /** Whether the decision is still about what the sides hold; a side may have got its value already. */
    boolean decided(String sqlNow, String bitableNow) {
        if (take == null) {
            return false;
        }
        var shownSql = Objects.equals(sql, sqlNow) || take == Take.VALUE && Objects.equals(value, sqlNow);
        var shownBitable =
                Objects.equals(bitable, bitableNow) || take == Take.VALUE && Objects.equals(value, bitableNow);
        return shownSql && shownBitable;
    }
}
