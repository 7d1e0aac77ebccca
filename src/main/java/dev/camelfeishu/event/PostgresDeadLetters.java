package dev.camelfeishu.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Dead letters in {@code feishu.dead_letter}. Each call is a transaction of its own. */
public final class PostgresDeadLetters implements DeadLetters {

    private static final int MAX_PAGE = 500;

    private static final String SELECT = """
            select l.id, l.flow, l.event_id, l.cause, l.code, l.log_id, l.attempts, l.created_at, l.state, l.reference,
                   l.discard_reason, coalesce(l.payload, e.payload)::text
            from feishu.dead_letter l
            left join feishu.delivery d on d.id = l.delivery_id
            left join feishu.event e on e.id = d.event_id""";

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
    public Page list(State state, int page, int size) {
        if (page < 0 || size < 1 || size > MAX_PAGE) {
            throw new IllegalArgumentException("page begins at 0, size is 1 to " + MAX_PAGE);
        }
        return database.unchecked(connection -> {
            String where = " where (?::text is null or l.state = ?)";
            String name = state == null ? null : state.name();
            try (PreparedStatement items =
                            connection.prepareStatement(SELECT + where + " order by l.id desc limit ? offset ?");
                    PreparedStatement total =
                            connection.prepareStatement("select count(*) from feishu.dead_letter l" + where)) {
                items.setString(1, name);
                items.setString(2, name);
                items.setInt(3, size);
                items.setLong(4, (long) page * size);
                total.setString(1, name);
                total.setString(2, name);
                try (ResultSet count = total.executeQuery()) {
                    count.next();
                    return new Page(letters(items), count.getLong(1));
                }
            }
        });
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
    public void replay(long id) {
        database.unchecked(connection -> {
            Long delivery = locked(connection, id);
            if (delivery == null) {
                throw new IllegalStateException("Dead letter " + id
                        + " comes from a scheduled flow: its schedule repeats the work by itself and resolves this when it"
                        + " succeeds");
            }
            if (update(connection, """
                            update feishu.delivery d
                            set state = 'OPEN', attempts = 0, replay = d.replay + 1, due_at = clock_timestamp(),
                                finished_at = null
                            from feishu.event e
                            where d.id = ? and d.state = 'DEAD' and e.id = d.event_id and e.payload is not null""", delivery) == 0) {
                throw new IllegalStateException(
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
                    throw new IllegalArgumentException("There is no dead letter " + id);
                }
                State state = State.valueOf(row.getString(1));
                if (state != State.NEW) {
                    throw new IllegalStateException("Dead letter " + id + " is " + state + ", no longer NEW");
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
