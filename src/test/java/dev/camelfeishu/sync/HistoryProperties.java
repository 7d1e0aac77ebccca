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

    /**
     * What became of a note.
     *
     * @param side {@code sql} or {@code bitable}
     * @param place key of the row, or id of the record
     * @param before null when there was none
     */
    private record Change(String side, String place, boolean byPerson, String before, String after) {}

    /** One history, and what a bystander sees of it. */
    private static final class Play {

        private final Random random;
        private final OrdersPair orders;
        /** All that happened to the notes, by row and by record. */
        private final Map<String, List<Change>> inSql = new HashMap<>();

        private final Map<String, List<Change>> inBitable = new HashMap<>();
        /** Of which row a record is or was. */
        private final Map<String, String> rowOf = new HashMap<>();

        private final List<Change> all = new ArrayList<>();
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
                    byPerson("bitable", inBitable, record, null);
                }
            }
            orders.settle();
            observe();
        }

        private void check() {
            assertThat(orders.pair.undecided(0, 50).total()).isZero();
            assertThat(orders.pair.verify().divergent()).isZero();
            var keys = orders.jdbc.queryForList("SELECT order_id FROM erp.orders", String.class);
            keys.forEach(orders::assertEqual);
            var syncIds = keys.stream().map(key -> orders.cell(key, "Sync ID")).toList();
            assertThat(syncIds).doesNotHaveDuplicates();
            assertThat(orders.base.creations).isLessThanOrEqualTo(rows + recordsDeleted);
            assertThat(lost()).isEmpty();
            assertThat(orders.jdbc.queryForObject(
                            "SELECT count(*) FROM feishu.sync_outbox WHERE state = 'pending'", Long.class))
                    .isZero();
        }

        /** What has changed since the last look: the pair did it. */
        private void observe() {
            orders.jdbc.query("SELECT record_id, sql_key FROM feishu.sync_link WHERE record_id IS NOT NULL", link -> {
                rowOf.put(link.getString(1), link.getString(2));
            });
            var sqlNow = new HashMap<String, String>();
            orders.jdbc.query("SELECT order_id, note FROM erp.orders", row -> {
                sqlNow.put(row.getString(1), row.getString(2));
            });
            var bitableNow = new HashMap<String, String>();
            orders.base.recordIds().forEach(record -> bitableNow.put(record, orders.base.text(record, "Note")));
            happened("sql", inSql, sqlNow);
            happened("bitable", inBitable, bitableNow);
        }

        private void happened(String side, Map<String, List<Change>> places, Map<String, String> now) {
            now.keySet().forEach(place -> places.computeIfAbsent(place, p -> new ArrayList<>()));
            places.forEach((place, changes) -> {
                var before = present(changes);
                if (!Objects.equals(before, now.get(place))) {
                    note(places, new Change(side, place, false, before, now.get(place)));
                }
            });
        }

        private static String present(List<Change> changes) {
            return changes.isEmpty() ? null : changes.get(changes.size() - 1).after();
        }

        private void note(Map<String, List<Change>> places, Change change) {
            places.computeIfAbsent(change.place(), p -> new ArrayList<>()).add(change);
            all.add(change);
        }

        private void byPerson(String side, Map<String, List<Change>> places, String place, String note) {
            note(places, new Change(side, place, true, present(places.getOrDefault(place, List.of())), note));
        }

        /** Notes that the pair replaced although nobody had written the new one over them on the other side, and told nobody. */
        private List<Change> lost() {
            var journal = new HashSet<List<Object>>();
            orders.journal()
                    .forEach(entry ->
                            journal.add(Arrays.asList(entry.get("sql_key"), entry.get("side"), entry.get("losing"))));
            return all.stream()
                    .filter(change -> !change.byPerson() && change.before() != null)
                    .filter(change -> !journal.contains(Arrays.asList(row(change), change.side(), change.before())))
                    .filter(change -> !followed(change))
                    .toList();
        }

        private String row(Change change) {
            return change.side().equals("sql") ? change.place() : rowOf.get(change.place());
        }

        /** Whether a person put the new note in place of the old one, or of what came after it, on the other side. */
        private boolean followed(Change change) {
            var held = false;
            for (var other : all) {
                if (other.side().equals(change.side()) || !Objects.equals(row(other), row(change))) {
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
                        byPerson("sql", inSql, key, note);
                    }
                }
                case ERP_STATUS ->
                    orders.jdbc.update(
                            "UPDATE erp.orders SET status = ? WHERE order_id = ?", STATUSES[step.number() % 5], key);
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
                    }
                }
                case ERP_DELETE -> {
                    orders.jdbc.update("DELETE FROM erp.orders WHERE order_id = ?", key);
                    byPerson("sql", inSql, key, null);
                }
                case NOTE -> edit(record, "Note", step.number() % 8 == 0 ? null : "bitable " + ++written);
                case STATUS -> edit(record, "Status", STATUSES[step.number() % 6]);
                case TAGS -> edit(record, "Tags", tags(step));
                case AMOUNT -> edit(record, "Order Amount", step.number());
                case RECORD_DELETED -> {
                    if (record != null && orders.base.recordIds().size() > 2) {
                        orders.base.delete(record);
                        byPerson("bitable", inBitable, record, null);
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
                        byPerson("bitable", inBitable, orders.base.copy(record), orders.base.text(record, "Note"));
                    }
                }
                case KEY_SPOILT -> edit(record, "Order ID", step.number() % 3 == 0 ? null : "XO-" + step.number() % 5);
                case SYNC_ID_SPOILT -> {
                    var other = orders.base.recordIds().get(0);
                    var syncId = step.number() % 3 == 0
                            ? null
                            : step.number() % 3 == 1 ? "mine" : orders.base.text(other, "Sync ID");
                    edit(record, "Sync ID", syncId);
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

        private void edit(String record, String field, Object value) {
            if (record != null) {
                orders.base.edit(record, field, value);
                if (field.equals("Note")) {
                    byPerson("bitable", inBitable, record, (String) value);
                }
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
