package dev.camelfeishu.sync;

import dev.camelfeishu.sync.ColumnMapping.Owner;
import dev.camelfeishu.sync.ColumnMapping.Winner;
import dev.camelfeishu.sync.Decision.Loss;
import dev.camelfeishu.sync.Decision.Why;
import java.util.Objects;

/**
 * The decision for one column: a pure function of the last agreed values and the two present ones. It knows neither who wrote
 * nor when, so an echo of an own write decides {@link Decision.Keep}, and the order of columns and of rows does not matter.
 */
public final class ThreeWayMerge {

    private ThreeWayMerge() {}

    /**
     * One side's value.
     *
     * @param own as the side holds it
     * @param offered as the other side would hold it, after the route's transform; the same without one
     */
    public record Side(Reading own, Reading offered) {
        public static Side of(Reading reading) {
            return new Side(reading, reading);
        }
    }

    /**
     * @param shadow the last agreed values, null at the first meeting
     */
    public static Decision decide(ColumnMapping column, Agreed shadow, Side sql, Side bitable) {
        if (agree(sql, bitable)) {
            var now = new Agreed(sql.own().value(), bitable.own().value());
            return now.equals(shadow) ? new Decision.Keep() : new Decision.Agree(now);
        }
        if (column.owner() == Owner.BITABLE) {
            return ofBitable(shadow, sql, bitable);
        }
        var invalid = !bitable.own().valid()
                || !bitable.offered().valid()
                || (column.required() && bitable.own().empty());
        if (shadow == null) {
            return firstMeeting(column, sql, bitable, invalid);
        }
        var sqlChanged = !Objects.equals(sql.own().value(), shadow.sql());
        var bitableChanged = !Objects.equals(bitable.own().value(), shadow.bitable());
        if (!sqlChanged && !bitableChanged) {
            return new Decision.Keep();
        }
        if (!bitableChanged) {
            return toBitable(sql, null);
        }
        if (column.owner() == Owner.SQL) {
            return toBitable(sql, loss(bitable, sql, Why.PUT_BACK));
        }
        if (invalid) {
            return toBitable(sql, loss(bitable, sql, Why.INVALID));
        }
        if (!sqlChanged) {
            return new Decision.ToSql(bitable.offered().value(), null);
        }
        return conflict(column, sql, bitable, Why.CONFLICT);
    }

    /** Bitable's value goes to SQL whatever SQL holds; one that SQL cannot take stays where it is. */
    private static Decision ofBitable(Agreed shadow, Side sql, Side bitable) {
        if (!bitable.offered().valid()) {
            return new Decision.Unwritable(
                    "'" + bitable.offered().value() + "': " + bitable.offered().problem());
        }
        var sqlChanged =
                shadow == null ? !sql.own().empty() : !Objects.equals(sql.own().value(), shadow.sql());
        if (shadow != null && !sqlChanged && Objects.equals(bitable.own().value(), shadow.bitable())) {
            return new Decision.Keep();
        }
        return new Decision.ToSql(
                bitable.offered().value(),
                sqlChanged
                        ? new Loss(
                                sql.own().value(),
                                bitable.offered().value(),
                                shadow == null ? Why.FIRST_MEETING : Why.PUT_BACK)
                        : null);
    }

    private static Decision firstMeeting(ColumnMapping column, Side sql, Side bitable, boolean invalid) {
        if (bitable.own().empty()) {
            return toBitable(sql, null);
        }
        if (column.owner() == Owner.SQL) {
            return toBitable(sql, loss(bitable, sql, Why.FIRST_MEETING));
        }
        if (invalid) {
            return toBitable(sql, loss(bitable, sql, Why.INVALID));
        }
        if (sql.own().empty()) {
            return new Decision.ToSql(bitable.offered().value(), null);
        }
        return conflict(column, sql, bitable, Why.FIRST_MEETING);
    }

    private static Decision conflict(ColumnMapping column, Side sql, Side bitable, Why why) {
        return column.winner() == Winner.SQL
                ? toBitable(sql, loss(bitable, sql, why))
                : new Decision.ToSql(bitable.offered().value(), loss(sql, bitable, why));
    }

    private static Decision toBitable(Side sql, Loss loss) {
        return sql.offered().valid()
                ? new Decision.ToBitable(sql.offered().value(), loss)
                : new Decision.Unwritable(
                        "'" + sql.offered().value() + "': " + sql.offered().problem());
    }

    private static Loss loss(Side loser, Side winner, Why why) {
        return new Loss(loser.own().value(), winner.offered().value(), why);
    }

    private static boolean agree(Side sql, Side bitable) {
        return Objects.equals(sql.offered().value(), bitable.own().value())
                || Objects.equals(sql.own().value(), bitable.offered().value());
    }
}
