package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * How a pair stands.
 *
 * @param linked rows with a record
 * @param parked rows and records that are left alone until their reason goes away
 * @param conflicts values that both sides had changed, decided by the policy since the pair began; the losers are in the journal
 * @param pendingDeletes deletions that wait for a person
 * @param divergent rows that the last verification found different and that have not been worked on since
 * @param lastVerify end of the last verification, or null
 */
public record PairStatus(
        long linked,
        long parked,
        long conflicts,
        @JsonProperty("pending_deletes") long pendingDeletes,
        long divergent,
        @JsonProperty("last_verify") Instant lastVerify) {}
