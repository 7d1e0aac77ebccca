package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A full comparison that is kept, in figures.
 *
 * @param digest SHA-256 of the report
 * @param previous digest of the report before it, null for the first
 * @param intact whether the digest still is that of the report
 * @param chained whether {@code previous} is the digest of the report before it; null where that one is not kept any more
 * @param key id of the key that signed it, null when none did
 */
public record StoredReport(
        long id,
        @JsonProperty("finished_at") Instant finishedAt,
        long rows,
        long records,
        long equal,
        long divergent,
        long missed,
        long parked,
        String digest,
        String previous,
        boolean intact,
        Boolean chained,
        ReportKeys.Signed signed,
        String key) {}
