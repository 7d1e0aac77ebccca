package dev.camelfeishu.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;

/** Dead letters in {@code feishu.dead_letter}. Each call is a transaction of its own. */
public final class PostgresDeadLetters implements DeadLetters {

    private static final int MAX_PAGE = 500;

    private static final String SELECT = """
            select l.id, l.flow, l.event_id, l.cause, l.code, l.log_id, l.attempts, l.created_at, l.state, l.reference,
                   l.discard_reason, coalesce(l.payload::text, d.edited::text, e.payload)
            from feishu.dead_letter l
            left join feishu.delivery d on d.id = l.delivery_id
            left join feishu.event e on e.id = d.event_id""";

    /** Each parameter once; null matches all. */
    private static final String MATCHES = """
            (select coalesce(l.state = f.state, true) and coalesce(l.flow = f.flow, true)
                    and (f.code is null or l.code = f.code)
                    and (f.cause is null or position(lower(f.cause) in lower(l.cause)) > 0)
                    and coalesce(l.created_at >= f.since, true) and coalesce(l.created_at < f.until, true)
             from (values (?::text, ?::text, ?::integer, ?::text, ?::timestamptz, ?::timestamptz))
                  as f (state, flow, code, cause, since, until))""";

    private final Database database;
    private final StrictJson json = new StrictJson();

    public PostgresDeadLetters(DataSource dataSource) {
        this.database = new Database(dataSource);
    }

    /** In the transaction that ends the delivery. A replay that failed again is the same dead letter. */
    static void keep(Connection connection, Claimed claimed, Failure failure) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into feishu.dead_letter as l
                    (delivery_id, flow, event_id, cause, fingerprint, code, log_id, attempts, reference)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (delivery_id) do update
                set state = 'NEW', cause = excluded.cause, fingerprint = excluded.fingerprint, code = excluded.code,
                    log_id = excluded.log_id, attempts = l.attempts + excluded.attempts, told = false, updated_at = now()""")) {
            statement.setLong(1, claimed.id());
            statement.setString(2, claimed.delivery().subscription());
            statement.setString(3, claimed.delivery().event().eventId());
            statement.setString(4, failure.cause());
            statement.setString(5, failure.fingerprint());
            statement.setObject(6, failure.code(), Types.INTEGER);
            statement.setString(7, failure.logId());
            statement.setInt(8, claimed.delivery().attempt());
            statement.setString(9, Long.toString(claimed.id()));
            statement.executeUpdate();
        }
    }

    @Override
    public long add(String flow, String key, JsonNode payload, Throwable thrown) {
        Failure failure = Failure.of(thrown);
        return database.unchecked(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    insert into feishu.dead_letter as l
                        (flow, business_key, cause, fingerprint, code, log_id, attempts, payload)
                    values (?, ?, ?, ?, ?, ?, 1, ?::jsonb)
                    on conflict (flow, business_key, fingerprint) where state = 'NEW' and delivery_id is null do update
                    set attempts = l.attempts + 1, cause = excluded.cause, code = excluded.code, log_id = excluded.log_id,
                        payload = excluded.payload, updated_at = now()
                    returning id""")) {
                statement.setString(1, flow);
                statement.setString(2, key);
                statement.setString(3, failure.cause());
                statement.setString(4, failure.fingerprint());
                statement.setObject(5, failure.code(), Types.INTEGER);
                statement.setString(6, failure.logId());
                statement.setString(
                        7, payload == null ? null : StrictJson.storable(payload).toString());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
    }

    @Override
    public int resolve(String flow, String key) {
        return database.unchecked(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    update feishu.dead_letter set state = 'RESOLVED', updated_at = now()
                    where flow = ? and business_key is not distinct from ? and delivery_id is null and state = 'NEW'""")) {
                statement.setString(1, flow);
                statement.setString(2, key);
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public Page list(Filter filter, int page, int size) {
        if (page < 0 || size < 1 || size > MAX_PAGE) {
            throw new IllegalArgumentException("page begins at 0, size is 1 to " + MAX_PAGE);
        }
        return database.unchecked(connection -> {
            try (PreparedStatement items = connection.prepareStatement(
                    SELECT + " where " + MATCHES + " order by l.id desc limit ? offset ?")) {
                int next = bind(items, filter, 1);
                items.setInt(next, size);
                items.setLong(next + 1, (long) page * size);
                return new Page(letters(items), count(connection, filter));
            }
        });
    }

    private static long count(Connection connection, Filter filter) throws SQLException {
        try (PreparedStatement total =
                connection.prepareStatement("select count(*) from feishu.dead_letter l where " + MATCHES)) {
            bind(total, filter, 1);
            try (ResultSet count = total.executeQuery()) {
                count.next();
                return count.getLong(1);
            }
        }
    }

    /** Answers the index of the next parameter. */
    private static int bind(PreparedStatement statement, Filter filter, int first) throws SQLException {
        int next = first;
        for (Object value : new Object[] {
            filter.state() == null ? null : filter.state().name(),
            filter.flow(),
            filter.code(),
            filter.cause(),
            utc(filter.since()),
            utc(filter.until())
        }) {
            statement.setObject(next++, value);
        }
        return next;
    }

    private static OffsetDateTime utc(Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    @Override
    public Optional<DeadLetter> find(long id) {
        return database.unchecked(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(SELECT + " where l.id = ?")) {
                statement.setLong(1, id);
                return letters(statement).stream().findFirst();
            }
        });
    }

    @Override
    public List<DeadLetter> untold(int most) {
        return database.unchecked(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    SELECT + " where l.state = 'NEW' and not l.told order by l.id limit ?")) {
                statement.setInt(1, most);
                return letters(statement);
            }
        });
    }

    @Override
    public void told(long id) {
        database.unchecked(
                connection -> update(connection, "update feishu.dead_letter set told = true where id = ?", id));
    }

    @Override
    public void replay(long id, JsonNode edited) {
        database.unchecked(connection -> {
            Long delivery = locked(connection, id);
            if (delivery == null) {
                throw new UndecidableException("Dead letter " + id
                        + " comes from a scheduled flow: its schedule repeats the work by itself and resolves this when it"
                        + " succeeds");
            }
            if (edited != null) {
                checkShape(connection, delivery, edited);
            }
            if (update(
                            connection,
                            """
                            update feishu.delivery d
                            set state = 'OPEN', attempts = 0, replay = d.replay + 1, due_at = clock_timestamp(),
                                finished_at = null, edited = coalesce(?::jsonb, d.edited)
                            from feishu.event e
                            where d.id = ? and d.state = 'DEAD' and e.id = d.event_id and e.payload is not null""",
                            edited == null ? null : StrictJson.storable(edited).toString(),
                            delivery)
                    == 0) {
                throw new UndecidableException(
                        "Dead letter " + id + " cannot be replayed: its payload is no longer kept; discard it");
            }
            update(
                    connection,
                    "update feishu.dead_letter set state = 'REPLAYING', updated_at = now() where id = ?",
                    id);
            Wakeups.send(connection, "replay");
            return null;
        });
    }

    /** A route reads the members of the envelope: they must be where the original has them. */
    private static void checkShape(Connection connection, long delivery, JsonNode edited) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                select json_typeof(e.payload::json -> 'event') is not distinct from ?
                from feishu.delivery d join feishu.event e on e.id = d.event_id
                where d.id = ?""")) {
            JsonNode event = edited.get("event");
            statement.setString(
                    1, event == null ? null : event.getNodeType().name().toLowerCase(Locale.ROOT));
            statement.setLong(2, delivery);
            try (ResultSet row = statement.executeQuery()) {
                if (!edited.isObject() || !row.next() || !row.getBoolean(1)) {
                    throw new IllegalArgumentException(
                            "The edited payload must be a JSON object with the envelope of the original: edit what is in it");
                }
            }
        }
    }

    @Override
    public Replayed replay(Filter filter, int perSecond, int most) {
        if (perSecond < 1 || most < 1) {
            throw new IllegalArgumentException("the rate and the number of replays begin at 1");
        }
        Filter waiting =
                new Filter(State.NEW, filter.flow(), filter.code(), filter.cause(), filter.since(), filter.until());
        return database.unchecked(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    with chosen as materialized (
                        select l.id, d.id as delivery
                        from feishu.dead_letter l
                        join feishu.delivery d on d.id = l.delivery_id
                        join feishu.event e on e.id = d.event_id
                        where d.state = 'DEAD' and e.payload is not null and""" + " " + MATCHES + """

                        order by d.id
                        limit ?
                        for update of l, d skip locked)
                    , turn as (
                        select id, delivery, clock_timestamp()
                               + (row_number() over (order by delivery) - 1) * interval '1 second' / ? as at
                        from chosen)
                    , opened as (
                        update feishu.delivery d
                        set state = 'OPEN', attempts = 0, replay = d.replay + 1, due_at = t.at, finished_at = null
                        from turn t where d.id = t.delivery)
                    , replaying as (
                        update feishu.dead_letter l set state = 'REPLAYING', updated_at = now()
                        from turn t where l.id = t.id)
                    select count(*), max(at) from turn""")) {
                int next = bind(statement, waiting, 1);
                statement.setInt(next, most);
                statement.setInt(next + 1, perSecond);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    int replayed = row.getInt(1);
                    OffsetDateTime last = row.getObject(2, OffsetDateTime.class);
                    Wakeups.send(connection, "replay");
                    return new Replayed(replayed, count(connection, waiting), last == null ? null : last.toInstant());
                }
            }
        });
    }

    @Override
    public void discard(long id, String reason) {
        String kept = reason == null ? "" : reason.replace("\u0000", "");
        database.unchecked(connection -> {
            locked(connection, id);
            return update(connection, """
                    update feishu.dead_letter set state = 'DISCARDED', discard_reason = ?, updated_at = now()
                    where id = ?""", kept, id);
        });
    }

    /** Locks it for a decision; answers its delivery, null when it has none. */
    private static Long locked(Connection connection, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select state, delivery_id from feishu.dead_letter where id = ? for update")) {
            statement.setLong(1, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new UnknownDeadLetterException(id);
                }
                State state = State.valueOf(row.getString(1));
                if (state != State.NEW) {
                    throw new UndecidableException("Dead letter " + id + " is " + state + ", no longer NEW");
                }
                return row.getObject(2, Long.class);
            }
        }
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private List<DeadLetter> letters(PreparedStatement statement) throws SQLException {
        List<DeadLetter> letters = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                letters.add(new DeadLetter(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getObject(5, Integer.class),
                        row.getString(6),
                        row.getInt(7),
                        row.getObject(8, OffsetDateTime.class).toInstant(),
                        State.valueOf(row.getString(9)),
                        row.getString(10),
                        row.getString(11),
                        json.stored(row.getString(12))));
            }
        }
        return letters;
    }
}
