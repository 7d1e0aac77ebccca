package dev.camelfeishu.sync;

/**
 * One column of the SQL table and its Bitable field.
 *
 * @param name column, a plain SQL identifier
 * @param field name of the Bitable field at the first link; a later rename is followed
 * @param owner who may change it
 * @param winner what becomes of it when both sides changed it
 * @param required whether an empty value in Bitable is invalid, so that it is put back
 * @param ignoresEdits whether an edit on the side that may not change it stays until the owner changes the value, instead of
 *     being put back
 */
public record ColumnMapping(
        String name, String field, FieldType type, Owner owner, Winner winner, boolean required, boolean ignoresEdits) {

    public ColumnMapping(String name, String field, FieldType type, Owner owner, Winner winner, boolean required) {
        this(name, field, type, owner, winner, required, false);
    }

    /** Who may change a value. */
    public enum Owner {
        /** Only the SQL side; an edit in Bitable is put back or ignored. */
        SQL,
        /** Only the Bitable side; an edit in SQL is put back or ignored. */
        BITABLE,
        BOTH
    }

    /** What becomes of a conflict. */
    public enum Winner {
        /** The SQL side's value stays. */
        SQL,
        /** Bitable's value stays. */
        BITABLE,
        /** The value of the side that was changed later stays; SQL's when that cannot be told. */
        NEWEST,
        /** Of a multi select: what either side added stays, what either side removed goes. */
        UNION,
        /** Both values stay until a person decides. */
        MANUAL
    }

    public Lens lens() {
        return Lens.of(type);
    }
}
