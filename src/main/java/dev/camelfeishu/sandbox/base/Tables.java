package dev.camelfeishu.sandbox.base;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The tables by their current version. Readers take the version there is; a writer makes the next one alone, stores it with
 * its events in one transaction, and puts it in place when that has committed.
 */
final class Tables {
    private static final long PATIENCE_SECONDS = 30;

    private final BaseStore store;
    private final TransactionTemplate transactions;
    private final ChangeEvents events;
    private final RecordHistory history;
    private final BaseSettings settings;
    private final Clock clock;
    private final Map<String, Table> current = new ConcurrentHashMap<>();
    private final Map<String, Semaphore> locks = new ConcurrentHashMap<>();

    Tables(
            BaseStore store,
            TransactionTemplate transactions,
            ChangeEvents events,
            RecordHistory history,
            BaseSettings settings,
            Clock clock) {
        this.store = store;
        this.transactions = transactions;
        this.events = events;
        this.history = history;
        this.settings = settings;
        this.clock = clock;
    }

    Base base(String appToken) {
        return store.base(Id.APP.checked(appToken)).orElseThrow(Id.APP::notFound);
    }

    /** The current version of a table. */
    Table table(String appToken, String tableId) {
        Id.APP.checked(appToken);
        Id.TABLE.checked(tableId);
        Table table = load(tableId);
        if (table == null || !table.appToken().equals(appToken)) {
            base(appToken);
            throw Id.TABLE.notFound();
        }
        return table;
    }

    private Table load(String tableId) {
        return current.computeIfAbsent(tableId, id -> store.table(id).orElse(null));
    }

    /** Whether a table of the same base holds the record. */
    boolean holds(String appToken, String tableId, String recordId) {
        Table table = load(tableId);
        return table != null
                && table.appToken().equals(appToken)
                && table.row(recordId).isPresent();
    }

    List<TableLine> list(String appToken) {
        return store.tables(appToken);
    }

    /**
     * Writes a table.
     *
     * @param work edits the draft and answers the call's data
     * @throws Denied 1254291 when another writer holds the table and the author is not patient
     */
    <T> T write(String appToken, String tableId, Author author, Function<Draft, T> work) {
        table(appToken, tableId);
        return alone(tableId, author, () -> {
            Draft draft = new Draft(table(appToken, tableId), author.person(), clock.millis(), settings.recordLimit());
            T answer = transactions.execute(status -> {
                T result = work.apply(draft);
                if (draft.changed()) {
                    store.save(draft);
                    history.note(draft);
                    events.tell(draft);
                }
                return result;
            });
            if (draft.changed()) {
                current.put(tableId, draft.after());
            }
            return answer;
        });
    }

    void create(Table table) {
        transactions.executeWithoutResult(status -> {
            store.lock(table.appToken());
            requireFreeName(table.appToken(), table.id(), table.name());
            if (store.tables(table.appToken()).size() >= 100) {
                throw new Denied(1254100, "");
            }
            store.insert(table);
        });
    }

    void requireFreeName(String appToken, String tableId, String name) {
        if (store.tables(appToken).stream().anyMatch(t -> t.name().equals(name) && !t.id().equals(tableId))) {
            throw new Denied(1254013, "");
        }
    }

    void delete(String appToken, String tableId, Author author) {
        table(appToken, tableId);
        alone(tableId, author, () -> {
            Table table = table(appToken, tableId);
            transactions.executeWithoutResult(status -> {
                store.lock(appToken);
                if (store.tables(appToken).size() == 1) {
                    throw new Denied(1254034, "");
                }
                store.delete(table);
            });
            current.remove(tableId);
            return null;
        });
    }

    private <T> T alone(String tableId, Author author, Supplier<T> work) {
        Semaphore lock = locks.computeIfAbsent(tableId, id -> new Semaphore(1, true));
        if (!taken(lock, author)) {
            throw new Denied(1254291, "");
        }
        try {
            if (!author.hurried()) {
                LockSupport.parkNanos(settings.writeLatency().toNanos());
            }
            return work.get();
        } finally {
            lock.release();
        }
    }

    private static boolean taken(Semaphore lock, Author author) {
        if (!author.patient()) {
            return lock.tryAcquire();
        }
        try {
            return lock.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
