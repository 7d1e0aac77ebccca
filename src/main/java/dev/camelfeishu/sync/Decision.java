package dev.camelfeishu.sync;

/** What becomes of one column of one pair. */
public sealed interface Decision {

    /** Why a value was written over another. */
    enum Why {
        /** Both sides changed it; the policy of the column chose. */
        CONFLICT,
        /** The Bitable side may not change it. */
        PUT_BACK,
        /** The Bitable side holds a value the column cannot take. */
        INVALID,
        /** A row and a record met for the first time with two different values. */
        FIRST_MEETING,
        /** Both sides changed a set; it holds what both of them want now. */
        MERGED,
        /** An own write of which nobody knew the outcome arrived after a newer value; perhaps a person wrote the same. */
        LATE,
        /** It was written between our look and our write, and told only afterwards. */
        UNSEEN,
        /** A person decided a conflict against it. */
        DECIDED,
        /** A person brought back a value that had lost. */
        UNDONE,
        /** Somebody changed the field that links the record. */
        SYNC_ID,
        /** The order is gone, so its record goes; or the other way round. */
        DELETED,
        /** A record was deleted while its row was edited: it is made again. */
        EDIT_WON
    }

    /** A value that is about to be overwritten although nobody has agreed to that. */
    record Loss(String losing, String winning, Why why) {}

    /** Nothing changed. */
    record Keep() implements Decision {}

    /** Both sides hold the same: only what is remembered advances. */
    record Agree(Agreed agreed) implements Decision {}

    /** Write to Bitable. {@code loss} is null when Bitable's own value was known and agreed to before. */
    record ToBitable(String value, Loss loss) implements Decision {}

    /** Write to SQL. {@code loss} is null when SQL's own value was known and agreed to before. */
    record ToSql(String value, Loss loss) implements Decision {}

    /** Write to both, since what shall stand is what neither of them holds. */
    record Both(String sql, Loss sqlLoss, String bitable, Loss bitableLoss) implements Decision {}

    /** Both keep what they hold until a person decides. */
    record Undecided() implements Decision {}

    /** Bitable cannot take the value of the SQL side: the field stays as it is, the row is listed as parked. */
    record Unwritable(String reason) implements Decision {}
}
