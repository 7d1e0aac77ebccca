package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A full comparison that is kept, in figures.
 *
 * @param digest SHA-256 of the report
 * @param previous digest of the report before it, null for the first
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
        String previous) {}
