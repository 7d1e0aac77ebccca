package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRetryableException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Bitable tells of own writes, by events and by the history of records: that they only show what is known, or that one
 * replaced a value which nobody had seen.
 */
final class Echoes {

    private static final Logger LOG = LoggerFactory.getLogger(Echoes.class);
    private static final Pattern RECORD_ID = Pattern.compile("rec[A-Za-z0-9]{1,40}");
    /** An echo that has not come by then is looked for in the history of its record. Feishu's clock may be behind by as much. */
    private static final Duration ECHO = Duration.ofSeconds(5);

    private static final int NOT_OFFERED = 501;
    private static final int TEXT = 1;
    /** Records whose history is read at one look. */
    private static final int MOST_HISTORIES = 20;

    private final PairDeclaration declaration;
    private final SyncStore store;
    private final BitableTable table;
    private final ObjectMapper mapper;
    private final Clock clock;

    /** The open_id of the application's bot, null until it was asked, "" when there is none. */
    private volatile String ownId;

    private volatile String problem;

    Echoes(PairDeclaration declaration, SyncStore store, BitableTable table, ObjectMapper mapper, Clock clock) {
        this.declaration = declaration;
        this.store = store;
        this.table = table;
        this.mapper = mapper;
        this.clock = clock;
    }

    /** Why histories cannot be read; empty while they can. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Looks at the echoes of own updates: the value before is what we meant to replace, or it is a person's that nobody had
     * seen. Answers the records of which the latter is true; the values are noted. A person may write what we wrote too: an
     * echo is what the application's bot did. And we may have written the same before: an event that is older than the write,
     * which comes late, is none of it.
     */
    Set<String> replacedUnseen(JsonNode event, Map<String, Link> links, PairSchema.Snapshot known) {
        var writes = store.written(links.values().stream().map(Link::pairId).toList());
        if (writes.isEmpty()) {
            return Set.of();
        }
        var by = event.at("/operator_id/open_id").asText();
        var at = event.path("update_time").asLong(Long.MAX_VALUE);
        var echoed = new ArrayList<Unseen.Written>();
        var found = new LinkedHashMap<Unseen, Unseen.Written>();
        for (var action : event.path("action_list")) {
            var link = links.get(recordId(action));
            for (var column : declaration.columns()) {
                var after = told(action.path("after_value"), column.name(), known);
                var before = told(action.path("before_value"), column.name(), known);
                if (link == null
                        || after.isEmpty()
                        || before.filter(Reading::valid).isEmpty()) {
                    continue;
                }
                var candidates = writes.stream()
                        .filter(write -> write.pairId().equals(link.pairId())
                                && write.column().equals(column.name())
                                && at >= write.since().minus(ECHO).getEpochSecond()
                                && Objects.equals(write.wrote(), after.get().value()))
                        .toList();
                if (candidates.isEmpty() || byPerson(by)) {
                    continue;
                }
                var replaced = before.get().value();
                // of several that wrote the same, one at least was sent again or never done; an event may come twice
                var expected = candidates.stream()
                        .filter(write -> write.replaced(replaced) == null)
                        .toList();
                var open = candidates.stream()
                        .filter(write -> !write.replaced().echoed())
                        .toList();
                if (!expected.isEmpty()) {
                    expected.stream().filter(open::contains).forEach(echoed::add);
                } else if (!open.isEmpty() && own(by)) {
                    echoed.addAll(open);
                    // a late write that replaced what both sides had agreed on by then took nothing that nobody knows
                    var agreed = link.agreed(column.name());
                    if (agreed == null || !Objects.equals(agreed.bitable(), replaced)) {
                        // the latest comes first
                        found.put(open.get(0).replaced(replaced), open.get(0));
                    }
                }
            }
        }
        return note(echoed, found, Set.of());
    }

    /** Who gave a cell the value that it holds. */
    enum Author {
        OWN,
        PERSON,
        /** The history cannot be read, or says nothing that is certain. */
        UNTOLD
    }

    /** Reads the history of the record, one call. */
    Author author(PairSchema.Snapshot known, String recordId, ColumnMapping column, String value) {
        var fieldId = known.fields().get(column.name()).id();
        try {
            return changes(known.tableId(), recordId).stream()
                    .filter(change -> change.fieldId().equals(fieldId))
                    .findFirst()
                    .filter(latest -> Objects.equals(
                            historic(column.lens(), latest.after()).value(), value))
                    .map(latest -> byPerson(latest.operator())
                            ? Author.PERSON
                            : own(latest.operator()) ? Author.OWN : Author.UNTOLD)
                    .orElse(Author.UNTOLD);
        } catch (FeishuRetryableException later) {
            LOG.info("Pair {}: {}", declaration.name(), Cycle.printable(later.getMessage()));
            return Author.UNTOLD;
        }
    }

    /**
     * The changes of a record, the latest first; none once Feishu has said that histories cannot be read.
     *
     * @throws FeishuRetryableException when that may be otherwise soon
     */
    private List<BitableTable.Change> changes(String tableId, String recordId) {
        if (problem != null) {
            return List.of();
        }
        try {
            return table.history(tableId, recordId);
        } catch (FeishuException refused) {
            if (refused instanceof FeishuRetryableException && refused.httpStatus() != NOT_OFFERED) {
                throw refused;
            }
            problem = "the history of records cannot be read, so an edit that a write replaces within the moment"
                    + " between look and write is seen only by its event: " + refused.getMessage();
            LOG.warn("Pair {}: {}", declaration.name(), Cycle.printable(problem));
            return List.of();
        }
    }

    private boolean own(String operator) {
        return knowsItself() && !operator.isEmpty() && operator.equals(ownId);
    }

    private boolean knowsItself() {
        if (ownId == null) {
            try {
                ownId = Objects.requireNonNullElse(table.ownId(), "");
            } catch (FeishuException later) {
                // what this echo would have told is left to the history
                LOG.info("Pair {}: {}", declaration.name(), Cycle.printable(later.getMessage()));
                return false;
            }
        }
        return true;
    }

    /**
     * Answers the records of what was found.
     *
     * @param past what goes into the journal only
     */
    private Set<String> note(List<Unseen.Written> echoed, Map<Unseen, Unseen.Written> found, Set<Unseen> past) {
        var links = store.linksByIds(found.keySet().stream().map(Unseen::pairId).toList()).stream()
                .collect(Collectors.toMap(Link::pairId, Function.identity()));
        var now = clock.instant();
        store.commit(() -> {
            store.echoed(echoed);
            found.forEach((unseen, write) -> {
                var link = links.get(unseen.pairId());
                if (link != null) {
                    store.unseen(link, unseen, !past.contains(unseen), write.requestId(), now);
                }
            });
        });
        return links.values().stream()
                .map(Link::recordId)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /**
     * Own updates whose echo never came, while somebody else has written too: the history of their records tells what they replaced.
     * At most 20 calls a look; what is older than those is let go. Answers the records of which that was a value that nobody had
     * seen; the values are noted. Empty when the history cannot be read just now.
     */
    Optional<Set<String>> lookBack(String tableId, PairSchema.Snapshot known) {
        var writes = store.writtenBefore(clock.instant().minus(ECHO));
        var found = new LinkedHashMap<Unseen, Unseen.Written>();
        var past = new HashSet<Unseen>();
        if (problem == null && known != null && !writes.isEmpty()) {
            if (!knowsItself()) {
                return Optional.empty();
            }
            var records = store
                    .linksByIds(writes.stream()
                            .map(Unseen.Written::pairId)
                            .distinct()
                            .limit(MOST_HISTORIES)
                            .toList())
                    .stream()
                    .filter(link -> link.recordId() != null)
                    .collect(Collectors.toMap(Link::pairId, Link::recordId));
            try {
                var all = store.written(records.keySet());
                for (var pairId : records.keySet()) {
                    var changes = changes(tableId, records.get(pairId));
                    // by column: of several that wrote the same, each has a change of its own, the latest the latest
                    var taken = new HashMap<String, Integer>();
                    all.stream()
                            .filter(write -> write.pairId().equals(pairId))
                            .forEach(write -> replaced(write, changes, known, taken, past)
                                    .filter(unseen -> writes.contains(write))
                                    .ifPresent(unseen -> found.put(unseen, write)));
                }
            } catch (FeishuRetryableException later) {
                // asked again by the next look: this one must not wait for it
                LOG.info("Pair {}: {}", declaration.name(), Cycle.printable(later.getMessage()));
                return Optional.empty();
            }
        }
        return Optional.of(note(writes, found, past));
    }

    /** Whether own updates are under way, or their echo may still come. */
    boolean expected() {
        return store.isWriting(clock.instant().minus(ECHO));
    }

    /**
     * Believed only where the history shows our own value in a shape that is understood.
     *
     * @param taken how many changes of a column, from the latest on, belong to later writes or came after them; is moved on
     * @param past gets it where somebody has changed the cell since, even if it shows our value again
     */
    private Optional<Unseen> replaced(
            Unseen.Written write,
            List<BitableTable.Change> changes,
            PairSchema.Snapshot known,
            Map<String, Integer> taken,
            Set<Unseen> past) {
        var column = declaration.columns().stream()
                .filter(candidate -> candidate.name().equals(write.column()) && known.has(candidate))
                .findFirst();
        if (column.isEmpty()) {
            return Optional.empty();
        }
        var lens = column.get().lens();
        var fieldId = known.fields().get(write.column()).id();
        var ofField = changes.stream()
                .filter(change -> change.fieldId().equals(fieldId))
                .toList();
        for (var at = taken.getOrDefault(write.column(), 0); at < ofField.size(); at++) {
            var change = ofField.get(at);
            if (!byPerson(change.operator())
                    && Objects.equals(historic(lens, change.after()).value(), write.wrote())
                    && cameFrom(write.replaced().bitable(), write.wrote(), ofField.subList(at, ofField.size()), lens)) {
                taken.put(write.column(), at + 1);
                var unseen = Optional.of(historic(lens, change.before()))
                        .filter(Reading::valid)
                        .map(before -> write.replaced(before.value()));
                if (ofField.subList(0, at).stream()
                        .anyMatch(later ->
                                !Objects.equals(historic(lens, later.after()).value(), write.wrote()))) {
                    unseen.ifPresent(past::add);
                }
                return unseen;
            }
        }
        return Optional.empty();
    }

    /** Certain only where the history names people as events do, and it is known by which name the application goes. */
    private boolean byPerson(String operator) {
        return knowsItself() && !ownId.isEmpty() && operator.startsWith("ou_") && !operator.equals(ownId);
    }

    /**
     * Whether the first of the changes is the own write: before it stood what it was to replace, or an edit of that. Somebody
     * else may have written the same value at another time.
     */
    private static boolean cameFrom(String expected, String wrote, List<BitableTable.Change> changes, Lens lens) {
        var value = wrote;
        for (var change : changes) {
            if (!Objects.equals(historic(lens, change.after()).value(), value)) {
                return false;
            }
            value = historic(lens, change.before()).value();
            if (Objects.equals(value, expected)) {
                return true;
            }
            if (Objects.equals(value, wrote)) {
                return false;
            }
        }
        return false;
    }

    /** A select may come as a list of one. */
    private static Reading historic(Lens lens, JsonNode value) {
        var single = lens instanceof Lens.OfSingleSelect && value.isArray() && value.size() <= 1;
        return lens.fromBitable(single ? value.path(0) : value);
    }

    private Optional<Reading> told(JsonNode cells, String name, PairSchema.Snapshot known) {
        var column = declaration.columns().stream()
                .filter(candidate -> candidate.name().equals(name) && known.has(candidate))
                .findFirst();
        for (var cell : cells) {
            if (column.isPresent()
                    && cell.path("field_id")
                            .asText()
                            .equals(known.fields().get(name).id())) {
                var field = known.fields().get(name);
                return Optional.of(eventValue(
                        column.get().lens(),
                        field.options(),
                        cell.path("field_value").asText()));
            }
        }
        return Optional.empty();
    }

    /** Null when there is none, or nothing that can be one: a malformed id would make Feishu refuse a whole batch. */
    static String recordId(JsonNode action) {
        var id = action.path("record_id").asText("");
        return RECORD_ID.matcher(id).matches() ? id : null;
    }

    /**
     * Whether the action only shows values that the last cycle left there. Safe to skip: a later edit brings its own event,
     * and the probe sees what no event told. Not skipped while a request is on its way, whose end may replace what is known.
     */
    boolean isEcho(JsonNode action, Link link, PairSchema.Snapshot known) {
        if (known == null
                || link == null
                || link.requestId() != null
                || link.seenBitable() == null
                || link.state() != Link.State.LINKED
                || "record_deleted".equals(action.path("action").asText())
                || !action.path("after_value").isArray()) {
            return false;
        }
        var byFieldId = new HashMap<String, ColumnMapping>();
        declaration.columns().stream()
                .filter(known::has)
                .forEach(column ->
                        byFieldId.put(known.fields().get(column.name()).id(), column));
        for (var cell : action.path("after_value")) {
            var fieldId = cell.path("field_id").asText();
            var column = byFieldId.get(fieldId);
            if (fieldId.equals(known.syncId().id())) {
                var value = eventValue(
                        new Lens.OfText(), Map.of(), cell.path("field_value").asText());
                if (!link.pairId().toString().equals(value.value())) {
                    return false;
                }
            } else if (column != null) {
                var value = eventValue(
                        column.lens(),
                        known.fields().get(column.name()).options(),
                        cell.path("field_value").asText());
                if (!value.valid()
                        || !Objects.equals(value.value(), link.seenBitable().get(column.name()))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The cell of an event: JSON in a string, or plain text; a select carries the id of its option. */
    private Reading eventValue(Lens lens, Map<String, String> options, String text) {
        if (text.isEmpty()) {
            return Reading.EMPTY;
        }
        JsonNode json;
        try {
            json = mapper.readTree(text);
        } catch (JsonProcessingException plain) {
            json = TextNode.valueOf(text);
        }
        if (lens.fieldType() == TEXT) {
            return eventText(lens, text, json);
        }
        if (lens instanceof Lens.OfSingleSelect) {
            var option = json.isTextual() ? json.textValue() : text;
            return option(option, options)
                    .map(name -> lens.fromBitable(TextNode.valueOf(name)))
                    .orElseGet(() -> Reading.invalid(option, "an option that is not known yet"));
        }
        if (lens instanceof Lens.OfMultiSelect && json.isArray()) {
            var names = mapper.createArrayNode();
            for (var id : json) {
                option(id.asText(), options).ifPresent(names::add);
            }
            return names.size() == json.size()
                    ? lens.fromBitable(names)
                    : Reading.invalid(text, "options that are not known yet");
        }
        return lens.fromBitable(json);
    }

    /** Plain text may be there as it is, in quotes or in segments: one that can be read in two ways tells nothing. */
    private static Reading eventText(Lens lens, String text, JsonNode json) {
        var plain = lens.fromBitable(TextNode.valueOf(text));
        if (!json.isTextual() && !json.isArray() && !json.isNull()) {
            return plain;
        }
        var told = lens.fromBitable(json);
        return told.equals(plain) || isSegments(json)
                ? told
                : Reading.invalid(text, "may be a text that looks like JSON");
    }

    private static boolean isSegments(JsonNode json) {
        for (var segment : json) {
            if (!segment.path("type").isTextual() || !segment.path("text").isTextual()) {
                return false;
            }
        }
        return !json.isEmpty();
    }

    private static Optional<String> option(String told, Map<String, String> options) {
        return options.containsValue(told) ? Optional.of(told) : Optional.ofNullable(options.get(told));
    }
}
