package dev.camelfeishu.sync;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A row, its record and what is remembered of both. The maps hold canonical values by column; a column that a shadow does not
 * hold has never been agreed on. Absences, deletion and request are changed by statements of their own.
 */
record Link(
        UUID pairId,
        String key,
        String recordId,
        State state,
        Map<String, String> shadowSql,
        Map<String, String> shadowBitable,
        Map<String, String> seenSql,
        Map<String, String> seenBitable,
        Integer code,
        String reason,
        int absences,
        String deletion,
        Long requestId,
        Instant recordedAt) {

    enum State {
        LINKED,
        CREATING,
        DELETING,
        PARKED,
        CONFLICT
    }

    static final String WAITING = "waiting";
    static final String APPROVED = "approved";
    static final String REFUSED = "refused";
    /** The row is there, but not one of the pair. */
    static final String OUTSIDE = "outside";

    static Link fresh(UUID pairId, String key) {
        return new Link(
                pairId, key, null, State.CREATING, Map.of(), Map.of(), null, null, null, null, 0, null, null, null);
    }

    Link withRecord(String id, State newState, Instant at) {
        return new Link(
                pairId,
                key,
                id,
                newState,
                shadowSql,
                shadowBitable,
                seenSql,
                seenBitable,
                code,
                reason,
                absences,
                deletion,
                requestId,
                at);
    }

    Link withShadows(Map<String, String> sql, Map<String, String> bitable) {
        return new Link(
                pairId,
                key,
                recordId,
                state,
                sql,
                bitable,
                seenSql,
                seenBitable,
                code,
                reason,
                absences,
                deletion,
                requestId,
                recordedAt);
    }

    Link withSeen(Map<String, String> sql, Map<String, String> bitable) {
        return new Link(
                pairId,
                key,
                recordId,
                state,
                shadowSql,
                shadowBitable,
                sql,
                bitable,
                code,
                reason,
                absences,
                deletion,
                requestId,
                recordedAt);
    }

    Link as(State newState, Integer newCode, String newReason) {
        return new Link(
                pairId,
                key,
                recordId,
                newState,
                shadowSql,
                shadowBitable,
                seenSql,
                seenBitable,
                newCode,
                newReason,
                absences,
                deletion,
                requestId,
                recordedAt);
    }

    Agreed agreed(String column) {
        return shadowSql.containsKey(column) && shadowBitable.containsKey(column)
                ? new Agreed(shadowSql.get(column), shadowBitable.get(column))
                : null;
    }
}
