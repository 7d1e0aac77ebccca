package dev.camelfeishu.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.camelfeishu.ops.alert.Alerts;
import dev.camelfeishu.ops.alert.Alerts.Shown;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The operator's interface to the alerts. */
@RestController
@RequestMapping("/ops/api/alerts")
class AlertController {

    private static final int MOST_ITEMS = 200;

    private final Alerts alerts;

    AlertController(Alerts alerts) {
        this.alerts = alerts;
    }

    record Item(
            long id,
            String kind,
            List<String> lines,
            @JsonProperty("opened_at") Instant openedAt,
            @JsonProperty("closed_at") Instant closedAt,
            @JsonProperty("muted_until") Instant mutedUntil) {

        private static Item of(Shown card) {
            return new Item(
                    card.id(), card.kind().text(), card.lines(), card.openedAt(), card.closedAt(), card.mutedUntil());
        }
    }

    record Items(List<Item> items, long total) {}

    @GetMapping
    ResponseEntity<?> list(@RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "50") int size) {
        if (page < 0 || size < 1 || size > MOST_ITEMS) {
            return ResponseEntity.badRequest().body(Map.of("error", "page is 0 or more, size is 1 to " + MOST_ITEMS));
        }
        return ResponseEntity.ok(
                new Items(alerts.list(page, size).stream().map(Item::of).toList(), alerts.count()));
    }

    @PostMapping("/{id}/mute")
    ResponseEntity<?> mute(@PathVariable long id) {
        return alerts.mute(id)
                ? ResponseEntity.ok(Map.of("muted", true))
                : ResponseEntity.status(HttpStatus.NOT_FOUND).body(Map.of("error", "there is no open alert " + id));
    }
}
