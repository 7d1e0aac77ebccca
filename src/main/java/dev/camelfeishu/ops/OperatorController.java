package dev.camelfeishu.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.DeadLetters.DeadLetter;
import dev.camelfeishu.event.DeadLetters.State;
import dev.camelfeishu.sync.DecisionRefusedException;
import dev.camelfeishu.sync.UndoRefusedException;
import java.security.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** The operator's interface: dead letters and pairs. Errors are {@code {"error": "a sentence"}}. */
@RestController
@RequestMapping("/ops/api")
class OperatorController {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorController.class);

    private static final int MOST_ITEMS = 200;
    private static final int LONGEST_REASON = 500;
    private static final int REPLAYS_PER_SECOND = 5;
    private static final int MOST_REPLAYS_PER_SECOND = 1_000;
    private static final int MOST_REPLAYS = 10_000;

    private final ObjectProvider<DeadLetters> deadLetters;
    private final ObjectProvider<PairOperations> pairs;

    OperatorController(ObjectProvider<DeadLetters> deadLetters, ObjectProvider<PairOperations> pairs) {
        this.deadLetters = deadLetters;
        this.pairs = pairs;
    }

    /** A dead letter in a list; its payload stays in the database. */
    record Item(
            long id,
            String flow,
            @JsonProperty("event_id") String eventId,
            String cause,
            Integer code,
            @JsonProperty("log_id") String logId,
            int attempts,
            @JsonProperty("created_at") Instant createdAt,
            State state) {

        static Item of(DeadLetter letter) {
            return new Item(
                    letter.id(),
                    letter.flow(),
                    letter.eventId(),
                    letter.cause(),
                    letter.code(),
                    letter.logId(),
                    letter.attempts(),
                    letter.createdAt(),
                    letter.state());
        }
    }

    record Items(List<Item> items, long total) {}

    /** One dead letter with what it carries. */
    record Whole(
            @JsonUnwrapped Item item,
            String reference,
            @JsonProperty("discard_reason") String discardReason,
            JsonNode payload) {}

    record Discard(String reason) {}

    /** @param payload what is delivered instead of the event's own; null for that */
    record Replay(JsonNode payload) {}

    /** Which dead letters are replayed, how fast, how many at most; all may be left out. */
    record ReplayMany(
            String flow,
            Integer code,
            String cause,
            Instant since,
            Instant until,
            @JsonProperty("per_second") Integer perSecond,
            Integer most) {}

    record Replayed(
            int replayed,
            long remaining,
            @JsonProperty("last_at") Instant lastAt) {}

    /** @param page begins at 0 */
    @GetMapping("dead-letters")
    Items list(
            @RequestParam(defaultValue = "") String state,
            @RequestParam(required = false) String flow,
            @RequestParam(required = false) Integer code,
            @RequestParam(required = false) String cause,
            @RequestParam(required = false) Instant since,
            @RequestParam(required = false) Instant until,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        Window window = new Window(page, size);
        DeadLetters.Page found = deadLetters()
                .list(
                        new DeadLetters.Filter(stateOf(state), flow, code, cause, since, until),
                        window.page(),
                        window.size());
        return new Items(found.items().stream().map(Item::of).toList(), found.total());
    }

    @GetMapping("dead-letters/{id}")
    Whole deadLetter(@PathVariable long id) {
        DeadLetter letter = requireExisting(deadLetters(), id);
        return new Whole(Item.of(letter), letter.reference(), letter.discardReason(), letter.payload());
    }

    @PostMapping("dead-letters/{id}/replay")
    Item replay(@PathVariable long id, @RequestBody(required = false) Replay replay, Principal operator) {
        DeadLetters letters = deadLetters();
        JsonNode edited = replay == null ? null : replay.payload();
        attempt(id, () -> letters.replay(id, edited));
        LOG.info(
                "Dead letter {} replayed {}by {}",
                id,
                edited == null ? "" : "with an edited payload ",
                oneLine(operator.getName()));
        return Item.of(requireExisting(letters, id));
    }

    /** Those that are NEW, oldest first; the answer says how many are on their way and how many are left. */
    @PostMapping("dead-letters/replay")
    Replayed replayMany(@RequestBody ReplayMany many, Principal operator) {
        int perSecond = between("per_second", many.perSecond(), REPLAYS_PER_SECOND, MOST_REPLAYS_PER_SECOND);
        int most = between("most", many.most(), MOST_REPLAYS, MOST_REPLAYS);
        DeadLetters.Replayed replayed = deadLetters()
                .replay(
                        new DeadLetters.Filter(
                                State.NEW, many.flow(), many.code(), many.cause(), many.since(), many.until()),
                        perSecond,
                        most);
        LOG.info(
                "{} dead letters replayed at {} a second by {}",
                replayed.replayed(),
                perSecond,
                oneLine(operator.getName()));
        return new Replayed(replayed.replayed(), replayed.remaining(), replayed.lastAt());
    }

    private static int between(String name, Integer value, int otherwise, int most) {
        int number = value == null ? otherwise : value;
        if (number < 1 || number > most) {
            throw new BadInputException(name + " must be between 1 and " + most);
        }
        return number;
    }

    @PostMapping("dead-letters/{id}/discard")
    Item discard(@PathVariable long id, @RequestBody Discard discard, Principal operator) {
        if (discard.reason() == null
                || discard.reason().isBlank()
                || discard.reason().length() > LONGEST_REASON) {
            throw new BadInputException("reason must be a text of 1 to " + LONGEST_REASON + " characters");
        }
        DeadLetters letters = deadLetters();
        attempt(id, () -> letters.discard(id, discard.reason().strip()));
        LOG.info("Dead letter {} discarded by {}: {}", id, oneLine(operator.getName()), oneLine(discard.reason()));
        return Item.of(requireExisting(letters, id));
    }

    /** @param page begins at 0 */
    private record Window(int page, int size) {
        private Window {
            if (page < 0 || page > 1_000_000) {
                throw new BadInputException("page must be between 0 and 1000000");
            }
            if (size < 1 || size > MOST_ITEMS) {
                throw new BadInputException("size must be between 1 and " + MOST_ITEMS);
            }
        }
    }

    /** Which parked row or record is tried again; both may be left out. */
    record Retry(String key, @JsonProperty("record_id") String recordId) {}

    @GetMapping("pairs")
    JsonNode pairs() {
        return pairOperations().list();
    }

    @GetMapping("pairs/{name}")
    JsonNode pair(@PathVariable String name) {
        return known(pairOperations().status(name));
    }

    @GetMapping("pairs/{name}/state")
    JsonNode pairState(@PathVariable String name) {
        return known(pairOperations().state(name));
    }

    @GetMapping("pairs/{name}/parked")
    JsonNode parked(
            @PathVariable String name,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        Window window = new Window(page, size);
        return known(pairOperations().parked(name, window.page(), window.size()));
    }

    @PostMapping("pairs/{name}/parked/retry")
    JsonNode retryParked(@PathVariable String name, @RequestBody(required = false) Retry retry, Principal operator) {
        String key = retry == null ? null : retry.key();
        String recordId = retry == null ? null : retry.recordId();
        LOG.info(
                "Parked rows of pair {} tried again by {}: {}",
                oneLine(name),
                oneLine(operator.getName()),
                key == null && recordId == null ? "all" : oneLine("key " + key + ", record " + recordId));
        JsonNode answer = known(pairOperations().retryParked(name, key, recordId));
        if ((key != null || recordId != null) && answer.path("marked").asInt() == 0) {
            throw new UnknownException("nothing of that key or record is parked");
        }
        return answer;
    }

    /** @param value with take value: what both sides get */
    record Decision(String take, String value) {}

    @GetMapping("pairs/{name}/conflicts")
    JsonNode conflicts(
            @PathVariable String name,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        Window window = new Window(page, size);
        return known(pairOperations().conflicts(name, window.page(), window.size()));
    }

    @PostMapping("pairs/{name}/conflicts/{id}")
    JsonNode decide(
            @PathVariable String name, @PathVariable long id, @RequestBody Decision decision, Principal operator) {
        LOG.info(
                "Conflict {} of pair {} decided by {}: {}",
                id,
                oneLine(name),
                oneLine(operator.getName()),
                oneLine(String.valueOf(decision.take())));
        return pairOperations()
                .decide(name, id, decision.take(), decision.value(), operator.getName())
                .orElseThrow(() -> new UnknownException(
                        "no such pair, or no conflict " + id + "; it is over, or shown again with another id"));
    }

    @GetMapping("pairs/{name}/deletes")
    JsonNode deletes(
            @PathVariable String name,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        Window window = new Window(page, size);
        return known(pairOperations().deletes(name, window.page(), window.size()));
    }

    @PostMapping("pairs/{name}/deletes/{decision:approve|refuse}")
    JsonNode decideDeletes(@PathVariable String name, @PathVariable String decision, Principal operator) {
        LOG.info("Waiting deletions of pair {}: {} by {}", oneLine(name), decision, oneLine(operator.getName()));
        return known(pairOperations().decideDeletes(name, decision.equals("approve")));
    }

    @GetMapping("pairs/{name}/journal")
    JsonNode journal(
            @PathVariable String name,
            @RequestParam(required = false) String key,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        Window window = new Window(page, size);
        return known(pairOperations().journal(name, key, window.page(), window.size()));
    }

    @PostMapping("pairs/{name}/journal/{id}/undo")
    JsonNode undo(@PathVariable String name, @PathVariable long id, Principal operator) {
        LOG.info("Undo of entry {} of pair {} asked for by {}", id, oneLine(name), oneLine(operator.getName()));
        return pairOperations()
                .undo(name, id)
                .orElseThrow(() -> new UnknownException("no such pair, or no entry " + id + " in its journal"));
    }

    @PostMapping("pairs/{name}/verify")
    JsonNode verify(@PathVariable String name, Principal operator) {
        LOG.info("Verification of pair {} asked for by {}", oneLine(name), oneLine(operator.getName()));
        return known(pairOperations().verify(name));
    }

    @PostMapping("pairs/{name}/dry-run")
    JsonNode dryRun(@PathVariable String name) {
        return known(pairOperations().dryRun(name));
    }

    @PostMapping("pairs/{name}/start")
    JsonNode start(@PathVariable String name, Principal operator) {
        LOG.info("First link of pair {} started by {}", oneLine(name), oneLine(operator.getName()));
        return known(pairOperations().start(name));
    }

    @GetMapping("pairs/{name}/reports")
    JsonNode reports(
            @PathVariable String name,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        Window window = new Window(page, size);
        return known(pairOperations().reports(name, window.page(), window.size()));
    }

    @GetMapping("pairs/{name}/reports/{id}")
    JsonNode report(@PathVariable String name, @PathVariable long id) {
        return pairOperations()
                .report(name, id)
                .orElseThrow(() -> new UnknownException("no such pair, or no report " + id));
    }

    @GetMapping(path = "pairs/{name}/capture.sql", produces = "text/plain;charset=UTF-8")
    String captureSql(@PathVariable String name) {
        try {
            return pairOperations().captureSql(name).orElseThrow(() -> new UnknownException("no such pair"));
        } catch (IllegalStateException e) {
            throw new WrongStateException(e);
        }
    }

    private PairOperations pairOperations() {
        PairOperations known = pairs.getIfAvailable();
        if (known == null) {
            throw new UnknownException("no such pair");
        }
        return known;
    }

    private static JsonNode known(Optional<JsonNode> answer) {
        return answer.orElseThrow(() -> new UnknownException("no such pair"));
    }

    private DeadLetters deadLetters() {
        DeadLetters letters = deadLetters.getIfAvailable();
        if (letters == null) {
            throw new UnknownException("dead letters are not kept here");
        }
        return letters;
    }

    private static void attempt(long id, Runnable action) {
        try {
            action.run();
        } catch (DeadLetters.UndecidableException e) {
            throw new WrongStateException(e);
        } catch (DeadLetters.UnknownDeadLetterException e) {
            LOG.debug("Asked for a dead letter that is not there", e);
            throw new UnknownException("no dead letter " + id);
        } catch (IllegalArgumentException e) {
            LOG.debug("Refused an edited payload", e);
            throw new BadInputException(e.getMessage());
        }
    }

    private static DeadLetter requireExisting(DeadLetters letters, long id) {
        return letters.find(id).orElseThrow(() -> new UnknownException("no dead letter " + id));
    }

    private static State stateOf(String name) {
        if (name.isBlank()) {
            return null;
        }
        return Arrays.stream(State.values())
                .filter(state -> state.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new BadInputException("state must be one of " + Arrays.toString(State.values())));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> badInput(BadInputException e) {
        return answer(HttpStatus.BAD_REQUEST, e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> notANumber(MethodArgumentTypeMismatchException e) {
        return answer(
                HttpStatus.BAD_REQUEST,
                e.getName() + " must be a "
                        + (e.getRequiredType() == Instant.class ? "time such as 2026-01-31T08:00:00Z" : "number"));
    }

    @ExceptionHandler({HttpMessageNotReadableException.class, HttpMediaTypeNotSupportedException.class})
    ResponseEntity<Map<String, String>> notJson() {
        return answer(HttpStatus.BAD_REQUEST, "the body must be JSON of the documented shape");
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> unknown(UnknownException e) {
        return answer(HttpStatus.NOT_FOUND, e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> wrongState(WrongStateException e) {
        return answer(HttpStatus.CONFLICT, e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> decisionRefused(DecisionRefusedException e) {
        return answer(HttpStatus.BAD_REQUEST, e.getMessage());
    }

    /** {@code current} is what the side holds now, null when it is empty or was not looked at. */
    @ExceptionHandler
    ResponseEntity<Map<String, String>> undoRefused(UndoRefusedException e) {
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("error", e.getMessage());
        answer.put("current", e.current());
        return ResponseEntity.status(HttpStatus.CONFLICT).body(answer);
    }

    private static ResponseEntity<Map<String, String>> answer(HttpStatus status, String sentence) {
        return ResponseEntity.status(status).body(Map.of("error", sentence));
    }

    private static final class BadInputException extends RuntimeException {
        private BadInputException(String message) {
            super(message);
        }
    }

    private static final class WrongStateException extends RuntimeException {
        private WrongStateException(IllegalStateException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static final class UnknownException extends RuntimeException {
        private UnknownException(String message) {
            super(message);
        }
    }
}
