package dev.camelfeishu.e2e;

import dev.camelfeishu.e2e.ChaosPair.Column;
import dev.camelfeishu.e2e.ChaosPair.Owner;
import dev.camelfeishu.e2e.ChaosTable.Content;
import dev.camelfeishu.e2e.ChaosTable.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * One person on either side of a pair, who edits, inserts and deletes by a seed. Both prefer the same few rows, so that they
 * meet.
 */
final class ChaosPeople {

    private static final int FAVOURITES = 12;

    private final ChaosPair pair;
    private final ChaosTable table;
    private final JdbcTemplate sql;
    private final long seed;
    private final Duration gap;
    private final AtomicInteger numbers;
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Integer> doings = new HashMap<>();
    private volatile Throwable failure;

    /**
     * @param gap between two edits of one person
     * @param numbers for values that are written once
     */
    ChaosPeople(ChaosTable table, JdbcTemplate sql, long seed, Duration gap, AtomicInteger numbers) {
        this.pair = table.pair();
        this.table = table;
        this.sql = sql;
        this.seed = seed;
        this.gap = gap;
        this.numbers = numbers;
    }

    void start() {
        begin("sql", new Random(seed), this::inSql);
        begin("bitable", new Random(seed + 1), this::inBitable);
    }

    private void begin(String side, Random random, Consumer<Random> doing) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (!end.await(
                                gap.toMillis() / 2 + random.nextInt((int) gap.toMillis() + 1), TimeUnit.MILLISECONDS)) {
                            doing.accept(random);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (RuntimeException | Error e) {
                        failure = e;
                    }
                },
                "chaos-" + pair.name() + "-" + side);
        threads.add(thread);
        thread.start();
    }

    /** Answers what was done, how often. */
    Map<String, Integer> stop() throws InterruptedException {
        end.countDown();
        for (Thread thread : threads) {
            thread.join(TimeUnit.MINUTES.toMillis(1));
        }
        if (failure != null) {
            throw new AssertionError(pair.name() + ": a person could not go on", failure);
        }
        return doings;
    }

    private synchronized void count(String doing) {
        doings.merge(doing, 1, Integer::sum);
    }

    // ---- in the ERP

    private void inSql(Random random) {
        List<String> keys = sql.queryForList(
                "select " + pair.key() + " from erp." + pair.source() + " order by " + pair.key(), String.class);
        int draw = random.nextInt(100);
        if (draw < 10 || keys.size() < 20) {
            String key = pair.source().substring(0, 1) + "-new-" + numbers.incrementAndGet();
            insert(key, random);
        } else if (draw < 16 && keys.size() > 30) {
            sql.update("delete from erp." + pair.source() + " where " + pair.key() + " = ?", one(keys, random));
            count("rows deleted");
        } else if (draw < 28 && draw > 21 && pair.leaving() != null) {
            move(one(keys, random));
        } else if (draw < 22) {
            // as long as a batch job of an ERP has a row open
            Map<Column, String> values = drawn(pair.writable(Owner.BITABLE), random, 1);
            done("slow transactions", update(one(keys, random), values, 0.2 + random.nextDouble()));
        } else {
            Map<Column, String> values = drawn(pair.writable(null), random, 1 + random.nextInt(2));
            done("rows edited", update(one(keys, random), values, 0));
        }
    }

    /** A row leaves the pair, or comes back. */
    private void move(String key) {
        sql.update(
                "update erp." + pair.source() + " set " + pair.leaving() + " = " + pair.leaving()
                        + " is not true where " + pair.key() + " = ?",
                key);
        count("rows that left or came back");
    }

    private void insert(String key, Random random) {
        Map<Column, String> values = new LinkedHashMap<>();
        for (Column column : pair.writable(Owner.BITABLE)) {
            boolean required = pair == ChaosPair.ORDERS && !column.name().equals("note");
            if (required || random.nextInt(3) > 0) {
                String value = fresh(column, random);
                if (value != null) {
                    values.put(column, value);
                }
            }
        }
        String columns =
                values.keySet().stream().map(column -> ", " + column.name()).collect(Collectors.joining());
        String marks = values.keySet().stream()
                .map(column -> ", ?::" + column.kind().type())
                .collect(Collectors.joining());
        List<Object> arguments = new ArrayList<>(List.of(key));
        values.forEach((column, value) -> arguments.add(column.kind().sql(value)));
        String insert = "insert into erp." + pair.source() + " (" + pair.key() + columns + ") values (?" + marks + ")";
        done("rows inserted", allowed(() -> sql.update(insert, arguments.toArray())));
    }

    /** Whether the ERP took it: the row that is named may be gone by then. */
    private static boolean allowed(Runnable write) {
        try {
            write.run();
            return true;
        } catch (DataIntegrityViolationException refused) {
            return false;
        }
    }

    private boolean update(String key, Map<Column, String> values, double seconds) {
        String sets = values.keySet().stream()
                .map(column -> column.name() + " = ?::" + column.kind().type())
                .collect(Collectors.joining(", "));
        List<Object> arguments = new ArrayList<>();
        values.forEach((column, value) ->
                arguments.add(value == null ? null : column.kind().sql(value)));
        arguments.add(key);
        String update = "update erp." + pair.source() + " set " + sets + " where " + pair.key() + " = ?";
        if (seconds == 0) {
            return allowed(() -> sql.update(update, arguments.toArray()));
        }
        arguments.add(seconds);
        return allowed(() -> sql.query(
                "with changed as (" + update + " returning 1) select pg_sleep(?) from changed",
                row -> {},
                arguments.toArray()));
    }

    // ---- in Bitable

    private void inBitable(Random random) {
        Content now = table.read();
        List<Entry> linked = now.records().stream()
                .filter(record -> record.key(pair) != null)
                .sorted(Comparator.comparing(record -> record.key(pair)))
                .toList();
        if (linked.isEmpty()) {
            return;
        }
        Entry record = one(linked, random);
        int draw = random.nextInt(100);
        if (draw < 5) {
            done("records deleted", table.delete(record.id()));
        } else if (draw < 8) {
            done("records copied", table.copy(record.id()));
        } else if (draw < 10) {
            String key = draw == 8 ? "unknown-" + numbers.incrementAndGet() : null;
            Map<Column, String> values = new LinkedHashMap<>(drawn(pair.writable(Owner.SQL), random, 2));
            if (key != null) {
                values.put(pair.columns().get(0), key);
            }
            done("strange records added", table.insert(table.cells(now, values)));
        } else if (draw < 13) {
            done(
                    "Sync IDs spoilt",
                    table.edit(
                            record.id(),
                            table.syncId(
                                    now,
                                    draw == 10
                                            ? "mine"
                                            : draw == 11 ? null : linked.get(0).syncId())));
        } else if (draw < 14) {
            Column column = one(pair.writable(null), random);
            done("fields renamed", table.rename(column.field(), column.field() + " " + numbers.incrementAndGet()));
        } else if (draw < 16) {
            done(
                    "keys spoilt",
                    table.edit(
                            record.id(),
                            table.cells(
                                    now,
                                    Collections.singletonMap(
                                            pair.columns().get(0),
                                            draw == 14 ? null : "spoilt-" + numbers.incrementAndGet()))));
        } else if (draw < 18 && pair == ChaosPair.ORDERS) {
            Column status = pair.columns().get(3);
            done(
                    "statuses spoilt",
                    table.edit(
                            record.id(),
                            table.cells(now, Collections.singletonMap(status, draw == 16 ? null : "WHATEVER"))));
        } else if (draw < 18 && pair.leaving() != null) {
            Column leaving = pair.column(pair.leaving());
            done("records that left", table.edit(record.id(), table.cells(now, Map.of(leaving, "true"))));
        } else {
            done(
                    "records edited",
                    table.edit(
                            record.id(), table.cells(now, drawn(pair.writable(null), random, 1 + random.nextInt(2)))));
        }
    }

    private void done(String doing, boolean was) {
        count(was ? doing : doing + ", refused");
    }

    // ---- by chance

    private Map<Column, String> drawn(List<Column> columns, Random random, int count) {
        Map<Column, String> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Column column = columns.get(random.nextInt(columns.size()));
            boolean empty = random.nextInt(8) == 0 && mayBeEmpty(column);
            values.put(column, empty ? null : fresh(column, random));
        }
        return values;
    }

    private String fresh(Column column, Random random) {
        if (column.kind() == ChaosKind.ROW) {
            return one(sql.queryForList("select id from erp.items order by id", String.class), random);
        }
        return column.kind().fresh(random, numbers.incrementAndGet());
    }

    private boolean mayBeEmpty(Column column) {
        return pair != ChaosPair.ORDERS || column.name().equals("note");
    }

    private static <T> T one(List<T> all, Random random) {
        return all.get(random.nextInt(random.nextBoolean() ? Math.min(FAVOURITES, all.size()) : all.size()));
    }
}
