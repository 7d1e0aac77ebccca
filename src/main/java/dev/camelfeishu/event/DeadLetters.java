package dev.camelfeishu.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What could not be processed after its retries: kept, listed, replayed or discarded, never dropped. */
public interface DeadLetters {

    enum State {
        NEW,
        REPLAYING,
        RESOLVED,
        DISCARDED
    }

    /**
     * @param flow the route that failed
     * @param eventId the event's id, null for the failure of a scheduled route
     * @param cause what went wrong, in one line, without a stack trace and without a secret
     * @param code Feishu's code, null when Feishu did not refuse
     * @param reference the number that the user was told, null where nobody was told one
     */
    record DeadLetter(
            long id,
            String flow,
            String eventId,
            String cause,
            Integer code,
            String logId,
            int attempts,
            Instant createdAt,
            State state,
            String reference,
            String discardReason,
            JsonNode payload) {}

    record Page(List<DeadLetter> items, long total) {}

    /**
     * Keeps the failure of a route that has no delivery behind it (a scheduled one). The same flow, key and cause while
     * still NEW is counted in {@code attempts} and not kept again; causes that differ in numbers only are the same.
     *
     * @param key what failed, such as a business key, or null
     */
    long add(String flow, String key, JsonNode payload, Throwable failure);

    /**
     * The key of a scheduled route succeeded: what {@link #add} kept for it and is still NEW becomes RESOLVED.
     *
     * @return how many
     */
    int resolve(String flow, String key);

    /** Newest first. Page numbers begin at 0; {@code state} null lists all. */
    Page list(State state, int page, int size);

    Optional<DeadLetter> find(long id);

    /** The oldest that are NEW and that nobody was told of yet. */
    List<DeadLetter> untold(int most);

    /** Somebody was told of it. One that fails again after a replay is told of again. */
    void told(long id);

    /**
     * Delivers it once more.
     *
     * @throws IllegalArgumentException when there is none with that id
     * @throws IllegalStateException when it is not NEW, or has no delivery that could be repeated
     */
    void replay(long id);

    /** Ends it without another try. Throws as {@link #replay}. */
    void discard(long id, String reason);
}
