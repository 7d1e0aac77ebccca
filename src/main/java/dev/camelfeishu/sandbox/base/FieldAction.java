package dev.camelfeishu.sandbox.base;

/**
 * A change of a field.
 *
 * @param before null for an added one
 * @param after null for a deleted one
 */
record FieldAction(Field before, Field after) {
    String name() {
        if (before == null) {
            return "field_added";
        }
        return after == null ? "field_deleted" : "field_edited";
    }

    String fieldId() {
        return after == null ? before.id() : after.id();
    }
}
