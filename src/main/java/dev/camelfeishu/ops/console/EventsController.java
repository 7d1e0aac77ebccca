package dev.camelfeishu.ops.console;

import dev.camelfeishu.event.EventSearch;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** What came in, and what became of it. */
@Controller
class EventsController {

    private static final String PATH = "/console/events";

    private final EventSearch events;

    EventsController(EventSearch events) {
        this.events = events;
    }

    @GetMapping(PATH)
    String list(
            @RequestParam(defaultValue = "") String type,
            @RequestParam(defaultValue = "") String key,
            @RequestParam(defaultValue = "") String id,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME) LocalDateTime since,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME) LocalDateTime until,
            @RequestParam(required = false) EventSearch.State state,
            @RequestParam(required = false) Long before,
            Model model) {
        EventSearch.Page page = events.find(
                new EventSearch.Query(asked(type), asked(key), asked(id), instant(since), instant(until), state),
                before == null ? Long.MAX_VALUE : before,
                Paging.SIZE);
        Map<String, String> filter = new LinkedHashMap<>();
        filter.put("type", type.strip());
        filter.put("key", key.strip());
        filter.put("id", id.strip());
        filter.put("since", since == null ? "" : since.toString());
        filter.put("until", until == null ? "" : until.toString());
        filter.put("state", state == null ? "" : state.name());
        model.addAttribute("filter", filter);
        model.addAttribute("filtered", filter.values().stream().anyMatch(value -> !value.isEmpty()));
        model.addAttribute("states", EventSearch.State.values());
        model.addAttribute("items", page.items());
        model.addAttribute("mostSearched", EventSearch.MOST_SEARCHED);
        model.addAttribute(
                "paging", Paging.open(PATH, filter, before == null, page.items().size(), page.next()));
        return "console/events";
    }

    @GetMapping(PATH + "/{id}")
    String one(@PathVariable long id, Model model) {
        EventSearch.Whole event = events.one(id).orElseThrow(NotThereException::new);
        model.addAttribute("event", event);
        model.addAttribute("payload", event.payload() == null ? null : Masked.of(event.payload()));
        return "console/event";
    }

    private static String asked(String text) {
        return text.isBlank() ? null : text.strip();
    }

    private static Instant instant(LocalDateTime time) {
        return time == null ? null : time.atZone(ZoneId.systemDefault()).toInstant();
    }
}
