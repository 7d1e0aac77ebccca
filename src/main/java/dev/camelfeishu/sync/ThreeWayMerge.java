package dev.camelfeishu.sync;

import dev.camelfeishu.sync.ColumnMapping.Owner;
import dev.camelfeishu.sync.ColumnMapping.Winner;
import dev.camelfeishu.sync.Decision.Loss;
import dev.camelfeishu.sync.Decision.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The decision for one column: a pure function of the last agreed values and the two present ones. It knows neither who wrote
 * nor when, so an echo of an own write decides {@link Decision.Keep}, and the order of columns and of rows does not matter.
 */
public final class ThreeWayMerge {

    /** Times of two clocks that are nearer than this say nothing. */
    private static final Duration CLOCKS_APART = Duration.ofSeconds(1);

    private ThreeWayMerge() {}

    /**
     * The side that was changed later; SQL where the two clocks do not tell.
     *
     * @param sql by the database's clock, null when that is not known
     * @param bitable by Feishu's clock, null when that is not known
     */
    static Batch.Side later(Instant sql, Instant bitable) {
        return sql != null && bitable != null && bitable.isAfter(sql.plus(CLOCKS_APART))
                ? Batch.Side.BITABLE
                : Batch.Side.SQL;
    }

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
     * @param later asked only in a conflict of policy {@link Winner#NEWEST}: the side that was changed later
     */
    public static Decision decide(
            ColumnMapping column, Agreed shadow, Side sql, Side bitable, Supplier<Batch.Side> later) {
        if (agree(sql, bitable)) {
            var now = new Agreed(sql.own().value(), bitable.own().value());
            return now.equals(shadow) ? new Decision.Keep() : new Decision.Agree(now);
        }
        if (column.owner() == Owner.BITABLE) {
            return ofBitable(column, shadow, sql, bitable);
        }
        var invalid = !bitable.own().valid()
                || !bitable.offered().valid()
                || (column.required() && bitable.own().empty());
        if (shadow == null) {
            return firstMeeting(column, sql, bitable, invalid, later);
        }
        var sqlChanged = !Objects.equals(sql.own().value(), shadow.sql());
        var bitableChanged = !Objects.equals(bitable.own().value(), shadow.bitable());
        // of a value that a route makes of something else, SQL's own does not change
        var enriched = column.owner() == Owner.SQL
                && !Objects.equals(sql.offered().value(), sql.own().value());
        if (!sqlChanged && !bitableChanged && !enriched) {
            return new Decision.Keep();
        }
        if (!bitableChanged) {
            return toBitable(sql, null);
        }
        if (column.owner() == Owner.SQL) {
            return column.ignoresEdits() && !sqlChanged
                    ? new Decision.Keep()
                    : toBitable(sql, loss(bitable, sql, Why.PUT_BACK));
        }
        if (invalid) {
            return toBitable(sql, loss(bitable, sql, Why.INVALID));
        }
        if (!sqlChanged) {
            return new Decision.ToSql(bitable.offered().value(), null);
        }
        return conflict(column, shadow, sql, bitable, Why.CONFLICT, later);
    }

    /** Bitable's value goes to SQL whatever SQL holds; one that SQL cannot take stays where it is. */
    private static Decision ofBitable(ColumnMapping column, Agreed shadow, Side sql, Side bitable) {
        if (!bitable.offered().valid()) {
            return new Decision.Unwritable(
                    "'" + bitable.offered().value() + "': " + bitable.offered().problem());
        }
        var sqlChanged =
                shadow == null ? !sql.own().empty() : !Objects.equals(sql.own().value(), shadow.sql());
        if (shadow != null
                && (!sqlChanged || column.ignoresEdits())
                && Objects.equals(bitable.own().value(), shadow.bitable())) {
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

    private static Decision firstMeeting(
            ColumnMapping column, Side sql, Side bitable, boolean invalid, Supplier<Batch.Side> later) {
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
        return conflict(column, null, sql, bitable, Why.FIRST_MEETING, later);
    }

    private static Decision conflict(
            ColumnMapping column, Agreed shadow, Side sql, Side bitable, Why why, Supplier<Batch.Side> later) {
        return switch (column.winner()) {
            case SQL -> toBitable(sql, loss(bitable, sql, why));
            case BITABLE -> toSql(sql, bitable, why);
            case NEWEST ->
                later.get() == Batch.Side.SQL ? toBitable(sql, loss(bitable, sql, why)) : toSql(sql, bitable, why);
            case UNION -> union(column.lens(), shadow, sql, bitable);
            case MANUAL -> new Decision.Undecided();
        };
    }

    private static Decision toSql(Side sql, Side bitable, Why why) {
        return new Decision.ToSql(bitable.offered().value(), loss(sql, bitable, why));
    }

    /** Merges the sets on each side's own terms: a route may give an option another name on its way. */
    private static Decision union(Lens lens, Agreed shadow, Side sql, Side bitable) {
        if (!sql.offered().valid()) {
            return toBitable(sql, null);
        }
        var ownSql = sql.own().value();
        var ownBitable = bitable.own().value();
        var inSql = union(
                lens,
                shadow == null ? null : shadow.sql(),
                ownSql,
                bitable.offered().value());
        var inBitable = union(
                lens, shadow == null ? null : shadow.bitable(), sql.offered().value(), ownBitable);
        var ofSql = Objects.equals(inSql, ownSql) ? null : new Loss(ownSql, inSql, Why.MERGED);
        var ofBitable = Objects.equals(inBitable, ownBitable) ? null : new Loss(ownBitable, inBitable, Why.MERGED);
        if (ofSql == null && ofBitable == null) {
            return new Decision.Agree(new Agreed(ownSql, ownBitable));
        } else if (ofSql == null) {
            return new Decision.ToBitable(inBitable, ofBitable);
        }
        return ofBitable == null
                ? new Decision.ToSql(inSql, ofSql)
                : new Decision.Both(inSql, ofSql, inBitable, ofBitable);
    }

    /** What both agreed on and neither removed, and what either added; the canonical form of a set has one order. */
    private static String union(Lens lens, String agreed, String left, String right) {
        var before = members(lens, agreed);
        var merged = new ArrayList<Object>(members(lens, left));
        members(lens, right).stream().filter(name -> !merged.contains(name)).forEach(merged::add);
        merged.removeIf(name -> before.contains(name)
                && !(members(lens, left).contains(name) && members(lens, right).contains(name)));
        return lens.fromSql(merged).value();
    }

    private static List<?> members(Lens lens, String canonical) {
        return canonical == null ? List.of() : (List<?>) lens.toJava(canonical);
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
