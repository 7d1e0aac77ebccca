package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.Priority;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps one SQL table and one Bitable table equal. {@link #poll}, {@link #hint} and {@link #probe} only mark what may have
 * changed; {@link #claim} and {@link #merge} compare both sides of what is marked with what they last agreed on, and write.
 * Since a decision depends on values alone, marking too much costs a read and never a wrong write.
 *
 * <p>Nothing remote happens in the constructor. Every method may be called from any thread and on any node; a lease lets one
 * worker of the pair merge at a time.
 *
 * <p>Methods that reach Feishu or a database throw {@link FeishuException} and Spring's {@code DataAccessException};
 * {@link IllegalStateException} names what a person has to mend. All of them may simply be called again.
 */
public final class PairSync {

    private static final Logger LOG = LoggerFactory.getLogger(PairSync.class);

    /** The slowest probe is this many times slower than the declared period. */
    private static final int SLOWEST = 8;
    /** The same where the calls of a month are counted: what an event tells is seen at once in any case. */
    private static final int SLOWEST_COUNTED = 32;
    /** A write of unknown outcome may show up for that long. */
    private static final Duration DOUBT = Duration.ofMinutes(10);

    /** Percent of the month's calls from which on comparisons on schedule become rare, and from which on people's edits alone count. */
    private static final int RARE_COMPARISONS = 80;

    private static final int ONLY_HINTS = 95;
    private static final Duration RARELY = Duration.ofDays(7);

    /** Calls' worth of marks that one cycle works on: while one call is under way the next is made ready. */
    private static final int BATCHES = 4;

    /** No setting of the application's mapper changes what is stored. */
    private static final ObjectMapper PREVIEWS = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    private final PairDeclaration declaration;
    private final SyncStore store;
    private final PairLists lists;
    private final PairReports reports;
    private final BitableTable table;
    private final DataSource erp;
    private final SqlTable sql;
    private final SqlLook sqlLook;
    private final PairSchema schema;
    private final BitableLook look;
    private final Echoes echoes;
    private final BatchSize size;
    private final Quota quota;
    private final ObjectMapper mapper;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Duration probePeriod;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong divergentRows = new AtomicLong();
    private final AtomicLong parkedRows = new AtomicLong();

    private volatile boolean subscribed;

    private volatile String subscriptionProblem;
    private volatile Instant probeAt = Instant.MIN;
    private volatile Instant pollAt = Instant.MIN;
    private volatile Instant verifyAt = Instant.MIN;
    private volatile int idle;
    /** Whether what others wrote before the last probe may have been replaced by own writes that could not be looked at yet. */
    private volatile boolean lookBackDue;

    /**
     * @param jdbc on the DataSource that holds schema {@code feishu}
     * @param transactions on the same DataSource
     * @param erp the SQL side
     * @param probePeriod how often {@link #probe} looks while something happens
     */
    public PairSync(
            PairDeclaration declaration,
            FeishuClient client,
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            DataSource erp,
            ObjectMapper mapper,
            MeterRegistry meters,
            Clock clock,
            Duration probePeriod) {
        this(
                declaration,
                client,
                jdbc,
                transactions,
                erp,
                mapper,
                meters,
                clock,
                probePeriod,
                Quota.UNKNOWN,
                ReportKeys.NONE);
    }

    /**
     * @param quota above 80 percent of it comparisons on schedule become rare, above 95 only people's edits are worked on
     * @param keys that reports are signed with
     */
    public PairSync(
            PairDeclaration declaration,
            FeishuClient client,
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            DataSource erp,
            ObjectMapper mapper,
            MeterRegistry meters,
            Clock clock,
            Duration probePeriod,
            Quota quota,
            ReportKeys keys) {
        this.quota = quota;
        this.declaration = declaration;
        this.store = new SyncStore(declaration.name(), jdbc, transactions, mapper);
        this.lists = new PairLists(declaration.name(), jdbc, mapper);
        this.reports = new PairReports(declaration.name(), store, jdbc, mapper, keys);
        this.erp = erp;
        var base = new BitableTable(client, mapper, declaration.bitable().app());
        var needsTimes =
                declaration.columns().stream().anyMatch(column -> column.winner() == ColumnMapping.Winner.NEWEST);
        this.table = needsTimes ? base.withTimes() : base;
        this.sql = new SqlTable(
                erp, declaration.sql(), declaration.columns(), directories(declaration, client, store, erp, clock));
        this.sqlLook = new SqlLook(declaration, store, sql, erp, clock, () -> wake(1));
        this.schema = new PairSchema(declaration, table, store, clock);
        this.look = new BitableLook(declaration, store, table, mapper, meters, clock);
        this.echoes = new Echoes(declaration, store, table, mapper, clock);
        this.size = new BatchSize(declaration.pace().batch());
        this.mapper = mapper;
        this.meters = meters;
        this.clock = clock;
        var schedule = declaration.schedule();
        this.probePeriod = schedule.probe() == null ? probePeriod : schedule.probe();
        Gauge.builder("feishu.sync.divergent.rows", divergentRows, AtomicLong::get)
                .description("Rows that the last verification found different")
                .tag("pair", declaration.name())
                .register(meters);
        Gauge.builder("feishu.sync.parked.rows", parkedRows, AtomicLong::get)
                .description("Rows and records left alone until their reason goes away")
                .tag("pair", declaration.name())
                .register(meters);
    }

    private static Map<String, Directory> directories(
            PairDeclaration declaration, FeishuClient client, SyncStore store, DataSource erp, Clock clock) {
        var directories = new HashMap<String, Directory>();
        Ticker ticker = () -> TimeUnit.MILLISECONDS.toNanos(clock.millis());
        for (var column : declaration.columns()) {
            var type = column.type() instanceof FieldType.Computed computed ? computed.result() : column.type();
            if (type instanceof FieldType.Link link) {
                directories.put(column.name(), new LinkedRows(store, link.pair()));
            } else if (type instanceof FieldType.Person person) {
                if (person.identity() instanceof FieldType.Person.Employee table) {
                    directories.put(column.name(), new EmployeeTable(erp, table));
                } else if (!(person.identity() instanceof FieldType.Person.OpenId)) {
                    var byMail = person.identity() instanceof FieldType.Person.Mail;
                    directories.put(column.name(), new ContactDirectory(client, ticker, byMail));
                }
            }
        }
        return directories;
    }

    public String name() {
        return declaration.name();
    }

    public String appToken() {
        return declaration.bitable().app();
    }

    /** The Bitable table; empty until the first link is done. */
    public Optional<String> tableId() {
        return Optional.ofNullable(schema.known()).map(PairSchema.Snapshot::tableId);
    }

    /** Why the pair cannot run, naming the missing variable; empty when it can. */
    public Optional<String> unavailable() {
        return declaration.unavailable();
    }

    /** What a person should mend although the pair runs: a lost field, a refused subscription. One sentence each. */
    public List<String> problems() {
        var problems = new ArrayList<String>();
        declaration.unavailable().ifPresent(problems::add);
        if (subscriptionProblem != null) {
            problems.add(subscriptionProblem);
        }
        echoes.problem().ifPresent(problems::add);
        sqlLook.problem().ifPresent(problems::add);
        var known = schema.known();
        if (known != null) {
            problems.addAll(known.problems());
        }
        return problems;
    }

    /** Called after something was marked, on the thread that marked it; must return quickly. */
    public void onDirty(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Subscribes the Base and does the first link: finds or makes the table and its fields. Called by every other method
     * that needs it; does nothing more once it has worked. A refused subscription stops nothing, since the probe sees changes
     * too; it is tried again each time and listed in {@link #problems}.
     *
     * @throws IllegalStateException naming the missing variable, table or field
     */
    public void prepare() {
        ready();
    }

    private void available() {
        declaration.unavailable().ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
    }

    /** The same as {@link #ready}, but reads the fields only if they are not known: what marks needs no fresh ones. */
    private void prepared() {
        if (!subscribed) {
            subscribe();
        }
        if (schema.known() == null) {
            schema.current();
        }
    }

    private PairSchema.Snapshot ready() {
        available();
        if (!subscribed) {
            subscribe();
        }
        return schema.current();
    }

    private synchronized void subscribe() {
        if (subscribed) {
            return;
        }
        try {
            table.subscribe();
            subscribed = true;
            subscriptionProblem = null;
        } catch (FeishuException refused) {
            var problem =
                    "the Base could not be subscribed, changes are seen by the probe only: " + refused.getMessage();
            if (!problem.equals(subscriptionProblem)) {
                LOG.warn("Pair {}: {}", name(), Cycle.printable(problem));
            }
            subscriptionProblem = problem;
        }
    }

    // ---- the first link

    /**
     * Finds out what a first link would do, or what is left of it to do, and keeps the answer. Writes nothing on either side.
     */
    public Preview dryRun() {
        available();
        store.pair();
        var preview = new DryRun(declaration, schema.plan(), table, sql, store, quota, clock).run();
        store.savePreview(json(preview));
        return preview;
    }

    /** Lets the first link begin that waits for a person; does nothing for one that does not wait. */
    public void start() {
        store.pair();
        store.approve(clock.instant());
    }

    /** Before the first row is looked at, what is about to happen is found out and said; a person may have to agree to it. */
    private synchronized boolean begun() {
        var pair = store.pair();
        if (pair.cursor() != null) {
            return true;
        }
        if (store.preview() == null) {
            var preview = dryRun();
            LOG.info("Pair {}: the first link {}", name(), preview);
            preview.samples()
                    .forEach(sample -> LOG.info(
                            "Pair {}: {} {} of {} would give way on side {}",
                            name(),
                            sample.column(),
                            Cycle.printable(sample.key()),
                            Cycle.printable(String.valueOf(sample.losing())),
                            sample.side()));
        }
        return !waits();
    }

    private boolean waits() {
        return declaration.pace().manual() && !store.isApproved();
    }

    private FirstLink firstLink() {
        var pair = store.pair();
        var waits = pair.cursor() == null && waits();
        var json = store.preview();
        var preview = json == null ? null : read(json);
        return new FirstLink(
                waits
                        ? FirstLink.State.WAITING
                        : pair.cursor() == null || store.isFilling() ? FirstLink.State.RUNNING : FirstLink.State.DONE,
                preview == null ? null : preview.rows(),
                store.linkedRows(),
                preview);
    }

    private String json(Preview preview) {
        try {
            return PREVIEWS.writeValueAsString(preview);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Preview read(String json) {
        try {
            return PREVIEWS.readValue(json, Preview.class);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    // ---- seeing changes

    /**
     * Looks at the SQL side: rows changed since the last look, or what triggers have noted of them; and now and then the keys.
     * Rows that hold what the last cycle left there are not marked, so that its own writes and the overlap cost no call.
     *
     * @return how many rows were marked
     */
    public int poll() {
        available();
        if (!begun() || thrifty()) {
            return 0;
        }
        prepared();
        var marked = sqlLook.marked();
        store.forgetDoubts(clock.instant().minus(DOUBT));
        store.forgetTurns(clock.instant().minus(SyncStore.TURNS_WITHIN));
        return wake(marked + store.markArrived(clock.instant()));
    }

    /**
     * Listens for what the triggers note, on a connection of its own, and polls when there is something. Does nothing for a pair
     * without triggers. The caller goes on to poll now and then: what was noted while nobody listened is found so.
     */
    public AutoCloseable listen() {
        if (declaration.sql().capture() != PairDeclaration.Capture.TRIGGER) {
            return () -> {};
        }
        var listener = new CaptureListener(erp, name(), ChangeCapture.channel(name()), this::poll);
        listener.start();
        return listener;
    }

    /**
     * The SQL that a DBA runs for {@code capture: trigger}, with the product's user in the ERP's database.
     *
     * @throws IllegalStateException when that is not PostgreSQL
     */
    public String captureSql() {
        return declaration.captureSql(new ChangeCapture(erp, name(), declaration.sql()).user());
    }

    /**
     * Takes a {@code drive.file.bitable_record_changed_v1}.
     *
     * @param event its member {@code event}
     * @return how many records were marked; 0 for another Base or table, and for what only shows again what is known
     */
    public int hint(JsonNode event) {
        var known = schema.known();
        // after a restart the fields are not known yet, the table is: then every record is marked
        var tableId = known != null ? known.tableId() : store.pair().tableId();
        if (!event.path("file_token").asText().equals(appToken())
                || !event.path("table_id").asText().equals(tableId)) {
            return 0;
        }
        var actions = event.path("action_list");
        var links = new HashMap<String, Link>();
        var recordIds = new HashSet<String>();
        for (var action : actions) {
            if (Echoes.recordId(action) != null) {
                recordIds.add(Echoes.recordId(action));
            } else if (action.hasNonNull("field_id")) {
                schema.invalidate();
            }
        }
        store.linksByRecords(recordIds).forEach(link -> links.put(link.recordId(), link));
        var unseen = known == null ? Set.<String>of() : echoes.replacedUnseen(event, links, known);
        var changed = new LinkedHashSet<String>();
        for (var action : actions) {
            var recordId = Echoes.recordId(action);
            if (recordId != null && (unseen.contains(recordId) || !echoes.isEcho(action, links.get(recordId), known))) {
                changed.add(recordId);
            }
        }
        quicken();
        return wake(
                store.mark(Batch.Side.BITABLE, Batch.Urgency.HINT, changed, clock.instant(), declaration.debounce()));
    }

    /**
     * Does what the schedule of the declaration says is due: looks at the SQL side, at the Bitable side, compares everything.
     * A comparison is made by one node only.
     *
     * @param missed as in {@link #probe}
     */
    public void tend(Consumer<ObjectNode> missed) {
        var schedule = declaration.schedule();
        var now = clock.instant();
        if (declaration.missingVariable() != null) {
            return;
        }
        if (schedule.period() != null && !now.isBefore(pollAt)) {
            pollAt = now.plus(schedule.period());
            poll();
        }
        if (schedule.probe() != null) {
            probe(missed);
        }
        if (schedule.verify() != null && !now.isBefore(verifyAt)) {
            var due = schedule.verify().next(store.lastVerify().orElse(now));
            if (now.isBefore(due)) {
                verifyAt = due;
            } else if (store.takeVerify(due, now)) {
                verify();
            }
        }
    }

    /** When {@link #probe} looks next. */
    public Instant nextProbe() {
        return probeAt;
    }

    /**
     * Looks at the Bitable side when it is time to: reads the table's revision, and all records when it has moved. While
     * nothing moves, the looks become up to eight times rarer.
     *
     * @param missed takes what no event has told, as members {@code event} of a drive.file.bitable_record_changed_v1, with
     *     {@code action_list} of at most 100 records without values; when it throws, the next probe finds the same
     * @return how many records were marked
     */
    public int probe(Consumer<ObjectNode> missed) {
        var now = clock.instant();
        available();
        if (now.isBefore(probeAt) || !begun() || thrifty()) {
            return 0;
        }
        prepared();
        var pair = store.pair();
        if (pair.revision() != null && store.isFilling()) {
            // every write of a first link moves the revision: look once it is done
            probeAt = now.plus(probePeriod);
            return 0;
        }
        var revision = table.tables().stream()
                .filter(info -> info.id().equals(pair.tableId()))
                .mapToLong(BitableTable.TableInfo::revision)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Pair " + name() + ": the table " + pair.tableId()
                        + " is gone from the Base. Restore it in Bitable, then the pair goes on."));
        // each of our own writes has moved it by one at least: when it has moved by no more, nobody else has written
        if (pair.revision() != null && revision - pair.revision() == pair.ownWrites()) {
            store.saveRevision(revision, pair.ownWrites());
            idle = Math.min(idle + 1, 30);
            probeAt = now.plus(probePeriod.multipliedBy(
                    Math.min(quota.limit() == 0 ? SLOWEST : SLOWEST_COUNTED, 1L << Math.min(idle, 10))));
            return lookBackDue ? lookBack(pair.tableId()) : 0;
        }
        lookBack(pair.tableId());
        var before = schema.known();
        var fields = schema.refresh();
        var untold = new BitableLook.Untold(revision, missed);
        var marked = -1;
        if (pair.revision() == null) {
            marked = look.first(fields, sql);
        } else if (pair.newest() != null && fields.modified() != null && fields.equals(before)) {
            marked = look.recent(fields, pair.newest(), untold);
        }
        if (marked < 0) {
            marked = look.all(fields, untold);
        }
        if (!fields.equals(before)) {
            // a field or an option a row was waiting for may be there now
            marked += store.mark(Batch.Side.BITABLE, store.parkedLinks(), now, Duration.ZERO);
        }
        // the revision read before the records: what changed meanwhile is looked at again
        store.saveRevision(revision, pair.ownWrites());
        idle = 0;
        probeAt = now.plus(probePeriod);
        return wake(marked);
    }

    /** Others have written: looks at what own writes replaced whose echo never came. Answers how many records were marked. */
    private int lookBack(String tableId) {
        var early = echoes.expected();
        var unseen = echoes.lookBack(tableId, schema.known());
        lookBackDue = early || unseen.isEmpty();
        return wake(store.mark(Batch.Side.BITABLE, unseen.orElse(Set.of()), clock.instant(), Duration.ZERO));
    }

    /** The month's calls are nearly used up: what is left is for people's edits. */
    private boolean thrifty() {
        return quota.percent() >= ONLY_HINTS;
    }

    private void quicken() {
        idle = 0;
        var soon = clock.instant().plus(probePeriod);
        if (probeAt.isAfter(soon)) {
            probeAt = soon;
        }
    }

    private int wake(int marked) {
        if (marked > 0) {
            quicken();
            listeners.forEach(Runnable::run);
        }
        return marked;
    }

    // ---- making both sides equal

    /**
     * Takes the lease of the pair and marks that are due, as many as go into a few calls. A batch must be given to {@link #merge} within
     * 30 seconds; after that another worker may take it.
     *
     * @return empty when nothing is due, or another worker merges
     */
    public Optional<Batch> claim() {
        return claim(BATCHES * size.now());
    }

    /** The same, of at most so many marks. */
    public Optional<Batch> claim(int max) {
        if (declaration.missingVariable() != null || store.pair().cursor() == null && waits()) {
            return Optional.empty();
        }
        return store.claim(
                clock.instant(),
                Batch.Urgency.BACKFILL,
                Math.max(1, Math.min(max, BATCHES * BitableTable.MOST_WRITTEN)));
    }

    /**
     * Makes both sides of the batch equal. What can be tried again later is, by itself, with back-off, and is told in the
     * answer; a row that is refused is parked and the others go on. Behind a back-fill that only makes records, further rows of
     * it are worked on under the same lease, until something more urgent is due or 15 seconds have passed.
     *
     * @throws dev.camelfeishu.openapi.FeishuRejectedException when Feishu refuses the whole pair, a missing right for one;
     *     the marks stay
     * @throws LeaseLostException when the cycle took too long and another worker has the pair
     */
    public Merged merge(Batch batch, RowTransform transform) {
        ready();
        var merged = new MergeCycle(
                        part -> new Cycle(
                                declaration, schema, table, sql, store, mapper, meters, clock, size, echoes, part),
                        batch,
                        transform)
                .run();
        if (merged.created() + merged.updated() + merged.deleted() > 0) {
            quicken();
        }
        return merged;
    }

    /** Claims and merges until nothing is due; answers how many batches that were. */
    public int drain(RowTransform transform) {
        var batches = 0;
        for (var batch = claim(); batch.isPresent(); batch = claim()) {
            merge(batch.get(), transform);
            batches++;
        }
        return batches;
    }

    // ---- what a person asks

    /** The deletions that wait may happen. Answers the keys. */
    public List<String> approveDeletes() {
        var keys = store.decideDeletes(Link.APPROVED, null);
        wake(store.mark(Batch.Side.SQL, keys, clock.instant(), Duration.ZERO));
        return keys;
    }

    /** The records of the deletions that wait stay, and are listed as parked until their orders come back. Answers the keys. */
    public List<String> refuseDeletes() {
        var keys = store.decideDeletes(
                Link.REFUSED, "gone from " + declaration.sql().source() + "; a person decided that its record stays");
        // a row whose record is missing gets a new one
        wake(store.mark(Batch.Side.SQL, keys, clock.instant(), Duration.ZERO));
        return keys;
    }

    /** The deletions that wait for a person, in the order of their keys. */
    public Listed<WaitingDelete> waitingDeletes(int page, int size) {
        return lists.waitingDeletes(page, size);
    }

    /** What is left alone, and why. */
    public Listed<ParkedRow> parked(int page, int size) {
        return lists.parked(page, size);
    }

    /** The conflicts that wait for a person, in the order of their keys. */
    public Listed<Undecided> undecided(int page, int size) {
        return lists.undecided(page, size);
    }

    /**
     * Decides a conflict. The next cycle carries it out, if both sides still hold what was shown; otherwise the conflict is
     * shown again, with another id.
     *
     * @param take {@code sql}, {@code bitable} or {@code value}
     * @param value with {@code value}: what both sides get, in canonical form, null for empty
     * @param by who decides
     * @return the conflict; empty when there is none of that id, or its values have changed since it was read
     * @throws DecisionRefusedException when the field cannot hold the value
     */
    public Optional<Undecided> decide(long id, String take, String value, String by) {
        var choice = Arrays.stream(Hold.Take.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(take))
                .findFirst()
                .orElseThrow(() -> new DecisionRefusedException("take is sql, bitable or value"));
        var conflict = lists.undecided(id);
        conflict.ifPresent(found -> require(found.field(), choice, value));
        var key = conflict.flatMap(found -> store.decide(id, choice, value, by, clock.instant()));
        key.ifPresent(row -> {
            meters.counter("feishu.sync.conflicts.decided", "pair", name(), "take", take)
                    .increment();
            wake(store.mark(Batch.Side.SQL, List.of(row), clock.instant(), Duration.ZERO));
        });
        return key.flatMap(row -> lists.undecided(id));
    }

    private void require(String field, Hold.Take take, String value) {
        if (take != Hold.Take.VALUE) {
            if (value != null) {
                throw new DecisionRefusedException("a value goes with take value only");
            }
            return;
        }
        var column = declaration.columns().stream()
                .filter(candidate -> candidate.name().equals(field))
                .findFirst()
                .orElseThrow(() -> new DecisionRefusedException(field + " is not declared any more"));
        if (value == null && column.required()) {
            throw new DecisionRefusedException(field + " must have a value");
        }
        var lens = column.lens();
        boolean held;
        try {
            var shown = lens.fromBitable(lens.toBitable(value));
            var stored = lens.fromSql(lens.toJava(value));
            held = shown.valid() && stored.valid() && Objects.equals(shown.value(), value);
        } catch (RuntimeException notCanonical) {
            held = false;
        }
        if (!held) {
            throw new DecisionRefusedException(
                    field + " cannot hold this value, or it is not in the form in which conflicts are listed");
        }
    }

    /**
     * Gives what is parked another try.
     *
     * @param key of one row, or null
     * @param recordId of one record, or null; with both null all that is parked
     * @return how many rows and records were marked; 0 when nothing of that name is parked
     */
    public int retryParked(String key, String recordId) {
        var now = clock.instant();
        var keys = new LinkedHashSet<>(lists.parkedKeys(key, recordId));
        keys.addAll(store.releasePingPong(key, recordId));
        return wake(store.mark(Batch.Side.SQL, keys, now, Duration.ZERO)
                + store.mark(Batch.Side.BITABLE, lists.parkedRecords(key, recordId), now, Duration.ZERO));
    }

    /**
     * The journal, the latest entry first.
     *
     * @param key of one row, or null for all
     */
    public Listed<Overwritten> overwritten(String key, int page, int size) {
        return lists.overwritten(key, page, size);
    }

    /**
     * Brings an overwritten value back to the side that lost it; the next cycle carries it over. The value that goes for it is
     * noted in the journal, so that this too can be undone.
     *
     * @param id of the entry of the journal
     * @return the entry; empty when there is none of that id
     * @throws UndoRefusedException when that side holds another value by now, or the sync would take it away again
     */
    public Optional<Overwritten> undo(long id) {
        var entry = lists.overwritten(id);
        entry.ifPresent(overwritten -> {
            ready();
            var undo = new Undo(declaration, store, sql, table, mapper, clock);
            var mark = undo.bringBack(overwritten, schema.refresh());
            wake(store.mark(mark.side(), List.of(mark.identity()), clock.instant(), Duration.ZERO));
        });
        return entry;
    }

    /**
     * The comparison on schedule. While the month's calls are more than 80 percent used it is made once a week only, and not at
     * all above 95.
     *
     * @return empty when this one is left out
     */
    public Optional<VerifyReport> verifyOnSchedule() {
        var last = status().lastVerify();
        var percent = quota.percent();
        var rare =
                percent >= RARE_COMPARISONS && last != null && clock.instant().isBefore(last.plus(RARELY));
        if (percent >= ONLY_HINTS || rare) {
            LOG.info("Pair {}: not compared, {} percent of the month's calls are used.", name(), percent);
            return Optional.empty();
        }
        return Optional.of(verify(Priority.BULK));
    }

    /** Compares both sides in full, keeps the report, marks what differs, and gives parked rows another try. */
    public VerifyReport verify() {
        return verify(Priority.NORMAL);
    }

    private VerifyReport verify(Priority priority) {
        var started = clock.instant();
        ready();
        var fields = schema.refresh();
        var comparison = new FullComparison(declaration, fields, table, sql, store, look, mapper, clock.instant());
        comparison.run(priority);
        meters.counter("feishu.sync.missed.hints", "pair", name()).increment(comparison.missed());
        var finished = clock.instant();
        var parked = store.parkedKeys().size() + store.parkedRecords();
        // times are written here, so that no setting of the mapper changes the text
        var whole = mapper.createObjectNode()
                .put("pair", name())
                .put("app_token", appToken())
                .put("table_id", fields.tableId())
                .put("started_at", started.toString())
                .put("finished_at", finished.toString())
                .put("rows", comparison.rows())
                .put("records", comparison.records())
                .put("equal", comparison.equal())
                .put("divergent", comparison.divergent())
                .put("missed", comparison.missed())
                .put("parked", parked)
                .put("held", comparison.held());
        comparison.describe(whole);
        var saved = reports.save(whole, finished);
        var report = new VerifyReport(
                name(),
                started,
                finished,
                comparison.rows(),
                comparison.records(),
                comparison.equal(),
                comparison.divergent(),
                comparison.missed(),
                parked,
                List.copyOf(comparison.keys()),
                saved.id(),
                saved.digest());
        store.saveVerify(report);
        divergentRows.set(report.divergent());
        parkedRows.set(report.parked());
        wake(comparison.marked());
        return report;
    }

    /** The reports of the full comparisons, the latest first; 400 are kept. */
    public Listed<StoredReport> reports(int page, int size) {
        return reports.list(page, size);
    }

    /**
     * A report as it was stored, and whether it still is: {@code {"id","digest","intact","chained","signed","key","signature",
     * "text","report":{…,"columns","sql_buckets","bitable_buckets","unequal_buckets","differing","previous"}}}. Digest and
     * signature are of the bytes of {@code text}, UTF-8.
     */
    public Optional<ObjectNode> report(long id) {
        return reports.find(id);
    }

    /** How the pair stands, with what a person should mend. Asks the database only. */
    public PairState state() {
        var status = status();
        var backlog = lists.backlog();
        var lag = backlog.oldest() == null ? Duration.ZERO : Duration.between(backlog.oldest(), clock.instant());
        return new PairState(
                name(),
                store.pair().tableId(),
                status,
                lists.undecided(),
                backlog.waiting(),
                Math.max(0, lag.toSeconds()),
                problems(),
                firstLink());
    }

    /** How the pair stands. Asks the database only. */
    public PairStatus status() {
        store.pair();
        var status = store.status();
        divergentRows.set(status.divergent());
        parkedRows.set(status.parked());
        return status;
    }
}
