package dev.camelfeishu.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.camelfeishu.event.Backfills;
import dev.camelfeishu.event.JournalState;
import dev.camelfeishu.event.PostgresEventJournal;
import dev.camelfeishu.event.StoredEvents;
import dev.camelfeishu.event.StoredEvents.StoredEvent;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** The operator's interface to the journal: subscriptions, stored events, and past events for a route that came later. */
@RestController
@RequestMapping("/ops/api")
class JournalController {

    private static final Logger LOG = LoggerFactory.getLogger(JournalController.class);

    private static final int MOST_ITEMS = 200;
    private static final int MOST_PER_SECOND = 5_000;
    private static final int PER_SECOND = 500;

    private final ObjectProvider<PostgresEventJournal> journals;
    private final ObjectProvider<StoredEvents> events;

    JournalController(ObjectProvider<PostgresEventJournal> journals, ObjectProvider<StoredEvents> events) {
        this.journals = journals;
        this.events = events;
    }

    record Given(Backfills.State state, long looked, long given) {}

    /**
     * @param open deliveries; {@link JournalState#MOST_COUNTED} for that many or more
     * @param backfill the last one asked for in this process, null when there was none
     */
    record Item(
            String name,
            boolean here,
            boolean takes,
            long open,
            @JsonProperty("lag_seconds") long lagSeconds,
            Given backfill) {}

    record Items(List<Item> items) {}

    record Event(
            long id,
            @JsonProperty("app_id") String appId,
            @JsonProperty("tenant_key") String tenantKey,
            @JsonProperty("event_id") String eventId,
            String type,
            String key,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("received_at") Instant receivedAt,
            int deliveries) {

        static Event of(StoredEvent event) {
            return new Event(
                    event.id(),
                    event.appId(),
                    event.tenantKey(),
                    event.eventId(),
                    event.type(),
                    event.key(),
                    event.createdAt(),
                    event.receivedAt(),
                    event.deliveries());
        }
    }

    record Events(List<Event> items) {}

    /**
     * @param until now when it is missing
     * @param types all when they are missing
     */
    record Wanted(
            Instant since,
            Instant until,
            Set<String> types,
            @JsonProperty("per_second") Integer perSecond) {}

    @GetMapping("subscriptions")
    Items subscriptions() {
        PostgresEventJournal journal = journal();
        return new Items(journal.state().subscriptions().stream()
                .map(one -> new Item(
                        one.name(),
                        one.here(),
                        one.takes(),
                        one.open(),
                        one.lag().toSeconds(),
                        journal.backfills()
                                .progress(one.name())
                                .map(last -> new Given(last.state(), last.looked(), last.given()))
                                .orElse(null)))
                .toList());
    }

    /** Gives stored events to a subscription that has not had them; answers at once. */
    @PostMapping("subscriptions/{name}/backfill")
    ResponseEntity<Map<String, String>> backfill(
            @PathVariable String name, @RequestBody Wanted wanted, Principal operator) {
        if (wanted.since() == null) {
            throw new Refused(HttpStatus.BAD_REQUEST, "since must be a time, as 2024-05-01T08:00:00Z");
        }
        int perSecond = Optional.ofNullable(wanted.perSecond()).orElse(PER_SECOND);
        if (perSecond < 1 || perSecond > MOST_PER_SECOND) {
            throw new Refused(HttpStatus.BAD_REQUEST, "per_second must be between 1 and " + MOST_PER_SECOND);
        }
        Instant until = Optional.ofNullable(wanted.until()).orElseGet(Instant::now);
        if (!wanted.since().isBefore(until)) {
            throw new Refused(HttpStatus.BAD_REQUEST, "since must be before until");
        }
        Set<String> types = Optional.ofNullable(wanted.types()).orElse(Set.of());
        try {
            journal().backfills().begin(name, new Backfills.Request(wanted.since(), until, types, perSecond));
        } catch (IllegalArgumentException e) {
            throw new Refused(HttpStatus.NOT_FOUND, "no such subscription here");
        } catch (IllegalStateException e) {
            throw new Refused(HttpStatus.CONFLICT, "a backfill of it is under way");
        }
        LOG.info(
                "Past events since {} for '{}' asked for by {}",
                wanted.since(),
                oneLine(name),
                oneLine(operator.getName()));
        return ResponseEntity.accepted().body(Map.of("subscription", name, "state", Backfills.State.WAITING.name()));
    }

    /**
     * Stored events, newest first.
     *
     * @param unclaimed only those that no route has asked for
     * @param before the smallest id of the page before
     */
    @GetMapping("events")
    Events events(
            @RequestParam(defaultValue = "") String type,
            @RequestParam(defaultValue = "false") boolean unclaimed,
            @RequestParam(defaultValue = "" + Long.MAX_VALUE) long before,
            @RequestParam(defaultValue = "50") int size) {
        if (size < 1 || size > MOST_ITEMS) {
            throw new Refused(HttpStatus.BAD_REQUEST, "size must be between 1 and " + MOST_ITEMS);
        }
        StoredEvents stored = events.getIfAvailable();
        if (stored == null) {
            throw new Refused(HttpStatus.NOT_FOUND, "events are not kept here");
        }
        return new Events(stored.newest(type, unclaimed, before, size).stream()
                .map(Event::of)
                .toList());
    }

    private PostgresEventJournal journal() {
        PostgresEventJournal journal = journals.getIfAvailable();
        if (journal == null) {
            throw new Refused(HttpStatus.NOT_FOUND, "events are not kept here");
        }
        return journal;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> refused(Refused e) {
        return ResponseEntity.status(e.status).body(Map.of("error", e.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> malformed(MethodArgumentTypeMismatchException e) {
        return ResponseEntity.badRequest().body(Map.of("error", e.getName() + " is malformed"));
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> unreadable(HttpMessageNotReadableException e) {
        LOG.debug("Not what was asked for", e);
        return ResponseEntity.badRequest()
                .body(Map.of(
                        "error",
                        "the body must be JSON: {\"since\": \"2024-05-01T08:00:00Z\", \"until\": ..., \"types\": [...],"
                                + " \"per_second\": 500}"));
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final HttpStatus status;

        Refused(HttpStatus status, String message) {
            super(message);
            this.status = status;
        }
    }
}
