package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A conflict that waits for a person; the other fields of its row go on.
 *
 * @param id of these values: once one of them changes, the conflict is shown again with another id
 * @param key of the row
 * @param field column
 * @param sql what SQL holds, in canonical form, null when empty
 * @param bitable what Bitable holds
 * @param take what was decided and is about to be carried out: {@code sql}, {@code bitable} or {@code value}; or null
 */
public record Undecided(
        long id,
        String key,
        @JsonProperty("record_id") String recordId,
        String field,
        String sql,
        String bitable,
        Instant since,
        String take) {}
