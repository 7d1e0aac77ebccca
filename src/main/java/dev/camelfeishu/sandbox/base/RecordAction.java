package dev.camelfeishu.sandbox.base;

/**
 * A change of a record.
 *
 * @param before null for an added one
 * @param after null for a deleted one
 */
record RecordAction(Row before, Row after) {
    String name() {
        if (before == null) {
            return "record_added";
        }
        return after == null ? "record_deleted" : "record_edited";
    }

    String recordId() {
        return after == null ? before.id() : after.id();
    }
}
