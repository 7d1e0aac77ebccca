package dev.camelfeishu.sync;

import java.time.Instant;

/**
 * A value that was about to be overwritten, as the journal keeps it.
 *
 * @param key of the row
 * @param field column; the name of the Sync ID field where that was restored
 * @param side whose value went: {@code sql} or {@code bitable}
 * @param losing in canonical form, null when it was empty
 * @param winning in canonical form of the same side, null when it was empty or the record was deleted
 * @param why a {@link Decision.Why} in lower case
 */
public record Overwritten(
        long id, String key, String field, String side, String losing, String winning, String why, Instant at) {}
