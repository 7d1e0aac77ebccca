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
     * Which dead letters are meant. What is null is not asked for.
     *
     * @param code Feishu's code
     * @param cause a part of the cause, upper and lower case alike
     * @param since kept at or after
     * @param until kept before
     */
    record Filter(State state, String flow, Integer code, String cause, Instant since, Instant until) {
        public static final Filter ALL = new Filter(null, null, null, null, null, null);

        public static Filter of(State state) {
            return new Filter(state, null, null, null, null, null);
        }
    }

    /**
     * What became of a request to replay many.
     *
     * @param replayed how many are on their way
     * @param remaining how many the filter still finds NEW: those over the limit, and those that cannot be replayed
     * @param lastAt when the last of them is delivered, if nothing holds it up; null when there is none
     */
    record Replayed(int replayed, long remaining, Instant lastAt) {}

    /** There is no dead letter with that id. */
    final class UnknownDeadLetterException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        public UnknownDeadLetterException(long id) {
            super("There is no dead letter " + id);
        }
    }

    /** The dead letter is not in a state, or not of a kind, that allows the decision; the message says why. */
    final class UndecidableException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        public UndecidableException(String message) {
            super(message);
        }
    }

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

    /** Newest first. Page numbers begin at 0. */
    Page list(Filter filter, int page, int size);

    Optional<DeadLetter> find(long id);

    /** The oldest that are NEW and that nobody was told of yet. */
    List<DeadLetter> untold(int most);

    /** Somebody was told of it. One that fails again after a replay is told of again. */
    void told(long id);

    /**
     * Delivers it once more.
     *
     * @param edited what is delivered instead of the event's own payload, which stays as it came; null to deliver that
     * @throws UnknownDeadLetterException when there is none with that id
     * @throws UndecidableException when it is not NEW, or has no delivery that could be repeated
     * @throws IllegalArgumentException when {@code edited} has not the shape of the payload
     */
    void replay(long id, JsonNode edited);

    /** Delivers it once more as it came. */
    default void replay(long id) {
        replay(id, null);
    }

    /**
     * Delivers those that are NEW and that the filter finds once more, oldest first, at a limited rate. That they wait for
     * their turn is in the database: the end of a process changes nothing.
     *
     * @param perSecond how many begin in a second, 1 or more
     * @param most how many at most
     */
    Replayed replay(Filter filter, int perSecond, int most);

    /** Ends it without another try. Throws as {@link #replay(long, JsonNode)}. */
    void discard(long id, String reason);
}
