package dev.camelfeishu.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.e2e.ChaosPair.Column;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * All that happened to the cells of a pair on both sides, told by the sides themselves: the ERP's triggers note every change
 * with the account that made it, the platform keeps every change event with its operator, also those that never went out.
 *
 * <p>What can be proved from that: a value v that the application replaced by w on one side was not lost silently, if the
 * journal names v as losing there, or if the other side held v first and then a person put w in its place. With values that
 * are written once only, as most here are, this is exact. A value replaced by a person, on the side where it stood, was
 * superseded by somebody who saw it. So every value written is, in the end, the present one, superseded, or in the journal.
 */
final class ChaosHistory {

    /**
     * One change of one cell.
     *
     * @param app whether the application made it
     * @param birth whether the row or record came with it, so that there was nothing to be replaced
     * @param death whether the row or record went with it
     */
    private record Step(
            long number, Instant at, boolean app, boolean birth, boolean death, String before, String after) {}

    /** From the making of a record to its end. */
    private static final class Life {
        final String id;
        final long from;
        final boolean madeByApp;
        final String syncId;
        final Map<String, List<Step>> cells = new HashMap<>();
        long to = Long.MAX_VALUE;
        /** What the application wrote into the field Sync ID last, null when it never did. */
        String writtenSyncId;
        /** When the application wrote to it first. */
        long known = Long.MAX_VALUE;

        Life(String id, long from, boolean madeByApp, String syncId) {
            this.id = id;
            this.from = from;
            this.madeByApp = madeByApp;
            this.syncId = syncId;
        }
    }

    private record Entry(String key, String column, String side, String losing) {}

    /** Why a policy replaces a value, which in a column where a person decides is nobody's right. */
    private static final Set<String> BY_POLICY = Set.of("conflict", "first_meeting", "merged");

    /**
     * Bitable has no conditional write. What is written between the last look and the write of the application cannot be kept
     * from being overwritten; it is counted.
     */
    private static final Duration WINDOW = Duration.ofSeconds(2);

    private final ChaosPair pair;
    private final ChaosOperator operator;
    /** Key of the row of {@link ChaosPair#ITEMS} by the id of a record that it has, or had. */
    private final Map<String, String> named;

    private final Map<String, Life> lives = new LinkedHashMap<>();
    private final Map<String, Map<String, List<Step>>> rows = new HashMap<>();
    private final Map<String, Map<String, List<Step>>> records = new HashMap<>();
    /** What the application calls its pairs, by Sync ID. */
    private final Map<String, String> keys = new HashMap<>();

    private final Set<Entry> journal = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private long writtenByPeople;
    private long rowsChanged;
    private long replaced;
    private long fromJournal;
    private long overtaken;
    private long united;
    private long decided;

    private ChaosHistory(
            ChaosSite site, ChaosTable table, ChaosOperator operator, Map<String, String> named, Instant from) {
        this.pair = table.pair();
        this.operator = operator;
        this.named = named;
        readRows(site);
        readRecords(site, table, from);
        readJournal(site);
        readKeys(site);
        for (Life life : lives.values()) {
            String key = keyOf(life);
            if (key != null) {
                life.cells.forEach((column, steps) -> records.computeIfAbsent(key, k -> new HashMap<>())
                        .computeIfAbsent(column, c -> new ArrayList<>())
                        .addAll(steps));
            }
        }
        records.values()
                .forEach(cells -> cells.values().forEach(steps -> steps.sort(Comparator.comparingLong(Step::number))));
        rows.forEach((key, cells) -> cells.forEach((column, steps) -> check("sql", key, column, steps, records, 0)));
        // a copy that stands in for a deleted record has a history of its own
        for (Life life : lives.values()) {
            String key = keyOf(life);
            if (key != null) {
                life.cells.forEach((column, steps) -> check("bitable", key, column, steps, rows, life.known));
            }
        }
        checkCreations();
        countWritten(from);
    }

    /**
     * Of each table, in their order.
     *
     * @param from since when people wrote
     */
    static List<ChaosHistory> of(ChaosSite site, List<ChaosTable> tables, ChaosOperator operator, Instant from) {
        Map<String, String> named = new HashMap<>();
        List<ChaosHistory> histories = new ArrayList<>();
        for (ChaosTable table : tables) {
            ChaosHistory history = new ChaosHistory(site, table, operator, named, from);
            if (table.pair() == ChaosPair.ITEMS) {
                history.lives.values().stream()
                        .filter(life -> history.keyOf(life) != null)
                        .forEach(life -> named.put(life.id, history.keyOf(life)));
            }
            histories.add(history);
        }
        return histories;
    }

    // ---- reading

    /** Rows that went, each with its transaction: the ERP itself empties what names them. */
    private static Set<String> gone(ChaosSite site) {
        return Set.copyOf(site.erp()
                .queryForList(
                        "select transaction || ' ' || (before ->> 'id') from audit.change where source = ? and after is null",
                        String.class,
                        ChaosPair.ITEMS.source()));
    }

    private void readRows(ChaosSite site) {
        Set<String> gone = gone(site);
        site.erp()
                .query(
                        "select * from audit.change where source = ? order by id",
                        row -> {
                            Map<String, String> before = ofSql(row.getString("before"));
                            Map<String, String> after = ofSql(row.getString("after"));
                            String key = (before.isEmpty() ? after : before).get(pair.key());
                            boolean app = row.getString("actor").equals(ChaosSite.ERP);
                            Instant at = row.getTimestamp("at").toInstant();
                            long number = row.getLong("id");
                            String transaction = row.getString("transaction");
                            for (Column column : pair.columns()) {
                                String old = before.get(column.name());
                                String now = after.get(column.name());
                                boolean emptied = column.kind() == ChaosKind.ROW
                                        && now == null
                                        && gone.contains(transaction + " " + old);
                                if (!Objects.equals(old, now)) {
                                    rows.computeIfAbsent(key, k -> new HashMap<>())
                                            .computeIfAbsent(column.name(), c -> new ArrayList<>())
                                            .add(new Step(
                                                    number,
                                                    at,
                                                    app && !emptied,
                                                    before.isEmpty(),
                                                    after.isEmpty(),
                                                    old,
                                                    now));
                                }
                            }
                        },
                        pair.source());
    }

    private Map<String, String> ofSql(String row) {
        return row == null ? Map.of() : pair.ofSql(json(row));
    }

    private void readRecords(ChaosSite site, ChaosTable table, Instant from) {
        Map<String, String> options = table.read().options();
        Map<String, Column> columns = new HashMap<>();
        pair.columns().forEach(column -> columns.put(table.fieldId(column.field()), column));
        String syncId = table.fieldId("Sync ID");
        site.platform()
                .query(
                        "select id, created_at, plain from sandbox.push"
                                + " where type = 'drive.file.bitable_record_changed_v1' order by id",
                        row -> {
                            JsonNode event = json(row.getString("plain")).path("event");
                            if (!event.path("table_id").asText().equals(table.id())) {
                                return;
                            }
                            boolean app =
                                    event.at("/operator_id/open_id").asText().equals(Sandbox.BOT);
                            long number = row.getLong("id");
                            Instant at = row.getTimestamp("created_at").toInstant();
                            for (JsonNode action : event.path("action_list")) {
                                Map<String, String> before = values(action.path("before_value"));
                                Map<String, String> after = values(action.path("after_value"));
                                String id = action.path("record_id").asText();
                                boolean birth = action.path("action").asText().equals("record_added");
                                if (birth) {
                                    lives.put(id, new Life(id, number, app, after.get(syncId)));
                                }
                                Life life = lives.get(id);
                                boolean death = action.path("action").asText().equals("record_deleted");
                                if (death) {
                                    life.to = number;
                                }
                                if (app && !death) {
                                    life.known = Math.min(life.known, number);
                                    life.writtenSyncId = after.getOrDefault(syncId, life.writtenSyncId);
                                }
                                columns.forEach((fieldId, column) -> {
                                    String old = held(column, before.get(fieldId), options);
                                    String now = held(column, after.get(fieldId), options);
                                    if (!Objects.equals(old, now)) {
                                        life.cells
                                                .computeIfAbsent(column.name(), c -> new ArrayList<>())
                                                .add(new Step(number, at, app, birth, death, old, now));
                                    }
                                });
                            }
                        });
    }

    private String held(Column column, String text, Map<String, String> options) {
        String value = column.kind().eventOrNull(text == null ? "" : text, options);
        return value == null ? null : column.kind().named(value, named);
    }

    private static Map<String, String> values(JsonNode cells) {
        Map<String, String> values = new HashMap<>();
        cells.forEach(cell -> values.put(
                cell.path("field_id").asText(), cell.path("field_value").asText()));
        return values;
    }

    private void readJournal(ChaosSite site) {
        Map<String, Column> columns = new HashMap<>();
        pair.columns().forEach(column -> columns.put(column.name(), column));
        site.own()
                .query(
                        "select sql_key, field, side, losing, why from feishu.sync_journal where pair = ?",
                        row -> {
                            Column column = columns.get(row.getString("field"));
                            if (column != null) {
                                String losing = column.kind().journalOrNull(row.getString("losing"));
                                Entry entry = new Entry(
                                        row.getString("sql_key"),
                                        column.name(),
                                        row.getString("side"),
                                        losing == null ? null : column.kind().named(losing, named));
                                journal.add(entry);
                                checkDecided(column, entry, row.getString("why"));
                            }
                        },
                        pair.name());
    }

    /** Where a person decides, nobody else does, and what was decided is what the person said. */
    private void checkDecided(Column column, Entry entry, String why) {
        boolean byPerson = why.equals("decided");
        ChaosOperator.Decided said =
                new ChaosOperator.Decided(pair.name(), entry.key(), entry.column(), entry.side(), entry.losing());
        if (byPerson) {
            decided++;
        }
        if (pair.manual(column) ? BY_POLICY.contains(why) || byPerson && !operator.decided(said) : byPerson) {
            problems.add("%s %s.%s on %s: %s has lost by %s, which no person decided"
                    .formatted(pair.name(), entry.key(), entry.column(), entry.side(), entry.losing(), why));
        }
    }

    private void readKeys(ChaosSite site) {
        site.own()
                .query(
                        "select pair_id, sql_key from feishu.sync_journal where pair = ?"
                                + " union select pair_id, sql_key from feishu.sync_link where pair = ?",
                        row -> {
                            keys.put(row.getString("pair_id"), row.getString("sql_key"));
                        },
                        pair.name(),
                        pair.name());
    }

    /**
     * What the application calls the record: by the key that it wrote there, or by the Sync ID. People may call it otherwise,
     * and may have done so to its end.
     */
    private String keyOf(Life life) {
        String ofApp = null;
        String last = null;
        for (Step step : life.cells.getOrDefault(pair.key(), List.of())) {
            if (step.after() != null) {
                last = step.after();
                ofApp = step.app() ? last : ofApp;
            }
        }
        String syncId = life.writtenSyncId == null ? life.syncId : life.writtenSyncId;
        return ofApp == null ? keys.getOrDefault(syncId, last) : ofApp;
    }

    // ---- proving

    /**
     * @param known when the application wrote there first: what was emptied before that, when a copy for instance did not belong
     *     to the pair, takes the other side's value at the first meeting
     */
    private void check(
            String side,
            String key,
            String column,
            List<Step> steps,
            Map<String, Map<String, List<Step>>> other,
            long known) {
        List<Step> there = other.getOrDefault(key, Map.of()).getOrDefault(column, List.of());
        String elsewhere = side.equals("sql") ? "bitable" : "sql";
        Step cleared = null;
        Step last = null;
        for (Step step : steps) {
            Step previous = last;
            last = step;
            if (!step.app()) {
                boolean empties = step.after() == null && step.before() != null && !step.death();
                cleared = empties && step.number() > known ? step : null;
                continue;
            }
            if (!step.birth() && (step.before() != null || cleared != null)) {
                replaced++;
                if (journal.contains(new Entry(key, column, side, step.before()))) {
                    fromJournal++;
                } else if (previous != null
                        && previous.app()
                        && Objects.equals(previous.after(), step.before())
                        && journal.contains(new Entry(key, column, elsewhere, step.before()))) {
                    // the application had carried it here, and named it where it came from
                    fromJournal++;
                } else if (holds(column, step.after(), step.before())) {
                    united++;
                } else if (!followed(there, step.before(), step.after())
                        && side.equals("bitable")
                        && overtook(steps, step)) {
                    overtaken++;
                } else if (!followed(there, step.before(), step.after())) {
                    problems.add(
                            "%s %s.%s on %s: %s was replaced by %s at %s and is not in the journal; here %s, there %s"
                                    .formatted(
                                            pair.name(),
                                            key,
                                            column,
                                            side,
                                            step.before(),
                                            step.after(),
                                            step.at(),
                                            told(steps, step),
                                            told(there, step)));
                }
            }
            cleared = null;
        }
    }

    /** Whether a set holds all that the other one held. */
    private boolean holds(String column, String after, String before) {
        boolean set =
                pair.columns().stream().anyMatch(any -> any.name().equals(column) && any.kind() == ChaosKind.TAGS);
        return set
                && before != null
                && after != null
                && List.of(after.split(",")).containsAll(List.of(before.split(",")));
    }

    /** Whether a person wrote what was replaced so shortly before that it was on its way already. */
    private static boolean overtook(List<Step> steps, Step by) {
        return steps.stream()
                .anyMatch(step -> !step.app()
                        && step.number() < by.number()
                        && Objects.equals(step.after(), by.before())
                        && step.at().isAfter(by.at().minus(WINDOW)));
    }

    /** Whether a person put {@code after} in the place of {@code before}, or of what came after it. */
    private static boolean followed(List<Step> steps, String before, String after) {
        boolean held = before == null;
        for (Step step : steps) {
            if (held && !step.app() && Objects.equals(step.after(), after)) {
                return true;
            }
            held |= Objects.equals(step.after(), before) || Objects.equals(step.before(), before);
        }
        return false;
    }

    /** The steps around one, those before it above all. */
    private static String told(List<Step> steps, Step around) {
        StringBuilder told = new StringBuilder();
        long before =
                steps.stream().filter(step -> step.at().isBefore(around.at())).count();
        steps.stream()
                .skip(Math.max(0, before - 6))
                .limit(9)
                .forEach(step -> told.append("%s %s%s %s→%s; "
                        .formatted(
                                step.at().toString().substring(11),
                                step.app() ? "app" : "person",
                                step.birth() ? " makes" : step.death() ? " deletes" : "",
                                step.before(),
                                step.after())));
        return told.toString();
    }

    /** No record is made while another one that was made for the same pair is there. */
    private void checkCreations() {
        Map<String, List<Life>> bySyncId = new HashMap<>();
        lives.values().stream()
                .filter(life -> life.madeByApp)
                .forEach(life -> bySyncId.computeIfAbsent(life.syncId, id -> new ArrayList<>())
                        .add(life));
        bySyncId.forEach((syncId, made) -> {
            for (int i = 1; i < made.size(); i++) {
                if (made.get(i).from < made.get(i - 1).to) {
                    problems.add("%s: %s was made although %s is there, both for %s"
                            .formatted(pair.name(), made.get(i).id, made.get(i - 1).id, syncId));
                }
            }
        });
    }

    private void countWritten(Instant from) {
        Set<Long> sqlChanges = new HashSet<>();
        Set<String> recordChanges = new HashSet<>();
        rows.values()
                .forEach(cells -> cells.values()
                        .forEach(steps -> steps.stream()
                                .filter(step -> !step.app() && step.at().isAfter(from))
                                .forEach(step -> {
                                    writtenByPeople++;
                                    sqlChanges.add(step.number());
                                })));
        lives.values()
                .forEach(life -> life.cells
                        .values()
                        .forEach(steps -> steps.stream()
                                .filter(step -> !step.app() && step.at().isAfter(from))
                                .forEach(step -> {
                                    writtenByPeople++;
                                    recordChanges.add(life.id + step.number());
                                })));
        rowsChanged = sqlChanges.size() + recordChanges.size();
    }

    // ---- telling

    List<String> problems() {
        return problems;
    }

    /** Values that people wrote. */
    long writtenByPeople() {
        return writtenByPeople;
    }

    /** Rows and records that people changed, each as often as they did. */
    long rowsChanged() {
        return rowsChanged;
    }

    /** Values that the application replaced. */
    long replaced() {
        return replaced;
    }

    /** Those of them that the journal holds. */
    long fromJournal() {
        return fromJournal;
    }

    /** Values that came after the last look at their record, and were written over without being in the journal. */
    long overtaken() {
        return overtaken;
    }

    ChaosPair pair() {
        return pair;
    }

    /** Values that a person decided against. */
    long decided() {
        return decided;
    }

    /** Sets that were replaced by one that holds them. */
    long united() {
        return united;
    }

    long recordsMade() {
        return lives.values().stream().filter(life -> life.madeByApp).count();
    }

    /** How long values that are written once took from a person's edit in SQL to Bitable, in order. */
    List<Duration> toBitable(Instant from, Instant to) {
        return delays(rows, records, from, to);
    }

    /** Likewise; what people do to a copy or to a record without a key has nowhere to go until it belongs to the pair. */
    List<Duration> toSql(Instant from, Instant to) {
        Map<String, Map<String, List<Step>>> paired = new HashMap<>();
        for (Life life : lives.values()) {
            String key = keyOf(life);
            if (key != null) {
                boolean own = life.syncId == null && life.cells.containsKey(pair.key());
                life.cells.forEach((column, steps) -> steps.stream()
                        .filter(step -> step.number() > life.known || step.birth() && own)
                        .forEach(step -> paired.computeIfAbsent(key, k -> new HashMap<>())
                                .computeIfAbsent(column, c -> new ArrayList<>())
                                .add(step)));
            }
        }
        return delays(paired, rows, from, to);
    }

    private List<Duration> delays(
            Map<String, Map<String, List<Step>>> here,
            Map<String, Map<String, List<Step>>> there,
            Instant from,
            Instant to) {
        Map<String, ChaosKind> kinds = new HashMap<>();
        pair.columns().forEach(column -> kinds.put(column.name(), column.kind()));
        List<Duration> delays = new ArrayList<>();
        here.forEach((key, cells) -> cells.forEach((column, steps) -> {
            Map<String, Instant> arrived = new HashMap<>();
            there.getOrDefault(key, Map.of()).getOrDefault(column, List.of()).stream()
                    .filter(Step::app)
                    .forEach(step -> arrived.putIfAbsent(step.after(), step.at()));
            steps.stream()
                    .filter(step -> !step.app()
                            && kinds.get(column).unique()
                            && step.after() != null
                            && step.at().isAfter(from)
                            && step.at().isBefore(to)
                            && arrived.containsKey(step.after())
                            && !arrived.get(step.after()).isBefore(step.at()))
                    .forEach(step -> delays.add(Duration.between(step.at(), arrived.get(step.after()))));
        }));
        delays.sort(Comparator.naturalOrder());
        return delays;
    }

    private static JsonNode json(String text) {
        try {
            return Http.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }
}
