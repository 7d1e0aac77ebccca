package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;

/**
 * The outcome of a full comparison.
 *
 * @param rows rows of the SQL table
 * @param records records of the Bitable table
 * @param equal rows whose record holds the same
 * @param divergent rows that differ from their record or have none; they are marked and worked on next
 * @param missed of those, how many nobody had marked before: a lost event
 * @param parked rows and records left alone
 * @param keys the first 100 divergent keys
 * @param reportId of the report that is kept
 * @param digest SHA-256 of that report
 */
public record VerifyReport(
        String pair,
        @JsonProperty("started_at") Instant startedAt,
        @JsonProperty("finished_at") Instant finishedAt,
        long rows,
        long records,
        long equal,
        long divergent,
        long missed,
        long parked,
        List<String> keys,
        @JsonProperty("report_id") long reportId,
        String digest) {}
