package dev.camelfeishu.ops.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.DeadLetters.DeadLetter;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What could not be processed: looked at, replayed, mended or discarded. */
@Controller
class DeadLettersController {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLettersController.class);

    private static final String PATH = "/console/dead-letters";
    private static final int LONGEST_REASON = 500;
    private static final int MOST_REPLAYS = 10_000;
    private static final int MOST_PER_SECOND = 1_000;

    private final DeadLetters letters;
    private final Actions actions;
    private final ObjectMapper json;

    DeadLettersController(DeadLetters letters, Actions actions, ObjectMapper json) {
        this.letters = letters;
        this.actions = actions;
        this.json = json;
    }

    /** What the form of the list asks for. */
    public record Asked(
            DeadLetters.State state,
            String flow,
            Integer code,
            String cause,

            @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
            LocalDateTime since,

            @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
            LocalDateTime until) {

        private DeadLetters.Filter filter(DeadLetters.State of) {
            return new DeadLetters.Filter(of, text(flow), code, text(cause), instant(since), instant(until));
        }

        private Map<String, String> values() {
            Map<String, String> values = new LinkedHashMap<>();
            values.put("state", state == null ? "" : state.name());
            values.put("flow", flow == null ? "" : flow.strip());
            values.put("code", code == null ? "" : code.toString());
            values.put("cause", cause == null ? "" : cause.strip());
            values.put("since", since == null ? "" : since.toString());
            values.put("until", until == null ? "" : until.toString());
            return values;
        }

        private static String text(String value) {
            return value == null || value.isBlank() ? null : value.strip();
        }

        private static Instant instant(LocalDateTime time) {
            return time == null ? null : time.atZone(ZoneId.systemDefault()).toInstant();
        }
    }

    @GetMapping(PATH)
    String list(Asked asked, @RequestParam(defaultValue = "0") int page, Model model) {
        int number = Paging.within(page);
        DeadLetters.Page found = letters.list(asked.filter(asked.state()), number, Paging.SIZE);
        Map<String, String> filter = asked.values();
        model.addAttribute("filter", filter);
        model.addAttribute("filtered", filter.values().stream().anyMatch(value -> !value.isEmpty()));
        model.addAttribute("states", DeadLetters.State.values());
        model.addAttribute("items", found.items());
        model.addAttribute(
                "replayable",
                letters.list(asked.filter(DeadLetters.State.NEW), 0, 1).total());
        model.addAttribute(
                "paging", Paging.of(PATH, filter, number, found.items().size(), found.total()));
        return "console/dead-letters";
    }

    @GetMapping(PATH + "/{id}")
    String one(@PathVariable long id, Model model) throws JsonProcessingException {
        DeadLetter letter = letters.find(id).orElseThrow(NotThereException::new);
        JsonNode payload = letter.payload() == null ? null : Masked.of(letter.payload());
        model.addAttribute("letter", letter);
        model.addAttribute("payload", payload);
        model.addAttribute(
                "text",
                payload == null ? "" : json.writerWithDefaultPrettyPrinter().writeValueAsString(payload));
        model.addAttribute("longestReason", LONGEST_REASON);
        return "console/dead-letter";
    }

    @PostMapping(PATH + "/{id}/replay")
    String replay(
            @PathVariable long id,
            @RequestParam(required = false) String payload,
            HttpServletRequest request,
            RedirectAttributes next) {
        boolean edited = payload != null;
        actions.perform(
                request,
                next,
                edited ? "dead-letter.replay-edited" : "dead-letter.replay",
                Long.toString(id),
                null,
                () -> {
                    letters.replay(id, edited ? edited(id, payload) : null);
                    return new Object[] {Long.toString(id)};
                });
        return "redirect:" + PATH + "/" + id;
    }

    private JsonNode edited(long id, String payload) {
        JsonNode original = letters.find(id)
                .map(DeadLetter::payload)
                .orElseThrow(() -> new DeadLetters.UnknownDeadLetterException(id));
        try {
            return Masked.restored(json.readTree(payload), original);
        } catch (JsonProcessingException e) {
            LOG.debug("Not JSON", e);
            // without the cause: its words are about Java
            throw new IllegalArgumentException("The payload is not JSON: line "
                    + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr());
        }
    }

    @PostMapping(PATH + "/replay")
    String replayMany(Asked asked, @RequestParam int perSecond, HttpServletRequest request, RedirectAttributes next) {
        int rate = Math.max(1, Math.min(perSecond, MOST_PER_SECOND));
        actions.perform(
                request, next, "dead-letter.replay-many", "", asked.values() + ", " + rate + " a second", () -> {
                    DeadLetters.Replayed replayed =
                            letters.replay(asked.filter(DeadLetters.State.NEW), rate, MOST_REPLAYS);
                    return new Object[] {replayed.replayed(), replayed.remaining()};
                });
        return "redirect:" + Paging.address(PATH, asked.values(), Map.of());
    }

    @PostMapping(PATH + "/{id}/discard")
    String discard(
            @PathVariable long id, @RequestParam String reason, HttpServletRequest request, RedirectAttributes next) {
        actions.perform(request, next, "dead-letter.discard", Long.toString(id), reason, () -> {
            if (reason.isBlank() || reason.length() > LONGEST_REASON) {
                throw new IllegalArgumentException("A reason of 1 to " + LONGEST_REASON + " characters is needed");
            }
            letters.discard(id, reason.strip());
            return new Object[] {Long.toString(id)};
        });
        return "redirect:" + PATH + "/" + id;
    }
}
