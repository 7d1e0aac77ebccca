package dev.camelfeishu.ops.alert;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.card.Texts;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What is wrong now. {@link AlertRoutes} asks every few seconds for the cards that have something new to say, and tells the
 * ops group; one thread does.
 */
@Component
public class Alerts {

    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

    private static final Duration KEPT = Duration.ofDays(30);

    private final List<AlertSource> sources;
    private final AlertCards cards;
    private final Texts texts;
    private final AlertSettings settings;
    private final Clock clock;

    @Autowired
    Alerts(
            List<AlertSource> sources,
            JdbcTemplate jdbc,
            TransactionTemplate transaction,
            ObjectMapper json,
            MeterRegistry meters,
            Texts texts,
            AlertSettings settings,
            @Value("${feishu.node}") String node) {
        this(
                with(sources, new CallAlerts(meters, settings, node, Clock.systemUTC())),
                new AlertCards(jdbc, transaction, json, settings),
                texts,
                settings,
                Clock.systemUTC());
    }

    Alerts(List<AlertSource> sources, AlertCards cards, Texts texts, AlertSettings settings, Clock clock) {
        this.sources = List.copyOf(sources);
        this.cards = cards;
        this.texts = texts;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A card and what it says.
     *
     * @param lines one for each thing that is or was wrong, in the language of {@code feishu.locale}
     * @param closedAt null while something is wrong
     * @param mutedUntil null when it is not muted
     */
    public record Shown(
            long id, AlertKind kind, List<String> lines, Instant openedAt, Instant closedAt, Instant mutedUntil) {}

    /** Looks, and answers the cards to tell now: values of the card {@code alert}, besides {@code message_id}. */
    List<Map<String, Object>> look() {
        Instant now = clock.instant();
        Map<AlertKind, List<Alert>> seen = new EnumMap<>(AlertKind.class);
        boolean whole = true;
        for (AlertSource source : sources) {
            try {
                source.firing()
                        .forEach(alert -> seen.computeIfAbsent(alert.kind(), kind -> new ArrayList<>())
                                .add(alert));
            } catch (RuntimeException e) {
                whole = false;
                LOG.warn("What is wrong could not be looked for: {}", e.toString());
            }
        }
        // nothing ends because it could not be looked for
        Set<AlertKind> judged = whole ? EnumSet.allOf(AlertKind.class) : seen.keySet();
        for (AlertKind kind : judged) {
            cards.saw(kind, seen.getOrDefault(kind, List.of()), now);
        }
        cards.purge(now.minus(KEPT));
        return cards.claim(now).stream().map(this::values).toList();
    }

    void told(Map<String, Object> card, String messageId) {
        cards.told((long) card.get("id"), (int) card.get("version"), messageId);
    }

    /** The card could not be told: Feishu was away, or refused. The next look answers it again. */
    void untold(Map<String, Object> card) {
        cards.untold((long) card.get("id"), (int) card.get("version"));
    }

    /** Keeps a card, and later ones of its kind, quiet for a while. False when nothing of it is wrong any more. */
    public boolean mute(long id) {
        return cards.mute(id, clock.instant().plus(settings.mute()));
    }

    /** The open ones first, then the latest. */
    public List<Shown> list(int page, int size) {
        return cards.list(page, size).stream().map(this::shown).toList();
    }

    public long count() {
        return cards.count();
    }

    Optional<AlertKind> kind(long id) {
        return cards.find(id).map(Alerts::kind);
    }

    /** The pairs that a card is about. */
    List<String> subjects(long id) {
        return cards.find(id).stream()
                .flatMap(card -> card.lines().stream())
                .filter(line -> line.endedAt() == null)
                .map(AlertCards.Line::subject)
                .toList();
    }

    private Shown shown(AlertCards.Card card) {
        return new Shown(
                card.id(),
                kind(card),
                card.lines().stream().map(line -> line(card, line)).toList(),
                card.openedAt(),
                card.closedAt(),
                card.mutedUntil());
    }

    private Map<String, Object> values(AlertCards.Card card) {
        AlertKind kind = kind(card);
        Map<String, Object> values = new HashMap<>();
        values.put("id", card.id());
        values.put("version", card.version());
        values.put("message_id", card.messageId());
        values.put("kind", kind.text());
        values.put("title", texts.text("alert." + kind.text() + ".title"));
        values.put("mend", texts.text("alert." + kind.text() + ".mend"));
        values.put("lines", String.join("\n", shown(card).lines()));
        values.put("since", card.openedAt());
        values.put("closed", card.closedAt());
        values.put("muted", card.mutedUntil());
        values.put("open", !card.isClosed());
        values.put("state", card.isClosed() ? "closed" : card.mutedUntil() == null ? "open" : "muted");
        values.put("retries", kind == AlertKind.PAIR);
        values.put("replays", kind == AlertKind.DEAD_LETTERS);
        values.put("mutes", card.mutedUntil() == null);
        values.put("minutes", minutes(card));
        return values;
    }

    private long minutes(AlertCards.Card card) {
        Instant end = card.isClosed() ? card.closedAt() : clock.instant();
        return Math.max(1, Duration.between(card.openedAt(), end).toMinutes());
    }

    private String line(AlertCards.Card card, AlertCards.Line line) {
        Map<String, String> values = new HashMap<>(line.values());
        values.put("subject", line.subject());
        String text = texts.text("alert." + card.kind() + ".line", values);
        return line.endedAt() == null ? text : texts.text("alert.ended-line", Map.of("line", text));
    }

    private static AlertKind kind(AlertCards.Card card) {
        return AlertKind.of(card.kind());
    }

    private static List<AlertSource> with(List<AlertSource> sources, AlertSource another) {
        List<AlertSource> all = new ArrayList<>(sources);
        all.add(another);
        return all;
    }
}
