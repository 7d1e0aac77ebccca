package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.openapi.FeishuRetryableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Random histories of both sides, with columns of all policies. -Dsync.histories=n plays n of each try's histories instead of
 * one, for a longer search.
 */
@Label("A random history of both sides")
class HistoryProperties {

    private static final String[] STATUSES = {"NEW", "PAID", "SHIPPED", "DONE", "CANCELED", "WEIRD"};
    private static final String[] TAGS = {"a", "b", "c", "d"};
    private static final int ROWS = 5;

    private static TestDatabase postgres;
    private static HikariDataSource database;

    /** Something that happens, to one of the rows. */
    enum Kind {
        ERP_NOTE,
        ERP_STATUS,
        ERP_TAGS,
        ERP_INSERT,
        ERP_DELETE,
        NOTE,
        STATUS,
        TAGS,
        AMOUNT,
        RECORD_DELETED,
        COPY,
        COPY_KEPT,
        KEY_SPOILT,
        SYNC_ID_SPOILT,
        EVENTS_LOST,
        EVENTS_SHUFFLED,
        DELIVER,
        POLL,
        PROBE,
        MERGE,
        REFUSED,
        ANSWER_LOST,
        IN_THE_WINDOW,
        KILLED
    }

    record Step(Kind kind, int row, int number) {}

    @BeforeContainer
    static void startPostgres() throws IOException {
        postgres = new TestDatabase();
        var pool = new HikariDataSource();
        pool.setDataSource(OrdersPair.migrated(postgres.dataSource()));
        pool.setMaximumPoolSize(4);
        database = pool;
    }

    @AfterContainer
    static void stopPostgres() throws IOException {
        database.close();
        postgres.close();
    }

    @Property(tries = 10, shrinking = ShrinkingMode.OFF)
    @Label("ends with both sides equal, each overwritten value in the journal and each record made once")
    void ends(@ForAll("histories") List<Step> history, @ForAll long seed) {
        var random = new Random(seed);
        for (var more = Integer.getInteger("sync.histories", 1); more > 0; more--) {
            new Play(random).run(history);
            Collections.shuffle(history, random);
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        return Combinators.combine(
                        Arbitraries.of(Kind.values()),
                        Arbitraries.integers().between(1, ROWS + 2),
                        Arbitraries.integers().between(0, 60))
                .as(Step::new)
                .list()
                .ofMinSize(30)
                .ofMaxSize(60)
                .map(ArrayList::new);
    }

    /** The cells that are watched: notes are written once only, statuses again and again. */
    private static final Map<String, String> WATCHED = Map.of("note", "Note", "status", "Status");

    /**
     * What became of a cell.
     *
     * @param column {@code note} or {@code status}
     * @param side {@code sql} or {@code bitable}
     * @param place key of the row, or id of the record
     * @param before null when there was none
     */
    private record Change(String column, String side, String place, boolean byPerson, String before, String after) {}

    /** One history, and what a bystander sees of it. */
    static final class Play {

        private final Random random;
        private final OrdersPair orders;
        /** All that happened to a cell, by column, side, and row or record. */
        private final Map<List<String>, List<Change>> cells = new HashMap<>();

        /** Of which row a record is or was. */
        private final Map<String, String> rowOf = new HashMap<>();

        private final List<Change> all = new ArrayList<>();
        /** Records and values that came between a look and a write. */
        private final Set<List<String>> inTheWindow = new HashSet<>();
        /** Records that people made unrecognisable: one that is not known yet is made again. */
        private final Set<String> withoutKey = new HashSet<>();

        private final Set<String> withoutSyncId = new HashSet<>();
        private final boolean bothMake;
        private int rows = ROWS;
        private int recordsDeleted;
        private int written;

        Play(Random random) {
            this.random = random;
            var policy = List.of("sql", "bitable", "newest", "manual").get(random.nextInt(4));
            this.bothMake = random.nextBoolean();
            this.orders = new OrdersPair(
                    database,
                    OrdersPair.declaration(yaml -> yaml.replace(
                                    "deletes: ", bothMake ? "creates: both\ndeletes:\n  policy: both\n #" : "deletes: ")
                            .replace("on-conflict: bitable\n", "on-conflict: newest\n")
                            .replace("on-conflict: sql\n", "on-conflict: " + policy + "\n")
                            .replace(
                                    "columns:\n",
                                    "columns:\n  tags: {field: Tags, type: multi-select, options: [a, b, c, d],"
                                            + " owner: both, on-conflict: union}\n")));
        }

        void run(List<Step> history) {
            orders.orders(ROWS);
            orders.settle();
            observe();
            for (var step : history) {
                happen(step);
                observe();
            }
            orders.restart();
            for (var round = 0; round < 4; round++) {
                orders.base.events.clear();
                orders.pass(Duration.ofMinutes(2));
                orders.settle();
                observe();
                orders.pair.retryParked(null, null);
                for (var conflict : orders.pair.undecided(0, 50).items()) {
                    var take = List.of("sql", "bitable", "value").get(random.nextInt(3));
                    orders.pair.decide(conflict.id(), take, take.equals("value") ? "decided" : null, "ada");
                }
                orders.settle();
                observe();
            }
            removeCopies();
            check();
        }

        /** Of two records with one key the linked one is the row's; the others are a person's own affair. */
        private void removeCopies() {
            var linked = orders.jdbc.queryForList("SELECT record_id FROM feishu.sync_link", String.class);
            for (var record : orders.base.recordIds()) {
                if (!linked.contains(record)) {
                    orders.base.delete(record);
                    deleted("bitable", record);
                }
            }
            orders.settle();
            observe();
        }

        private void check() {
            assertThat(orders.pair.undecided(0, 50).items())
                    .as(() -> all + " " + orders.journal())
                    .isEmpty();
            var report = orders.pair.verify();
            assertThat(report.divergent()).as(() -> told(report)).isZero();
            var keys = orders.jdbc.queryForList("SELECT order_id FROM erp.orders", String.class);
            keys.forEach(orders::assertEqual);
            var syncIds = keys.stream().map(key -> orders.cell(key, "Sync ID")).toList();
            assertThat(syncIds).doesNotHaveDuplicates();
            withoutKey.retainAll(withoutSyncId);
            assertThat(orders.base.creations).isLessThanOrEqualTo(rows + recordsDeleted + withoutKey.size());
            assertThat(orders.jdbc.queryForList("SELECT * FROM feishu.sync_missing"))
                    .isEmpty();
            assertThat(lost())
                    .as(() -> lost().stream().map(this::story).collect(Collectors.joining("; ")))
                    .isEmpty();
            assertThat(orders.jdbc.queryForObject(
                            "SELECT count(*) FROM feishu.sync_outbox WHERE state = 'pending'", Long.class))
                    .isZero();
        }

        /** What has changed since the last look: the pair did it. */
        private void observe() {
            orders.jdbc.query("SELECT record_id, sql_key FROM feishu.sync_link WHERE record_id IS NOT NULL", link -> {
                rowOf.put(link.getString(1), link.getString(2));
            });
            WATCHED.forEach((column, field) -> {
                var sqlNow = new HashMap<String, String>();
                orders.jdbc.query("SELECT order_id, " + column + " FROM erp.orders", row -> {
                    sqlNow.put(row.getString(1), row.getString(2));
                });
                var bitableNow = new HashMap<String, String>();
                orders.base.recordIds().forEach(record -> bitableNow.put(record, orders.base.text(record, field)));
                happened(column, "sql", sqlNow);
                happened(column, "bitable", bitableNow);
            });
        }

        private void happened(String column, String side, Map<String, String> now) {
            now.keySet().forEach(place -> changes(column, side, place));
            cells.forEach((cell, changes) -> {
                var place = cell.get(2);
                if (cell.subList(0, 2).equals(List.of(column, side))
                        && !Objects.equals(present(changes), now.get(place))) {
                    note(new Change(column, side, place, false, present(changes), now.get(place)));
                }
            });
        }

        private List<Change> changes(String column, String side, String place) {
            return cells.computeIfAbsent(List.of(column, side, place), cell -> new ArrayList<>());
        }

        private static String present(List<Change> changes) {
            return changes.isEmpty() ? null : changes.get(changes.size() - 1).after();
        }

        private void note(Change change) {
            changes(change.column(), change.side(), change.place()).add(change);
            all.add(change);
        }

        private void byPerson(String column, String side, String place, String value) {
            note(new Change(column, side, place, true, present(changes(column, side, place)), value));
        }

        private void deleted(String side, String place) {
            WATCHED.keySet().forEach(column -> byPerson(column, side, place, null));
        }

        /** Values that the pair replaced although nobody had written the new one over them on the other side, and told nobody. */
        private List<Change> lost() {
            var journal = new HashSet<List<Object>>();
            orders.journal()
                    .forEach(entry -> journal.add(Arrays.asList(
                            entry.get("field"), entry.get("sql_key"), entry.get("side"), entry.get("losing"))));
            return all.stream()
                    .filter(change -> !change.byPerson() && change.before() != null)
                    .filter(change -> !journal.contains(
                            Arrays.asList(change.column(), row(change), change.side(), change.before())))
                    .filter(change -> !carried(change))
                    .filter(change -> !goneFromTheWindow(change))
                    .filter(change -> !followed(change))
                    .toList();
        }

        private String told(VerifyReport report) {
            return report + ", links " + orders.jdbc.queryForList("SELECT * FROM feishu.sync_link") + ", rows "
                    + orders.jdbc.queryForList("SELECT * FROM erp.orders") + ", events " + all + ", parked "
                    + orders.pair.parked(0, 50).items() + orders.jdbc.queryForList("SELECT * FROM feishu.sync_unseen")
                    + orders.jdbc.queryForList("SELECT * FROM feishu.sync_outbox");
        }

        /** What happened to the cell on both sides, in order, and what the journal says of it. */
        private String story(Change lost) {
            var changes = all.stream()
                    .filter(change -> change.column().equals(lost.column()) && Objects.equals(row(change), row(lost)))
                    .map(change -> (change == lost ? "LOST " : "") + change.side() + " " + change.place()
                            + (change.byPerson() ? " person " : " pair ") + change.before() + "->" + change.after())
                    .toList();
            var entries = orders.journal().stream()
                    .filter(entry -> entry.get("sql_key").equals(row(lost))
                            && entry.get("field").equals(lost.column()))
                    .toList();
            return changes + ", journal " + entries;
        }

        /** Whether the pair itself had brought what was replaced: it is judged where it came from. */
        private boolean carried(Change change) {
            Change last = null;
            for (var other : changes(change.column(), change.side(), change.place())) {
                if (other == change) {
                    break;
                }
                last = other;
            }
            return last != null && !last.byPerson();
        }

        /** What was replaced unseen is told by the record's history or by an event of it, while the record is there. */
        private boolean goneFromTheWindow(Change change) {
            return inTheWindow.contains(List.of(change.place(), change.before()))
                    && !orders.base.recordIds().contains(change.place());
        }

        private String row(Change change) {
            return change.side().equals("sql") ? change.place() : rowOf.get(change.place());
        }

        /** Whether a person put the new value in place of the old one, or of what came after it, on the other side. */
        private boolean followed(Change change) {
            var held = false;
            for (var other : all) {
                if (!other.column().equals(change.column())
                        || other.side().equals(change.side())
                        || !Objects.equals(row(other), row(change))) {
                    continue;
                }
                if (held && other.byPerson() && Objects.equals(other.after(), change.after())) {
                    return true;
                }
                held |= change.before().equals(other.after()) || change.before().equals(other.before());
            }
            return false;
        }

        private void happen(Step step) {
            var key = "SO-" + step.row();
            var record = orders.base.recordIds().isEmpty()
                    ? null
                    : orders.base
                            .recordIds()
                            .get(step.row() % orders.base.recordIds().size());
            switch (step.kind()) {
                case ERP_NOTE -> {
                    var note = step.number() % 8 == 0 ? null : "erp " + ++written;
                    if (orders.jdbc.update("UPDATE erp.orders SET note = ? WHERE order_id = ?", note, key) == 1) {
                        byPerson("note", "sql", key, note);
                    }
                }
                case ERP_STATUS -> {
                    var status = STATUSES[step.number() % 5];
                    if (orders.jdbc.update("UPDATE erp.orders SET status = ? WHERE order_id = ?", status, key) == 1) {
                        byPerson("status", "sql", key, status);
                    }
                }
                case ERP_TAGS ->
                    orders.jdbc.update(
                            "UPDATE erp.orders SET tags = ? WHERE order_id = ?",
                            tags(step).toArray(String[]::new),
                            key);
                case ERP_INSERT -> {
                    if (orders.jdbc.queryForObject("SELECT count(*) FROM erp.orders", Long.class) < ROWS + 3
                            && orders.jdbc
                                    .queryForList("SELECT 1 FROM erp.orders WHERE order_id = ?", key)
                                    .isEmpty()) {
                        rows++;
                        orders.order(key, "Customer", "1.00", "NEW", null);
                        byPerson("status", "sql", key, "NEW");
                    }
                }
                case ERP_DELETE -> {
                    orders.jdbc.update("DELETE FROM erp.orders WHERE order_id = ?", key);
                    deleted("sql", key);
                }
                case NOTE -> edit(record, "Note", step.number() % 8 == 0 ? null : "bitable " + ++written);
                case STATUS -> edit(record, "Status", STATUSES[step.number() % 6]);
                case TAGS -> edit(record, "Tags", tags(step));
                case AMOUNT -> edit(record, "Order Amount", step.number());
                case RECORD_DELETED -> {
                    if (record != null && orders.base.recordIds().size() > 2) {
                        orders.base.delete(record);
                        deleted("bitable", record);
                        recordsDeleted++;
                    }
                }
                case COPY -> {
                    if (record != null && orders.base.recordIds().size() < ROWS + 4) {
                        var copy = orders.base.copy(record);
                        // a person's record, which nobody misses
                        orders.base.delete(copy);
                    }
                }
                case COPY_KEPT -> {
                    if (record != null && orders.base.recordIds().size() < ROWS + 4) {
                        var copy = orders.base.copy(record);
                        // whose values they are is told by the history of the original
                        WATCHED.forEach((column, field) -> note(
                                new Change(column, "bitable", copy, false, null, orders.base.text(record, field))));
                    }
                }
                case KEY_SPOILT -> {
                    edit(record, "Order ID", step.number() % 3 == 0 ? null : "XO-" + step.number() % 5);
                    withoutKey.add(record);
                }
                case SYNC_ID_SPOILT -> {
                    var other = orders.base.recordIds().get(0);
                    var syncId = step.number() % 3 == 0
                            ? null
                            : step.number() % 3 == 1 ? "mine" : orders.base.text(other, "Sync ID");
                    edit(record, "Sync ID", syncId);
                    withoutSyncId.add(record);
                }
                case EVENTS_LOST -> orders.base.events.removeIf(event -> random.nextInt(3) == 0);
                case EVENTS_SHUFFLED -> {
                    var events = new ArrayList<ObjectNode>(orders.base.events);
                    events.addAll(List.copyOf(events));
                    Collections.shuffle(events, random);
                    orders.base.events.clear();
                    orders.base.events.addAll(events);
                }
                case DELIVER -> orders.deliver();
                case POLL -> work(() -> orders.pair.poll());
                case PROBE -> {
                    orders.pass(Duration.ofSeconds(step.number() * 2L));
                    work(() -> orders.pair.probe(event -> {}));
                }
                case MERGE -> merge();
                case REFUSED -> {
                    var left = new int[] {1 + step.number() % 3};
                    orders.base.before = request -> {
                        if (request.path().contains("/batch_") && left[0]-- > 0) {
                            throw refusal(step.number());
                        }
                    };
                    merge();
                    orders.base.before = request -> {};
                }
                case ANSWER_LOST -> {
                    var left = new int[] {1};
                    orders.base.after = request -> {
                        if (!request.reading() && left[0]-- > 0) {
                            throw InMemoryBase.lost();
                        }
                    };
                    merge();
                    orders.base.after = request -> {};
                }
                case IN_THE_WINDOW -> {
                    var left = new int[] {1};
                    orders.base.before = request -> {
                        if (request.path().endsWith("/batch_update") && left[0]-- > 0) {
                            observe();
                            editInTheWindow(record, "Status", STATUSES[step.number() % 5]);
                            editInTheWindow(record, "Note", "window " + ++written);
                        }
                    };
                    merge();
                    orders.base.before = request -> {};
                }
                default -> {
                    orders.restart();
                    orders.crashAfter(1 + step.number());
                    try {
                        orders.pair.poll();
                        orders.pass(Duration.ofSeconds(2));
                        orders.pair.drain(RowTransform.NONE);
                    } catch (OrdersPair.Crash end) {
                        // another process, once the lease of the dead one has run out
                        orders.pass(Duration.ofSeconds(31));
                    }
                    orders.restart();
                }
            }
        }

        private static FeishuRetryableException refusal(int number) {
            return switch (number % 4) {
                case 0 -> InMemoryBase.busy();
                case 1 -> new FeishuRetryableException("too many", 200, 1254290, "log", null, false, null);
                case 2 -> new FeishuRetryableException("too many", 429, 99991400, "log", null, false, null);
                default -> new FeishuRetryableException("server error", 500, 0, "log", null, true, null);
            };
        }

        private void merge() {
            orders.pass(Duration.ofSeconds(2));
            work(() -> orders.pair.drain(RowTransform.NONE));
        }

        private void editInTheWindow(String record, String field, String value) {
            edit(record, field, value);
            inTheWindow.add(Arrays.asList(record, value));
        }

        private void edit(String record, String field, Object value) {
            if (record != null) {
                orders.base.edit(record, field, value);
                WATCHED.forEach((column, name) -> {
                    if (name.equals(field) && !Objects.equals(value, present(changes(column, "bitable", record)))) {
                        byPerson(column, "bitable", record, (String) value);
                    }
                });
            }
        }

        /** A whole step of the application; what it cannot do now it does later. */
        private static void work(Runnable work) {
            try {
                work.run();
            } catch (FeishuRetryableException later) {
                assertThat(later).hasMessageNotContaining("null");
            }
        }

        private static List<String> tags(Step step) {
            var tags = new ArrayList<String>();
            for (var bit = 0; bit < TAGS.length; bit++) {
                if ((step.number() >> bit & 1) == 1) {
                    tags.add(TAGS[bit]);
                }
            }
            return tags;
        }
    }
}
