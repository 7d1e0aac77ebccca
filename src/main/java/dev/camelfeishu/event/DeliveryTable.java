package dev.camelfeishu.event;

import dev.camelfeishu.event.EventJournal.Delivery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The states of a delivery, one method per transition.
 *
 * <p>Invariant: of one subscription and key at most one delivery is leased, and it was the oldest open one when it was.
 * Claims of all processes take turns (an advisory lock held for the claim's transaction), so that none decides on a state
 * that another is just changing. Every later transition gives up the lease it was claimed under: who lost it changes nothing.
 */
final class DeliveryTable {

    private static final int WINDOW = 256;

    // Right after a burst the planner has no statistics and would sort all that waits to find the oldest few. Without
    // sorts
    // and bitmaps it walks the index of open deliveries and stops early: half a millisecond instead of the whole queue.
    private static final String TAKE_TURN = """
            select set_config('enable_sort', 'off', true),
                   set_config('enable_bitmapscan', 'off', true),
                   set_config('idle_in_transaction_session_timeout', '10s', true),
                   pg_advisory_xact_lock(1718380915, 0)""";

    // For the same reason: a hashed subplan for the few leases, correlated subqueries for the heads, ids as an array.
    private static final String WAITING = """
            d.due_at <= statement_timestamp()
              and (d.subscription, d.lane_key) not in (
                  select l.subscription, l.lane_key from feishu.lease l where l.until >= statement_timestamp())
            """;

    private static final String LEASE_HEADS = """
            , leased as (
                insert into feishu.lease as l (subscription, lane_key, delivery_id, node, owner, until)
                select subscription, lane_key, id, ?, ?, statement_timestamp() + ? * interval '1 millisecond' from head
                on conflict (subscription, lane_key) do update
                set delivery_id = excluded.delivery_id, node = excluded.node, owner = excluded.owner, until = excluded.until
                where l.until < statement_timestamp()
                returning l.delivery_id)
            , claimed as (
                update feishu.delivery d
                set attempts = d.attempts + 1
                from feishu.event e
                where d.id = any (array(select delivery_id from leased)) and e.id = d.event_id
                returning d.id, d.subscription, d.attempts, d.replay, e.app_id, e.tenant_key, e.event_id, e.type, e.lane_key,
                          e.created_at, coalesce(d.edited, e.payload)::text as payload, e.trace)
            select %s as seen, claimed.*
            from (values (1)) as always left join claimed on true""";

    /** Looks at the oldest that wait: quick while many keys have work. */
    private static final String CLAIM_OLDEST =
            """
            with seen as (
                select d.id, d.subscription, d.lane_key
                from feishu.delivery d
                where d.state = 'OPEN' and d.subscription = any (?) and\s""" + WAITING + """
                order by d.id
                limit %d)
            , head as (
                select s.*
                from seen s
                where s.id = (select min(o.id) from feishu.delivery o
                              where o.state = 'OPEN' and o.subscription = s.subscription and o.lane_key = s.lane_key)
                order by s.id
                limit ?)
            """.formatted(WINDOW) + LEASE_HEADS.formatted("(select count(*) from seen)");

    /** Hops from key to key along the index: quick while few keys hold much, as a failing one with a long queue behind it. */
    private static final String CLAIM_BY_KEY = """
            with recursive seen as (
                (select d.id, d.subscription, d.lane_key, d.due_at
                 from feishu.delivery d
                 where d.state = 'OPEN'
                 order by d.subscription, d.lane_key, d.id
                 limit 1)
                union all
                select n.id, n.subscription, n.lane_key, n.due_at
                from seen s, lateral (
                    select d.id, d.subscription, d.lane_key, d.due_at
                    from feishu.delivery d
                    where d.state = 'OPEN' and (d.subscription, d.lane_key) > (s.subscription, s.lane_key)
                    order by d.subscription, d.lane_key, d.id
                    limit 1) n)
            , head as (
                select d.id, d.subscription, d.lane_key
                from seen d
                where d.subscription = any (?) and\s""" + WAITING + """
                limit ?)
            """ + LEASE_HEADS.formatted("0");

    private final Database database;
    private final StrictJson json = new StrictJson();
    private final String node;
    private final UUID instance;
    private final Duration lease;

    DeliveryTable(Database database, String node, UUID instance, Duration lease) {
        this.database = database;
        this.node = node;
        this.instance = instance;
        this.lease = lease;
    }

    /** Takes up to so many deliveries that may begin now, oldest first. Each counts as an attempt. */
    List<Claimed> claim(Collection<String> subscriptions, int limit) throws SQLException {
        List<Claimed> claimed = database.transaction(connection -> {
            try (PreparedStatement turn = connection.prepareStatement(TAKE_TURN)) {
                turn.execute();
            }
            List<Claimed> taken = new ArrayList<>();
            int seen = claim(connection, CLAIM_OLDEST, subscriptions, limit, taken);
            if (seen == WINDOW && taken.size() < limit) {
                claim(connection, CLAIM_BY_KEY, subscriptions, limit - taken.size(), taken);
            }
            return taken;
        });
        claimed.sort(Comparator.comparingLong(Claimed::id));
        return claimed;
    }

    private int claim(
            Connection connection, String sql, Collection<String> subscriptions, int limit, List<Claimed> taken)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("text", subscriptions.toArray()));
            statement.setInt(2, limit);
            statement.setString(3, node);
            statement.setObject(4, instance);
            statement.setLong(5, lease.toMillis());
            int seen = 0;
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    seen = rows.getInt("seen");
                    if (rows.getObject("id") != null) {
                        taken.add(claimed(rows));
                    }
                }
            }
            return seen;
        }
    }

    private Claimed claimed(ResultSet row) throws SQLException {
        FeishuEvent event = new FeishuEvent(
                row.getString("app_id"),
                row.getString("tenant_key"),
                row.getString("event_id"),
                row.getString("type"),
                row.getString("lane_key"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                json.stored(row.getString("payload")),
                TraceContext.stored(row.getString("trace")));
        return new Claimed(new Delivery(
                row.getLong("id"), row.getString("subscription"), event, row.getInt("attempts"), row.getInt("replay")));
    }

    /** The handler returned. False when the lease was lost: somebody else delivers it again. */
    boolean done(Claimed claimed) throws SQLException {
        return database.transaction(connection -> {
            if (!leaseGiven(connection, claimed)) {
                return false;
            }
            update(
                    connection,
                    "update feishu.delivery set state = 'DONE', finished_at = now(), last_error = null where id = ?",
                    claimed.id());
            if (claimed.delivery().replay() > 0) {
                update(connection, """
                        update feishu.dead_letter set state = 'RESOLVED', updated_at = now()
                        where delivery_id = ? and state = 'REPLAYING'""", claimed.id());
            }
            return true;
        });
    }

    /** The handler failed; it is tried again after a while. False as above. */
    boolean failed(Claimed claimed, Failure failure, Duration backOff) throws SQLException {
        return database.transaction(connection -> leaseGiven(connection, claimed)
                && update(connection, """
                        update feishu.delivery
                        set due_at = clock_timestamp() + ? * interval '1 millisecond', last_error = ?
                        where id = ?""", backOff.toMillis(), failure.cause(), claimed.id()));
    }

    /** The handler failed for the last time. False as above. */
    boolean dead(Claimed claimed, Failure failure) throws SQLException {
        return database.transaction(connection -> {
            if (!leaseGiven(connection, claimed)) {
                return false;
            }
            update(
                    connection,
                    "update feishu.delivery set state = 'DEAD', finished_at = now(), last_error = ? where id = ?",
                    failure.cause(),
                    claimed.id());
            PostgresDeadLetters.keep(connection, claimed, failure);
            return true;
        });
    }

    /** Nothing came of the claim: it counts as no attempt. False as above. */
    boolean released(Claimed claimed) throws SQLException {
        return database.transaction(connection -> leaseGiven(connection, claimed)
                && update(
                        connection,
                        "update feishu.delivery set attempts = greatest(attempts - 1, 0) where id = ?",
                        claimed.id()));
    }

    private boolean leaseGiven(Connection connection, Claimed claimed) throws SQLException {
        return update(
                connection,
                "delete from feishu.lease where subscription = ? and lane_key = ? and delivery_id = ? and owner = ?",
                claimed.delivery().subscription(),
                claimed.delivery().event().key(),
                claimed.id(),
                instance);
    }

    /** Keeps the leases. Answers those that were lost. */
    Set<Long> renewed(Collection<Long> ids) throws SQLException {
        Set<Long> lost = new HashSet<>(ids);
        database.transaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    update feishu.lease set until = clock_timestamp() + ? * interval '1 millisecond'
                    where owner = ? and delivery_id = any (?)
                    returning delivery_id""")) {
                statement.setLong(1, lease.toMillis());
                statement.setObject(2, instance);
                statement.setArray(3, connection.createArrayOf("bigint", ids.toArray()));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        lost.remove(rows.getLong(1));
                    }
                }
            }
            return null;
        });
        return lost;
    }

    /** Frees what earlier processes of this node's name held. For the holder of the node's lock only. */
    int reclaimed(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("delete from feishu.lease where node = ? and owner <> ?")) {
            statement.setString(1, node);
            statement.setObject(2, instance);
            return statement.executeUpdate();
        }
    }

    /** Age of the oldest open delivery, zero when there is none. */
    Duration lag() throws SQLException {
        return database.transaction(connection -> Duration.ofMillis(number(connection, """
                select coalesce((select extract(epoch from clock_timestamp() - created_at) * 1000
                                 from feishu.delivery where state = 'OPEN' order by id limit 1), 0)::bigint""")));
    }

    long deadLetters() throws SQLException {
        return database.transaction(
                connection -> number(connection, "select count(*) from feishu.dead_letter where state = 'NEW'"));
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static boolean update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate() > 0;
        }
    }
}
