package dev.camelfeishu.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.DeadLetters.DeadLetter;
import dev.camelfeishu.event.DeadLetters.State;
import java.security.Principal;
import java.time.Instant;
import java.util.Arrays;
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

    record Discard(String reason) {}

    /** @param page begins at 0 */
    @GetMapping("dead-letters")
    Items list(
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        if (page < 0 || page > 1_000_000) {
            throw new BadInputException("page must be between 0 and 1000000");
        }
        if (size < 1 || size > MOST_ITEMS) {
            throw new BadInputException("size must be between 1 and " + MOST_ITEMS);
        }
        DeadLetters.Page found = deadLetters().list(stateOf(state), page, size);
        return new Items(found.items().stream().map(Item::of).toList(), found.total());
    }

    @PostMapping("dead-letters/{id}/replay")
    Item replay(@PathVariable long id, Principal operator) {
        DeadLetters letters = deadLetters();
        requireExisting(letters, id);
        attempt(id, () -> letters.replay(id));
        LOG.info("Dead letter {} replayed by {}", id, oneLine(operator.getName()));
        return Item.of(requireExisting(letters, id));
    }

    @PostMapping("dead-letters/{id}/discard")
    Item discard(@PathVariable long id, @RequestBody Discard discard, Principal operator) {
        if (discard.reason() == null
                || discard.reason().isBlank()
                || discard.reason().length() > LONGEST_REASON) {
            throw new BadInputException("reason must be a text of 1 to " + LONGEST_REASON + " characters");
        }
        DeadLetters letters = deadLetters();
        requireExisting(letters, id);
        attempt(id, () -> letters.discard(id, discard.reason().strip()));
        LOG.info("Dead letter {} discarded by {}: {}", id, oneLine(operator.getName()), oneLine(discard.reason()));
        return Item.of(requireExisting(letters, id));
    }

    @GetMapping("pairs/{name}")
    JsonNode pair(@PathVariable String name) {
        return Optional.ofNullable(pairs.getIfAvailable())
                .flatMap(known -> known.status(name))
                .orElseThrow(() -> new UnknownException("no such pair"));
    }

    @PostMapping("pairs/{name}/verify")
    JsonNode verify(@PathVariable String name, Principal operator) {
        LOG.info("Verification of pair {} asked for by {}", oneLine(name), oneLine(operator.getName()));
        return Optional.ofNullable(pairs.getIfAvailable())
                .flatMap(known -> known.verify(name))
                .orElseThrow(() -> new UnknownException("no such pair"));
    }

    @PostMapping("pairs/{name}/deletes/{decision:approve|refuse}")
    JsonNode decideDeletes(@PathVariable String name, @PathVariable String decision, Principal operator) {
        LOG.info("Waiting deletions of pair {}: {} by {}", oneLine(name), decision, oneLine(operator.getName()));
        return Optional.ofNullable(pairs.getIfAvailable())
                .flatMap(known -> known.decideDeletes(name, decision.equals("approve")))
                .orElseThrow(() -> new UnknownException("no such pair"));
    }

    private DeadLetters deadLetters() {
        DeadLetters letters = deadLetters.getIfAvailable();
        if (letters == null) {
            throw new UnknownException("dead letters are not kept here");
        }
        return letters;
    }

    /** Between the look and the action somebody else may have acted. */
    private static void attempt(long id, Runnable action) {
        try {
            action.run();
        } catch (IllegalStateException e) {
            throw new WrongStateException(e);
        } catch (IllegalArgumentException e) {
            LOG.debug("Gone in the meantime", e);
            throw new UnknownException("no dead letter " + id);
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
        return answer(HttpStatus.BAD_REQUEST, e.getName() + " must be a number");
    }

    @ExceptionHandler({HttpMessageNotReadableException.class, HttpMediaTypeNotSupportedException.class})
    ResponseEntity<Map<String, String>> notJson() {
        return answer(HttpStatus.BAD_REQUEST, "the body must be JSON: {\"reason\": \"...\"}");
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> unknown(UnknownException e) {
        return answer(HttpStatus.NOT_FOUND, e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> wrongState(WrongStateException e) {
        return answer(HttpStatus.CONFLICT, e.getMessage());
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
