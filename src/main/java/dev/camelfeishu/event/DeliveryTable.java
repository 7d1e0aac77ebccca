package dev.camelfeishu.event;

import dev.camelfeishu.event.EventJournal.Delivery;
import dev.camelfeishu.event.JournalState.SubscriptionState;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The states of a delivery, one method per transition.
 *
 * <p>Invariant: of one subscription and key at most one turn is leased, and its deliveries were the oldest open ones when it
 * was. Claims of all processes take turns (an advisory lock held for the claim's transaction), so that none decides on a state
 * that another is just changing. Every later transition is made under the lease: who lost it changes nothing.
 *
 * <p>An attempt is counted with its outcome. One that the end of a process cut off has none, and is counted by whoever takes
 * the lease over.
 */
final class DeliveryTable {

    /** How many of a subscription's oldest deliveries a claim looks at. */
    private static final int LOOK = 1_024;

    /** The most that a turn holds: deliveries, and bytes of payload as they are stored, besides its first delivery. */
    private static final int TURN = 16;

    private static final int TURN_BYTES = 256 * 1_024;

    // Right after a burst the planner has no statistics and would sort or hash all that waits to find the oldest few.
    // So it
    // walks the indexes of open deliveries and stops early. A claim that a crash of the server forgets has done no
    // harm.
    private static final String TAKE_TURN = """
            select set_config('enable_sort', 'off', true),
                   set_config('enable_bitmapscan', 'off', true),
                   set_config('enable_hashjoin', 'off', true),
                   set_config('enable_mergejoin', 'off', true),
                   set_config('synchronous_commit', 'off', true),
                   set_config('idle_in_transaction_session_timeout', '10s', true),
                   pg_advisory_xact_lock(1718380915, 0)""";

    private static final String NOT_LEASED = """
            (d.subscription, d.lane_key) not in (
                select l.subscription, l.lane_key from feishu.lease l where l.until >= statement_timestamp())
            """;

    private static final String LEASE_HEADS = """
            , leased as (
                insert into feishu.lease as l (subscription, lane_key, delivery_id, node, owner, until)
                select subscription, lane_key, id, ?, ?, statement_timestamp() + ? * interval '1 millisecond' from head
                on conflict (subscription, lane_key) do update
                set delivery_id = excluded.delivery_id, node = excluded.node, owner = excluded.owner, until = excluded.until
                where l.until < statement_timestamp()
                returning l.delivery_id, l.subscription, l.lane_key, l.xmax <> 0 as inherited)
            , cut_off as (
                update feishu.delivery d set attempts = d.attempts + 1
                from leased l where l.inherited and d.id = l.delivery_id)
            , claimed as (
                select l.delivery_id as lease, l.inherited, t.*
                from leased l cross join lateral (
                    select o.id, o.subscription, o.attempts, o.replay, e.app_id, e.tenant_key, e.event_id, e.type, e.lane_key,
                           e.created_at, e.trace,
                           coalesce(o.edited::text, e.payload) as payload,
                           bool_and(o.due_at <= statement_timestamp()) over older as due,
                           sum(pg_column_size(e.payload)) over older as bytes
                    from (select d.* from feishu.delivery d
                          where d.state = 'OPEN' and d.subscription = l.subscription and d.lane_key = l.lane_key
                          order by d.id limit %d) o
                    join feishu.event e on e.id = o.event_id
                    window older as (order by o.id)) t
                where t.id = l.delivery_id or t.due and t.bytes <= %d)
            select %%s as looked, c.lease, c.id, c.subscription, c.replay, c.app_id, c.tenant_key, c.event_id, c.type, c.lane_key,
                   c.created_at, c.payload, c.trace,
                   c.attempts + 1 + case when c.inherited and c.id = c.lease then 1 else 0 end as attempt
            from (values (1)) as always left join claimed c on true
            order by c.lease, c.id""".formatted(TURN, TURN_BYTES);

    /**
     * Looks at the oldest of each subscription, and takes of each in turn: what one has in plenty does not starve another. A
     * key may begin when its oldest delivery is due, whatever those behind it wait for: replays at a rate come due one by one.
     */
    private static final String CLAIM_OLDEST = """
            with oldest as (
                select w.most, o.*
                from unnest(?::text[], ?::integer[]) as w(subscription, most), lateral (
                    select d.id, d.subscription, d.lane_key, d.due_at
                    from feishu.delivery d
                    where d.state = 'OPEN' and d.subscription = w.subscription
                    order by d.id
                    limit %d) o)
            , ready as (
                select d.*, row_number() over (partition by d.subscription order by d.id) as place
                from (select min(id) as id, subscription, lane_key, most
                      from oldest
                      group by subscription, lane_key, most
                      having min(id) = min(id) filter (where due_at <= statement_timestamp())) d
                where\s""".formatted(LOOK) + NOT_LEASED + """
                )
            , head as (
                select id, subscription, lane_key from ready where place <= most order by place, id limit ?)
            """
            + LEASE_HEADS.formatted(
                    "(select max(n) from (select count(*) as n from oldest group by subscription) as per)");

    /**
     * Hops from key to key along the index, from a key on: quick while few keys hold much, as a failing one with a long queue
     * behind it.
     */
    private static final String CLAIM_BY_KEY = """
            with recursive seen as (
                (select d.id, d.subscription, d.lane_key, d.due_at
                 from feishu.delivery d
                 where d.state = 'OPEN' and (d.subscription, d.lane_key) > (?, ?)
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
                where d.subscription = any (?) and d.due_at <= statement_timestamp() and\s""" + NOT_LEASED + """
                limit ?)
            """ + LEASE_HEADS.formatted("0");

    /** Those of the given that are still ours, done; the lease of a turn that is over goes with its last delivery. */
    private static final String DONE = """
            with given as (
                select * from unnest(?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::boolean[])
                    as g(id, subscription, lane_key, lease, last))
            , ours as (
                select g.* from given g
                join feishu.lease l
                    on l.subscription = g.subscription and l.lane_key = g.lane_key and l.delivery_id = g.lease
                where l.owner = ?
                for update of l)
            , over as (
                delete from feishu.lease l using ours o
                where o.last and l.subscription = o.subscription and l.lane_key = o.lane_key)
            , resolved as (
                update feishu.dead_letter d set state = 'RESOLVED', updated_at = now()
                from ours o where d.delivery_id = o.id and d.state = 'REPLAYING')
            update feishu.delivery d
            set state = 'DONE', attempts = d.attempts + 1, finished_at = now(), last_error = null
            from ours o where d.id = o.id
            returning d.id""";

    /** Hops over the index from subscription to subscription; counts no further than it is worth. */
    private static final String MEASURE = """
            with recursive open as (
                (select subscription from feishu.delivery where state = 'OPEN' order by subscription limit 1)
                union all
                select (select d.subscription from feishu.delivery d
                        where d.state = 'OPEN' and d.subscription > o.subscription order by d.subscription limit 1)
                from open o where o.subscription is not null)
            , known as (
                select unnest(?::text[]) as subscription union select subscription from open where subscription is not null)
            select clock_timestamp() as now,
                   (select count(*) from feishu.dead_letter where state = 'NEW') as dead_letters,
                   k.subscription,
                   (select count(*) from (select 1 from feishu.delivery d
                                          where d.state = 'OPEN' and d.subscription = k.subscription
                                          order by d.id limit %d) as counted) as open,
                   coalesce((select greatest(0, extract(epoch from clock_timestamp() - d.created_at) * 1000)::bigint
                             from feishu.delivery d
                             where d.state = 'OPEN' and d.subscription = k.subscription
                             order by d.id limit 1), 0) as lag
            from (values (1)) as always left join known k on true
            order by k.subscription""".formatted(JournalState.MOST_COUNTED);

    private final Database database;
    private final StrictJson json = new StrictJson();
    private final String node;
    private final UUID instance;
    private final Duration lease;

    /** For the dispatcher's thread only. */
    private Hop hopped = Hop.START;

    private record Hop(String subscription, String key) {

        static final Hop START = new Hop("", "");

        static Hop after(Turn turn) {
            return new Hop(
                    turn.subscription(),
                    turn.deliveries().get(0).delivery().event().key());
        }
    }

    DeliveryTable(Database database, String node, UUID instance, Duration lease) {
        this.database = database;
        this.node = node;
        this.instance = instance;
        this.lease = lease;
    }

    /**
     * Takes up to so many turns that may begin now, oldest first.
     *
     * @param most how many each subscription may take
     */
    List<Turn> claim(Map<String, Integer> most, int limit) throws SQLException {
        return database.transaction(connection -> {
            try (PreparedStatement turn = connection.prepareStatement(TAKE_TURN)) {
                turn.execute();
            }
            List<Turn> taken = new ArrayList<>();
            if (claimOldest(connection, most, limit, taken) == LOOK && taken.size() < limit) {
                claimByKey(connection, most, limit - taken.size(), taken);
            }
            return taken;
        });
    }

    /** Answers the most deliveries it looked at in one subscription. */
    private int claimOldest(Connection connection, Map<String, Integer> most, int limit, List<Turn> taken)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CLAIM_OLDEST)) {
            statement.setArray(1, connection.createArrayOf("text", most.keySet().toArray()));
            statement.setArray(
                    2, connection.createArrayOf("integer", most.values().toArray()));
            statement.setInt(3, limit);
            return turns(statement, 4, taken);
        }
    }

    private void claimByKey(Connection connection, Map<String, Integer> most, int limit, List<Turn> taken)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CLAIM_BY_KEY)) {
            List<Turn> found = new ArrayList<>();
            statement.setString(1, hopped.subscription);
            statement.setString(2, hopped.key);
            statement.setArray(3, connection.createArrayOf("text", most.keySet().toArray()));
            statement.setInt(4, limit);
            turns(statement, 5, found);
            taken.addAll(found);
            // so that the first keys of the alphabet are not always served first
            hopped = found.size() < limit ? Hop.START : Hop.after(found.get(found.size() - 1));
        }
    }

    private int turns(PreparedStatement statement, int parameter, List<Turn> taken) throws SQLException {
        statement.setString(parameter, node);
        statement.setObject(parameter + 1, instance);
        statement.setLong(parameter + 2, lease.toMillis());
        int looked = 0;
        Map<Long, List<Delivery>> byLease = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                looked = rows.getInt("looked");
                if (rows.getObject("id") != null) {
                    byLease.computeIfAbsent(rows.getLong("lease"), id -> new ArrayList<>())
                            .add(delivery(rows));
                }
            }
        }
        byLease.forEach((id, deliveries) -> taken.add(new Turn(IntStream.range(0, deliveries.size())
                .mapToObj(i -> new Claimed(deliveries.get(i), id, i == deliveries.size() - 1))
                .toList())));
        return looked;
    }

    private Delivery delivery(ResultSet row) throws SQLException {
        FeishuEvent event = new FeishuEvent(
                row.getString("app_id"),
                row.getString("tenant_key"),
                row.getString("event_id"),
                row.getString("type"),
                row.getString("lane_key"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                json.stored(row.getString("payload")),
                TraceContext.stored(row.getString("trace")));
        return new Delivery(
                row.getLong("id"), row.getString("subscription"), event, row.getInt("attempt"), row.getInt("replay"));
    }

    /** Their handlers returned. Answers those whose lease was not lost: somebody else delivers the others again. */
    Set<Long> done(List<Claimed> all) throws SQLException {
        return database.transaction(connection -> {
            Set<Long> ours = new HashSet<>();
            try (PreparedStatement statement = connection.prepareStatement(DONE)) {
                statement.setArray(1, array(connection, "bigint", all, Claimed::id));
                statement.setArray(
                        2, array(connection, "text", all, one -> one.delivery().subscription()));
                statement.setArray(
                        3,
                        array(
                                connection,
                                "text",
                                all,
                                one -> one.delivery().event().key()));
                statement.setArray(4, array(connection, "bigint", all, Claimed::lease));
                statement.setArray(5, array(connection, "boolean", all, Claimed::last));
                statement.setObject(6, instance);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        ours.add(rows.getLong(1));
                    }
                }
            }
            return ours;
        });
    }

    private static Array array(Connection connection, String type, List<Claimed> all, Function<Claimed, Object> value)
            throws SQLException {
        return connection.createArrayOf(type, all.stream().map(value).toArray());
    }

    /** The handler failed; it is tried again after a while. The turn is over. False when the lease was lost. */
    boolean failed(Claimed claimed, Failure failure, Duration backOff) throws SQLException {
        return database.transaction(connection -> leaseGiven(connection, claimed)
                && update(connection, """
                        update feishu.delivery
                        set attempts = attempts + 1, due_at = clock_timestamp() + ? * interval '1 millisecond', last_error = ?
                        where id = ?""", backOff.toMillis(), failure.cause(), claimed.id()));
    }

    /** The handler failed for the last time. The turn is over. False when the lease was lost. */
    boolean dead(Claimed claimed, Failure failure) throws SQLException {
        return database.transaction(connection -> {
            if (!leaseGiven(connection, claimed)) {
                return false;
            }
            update(connection, """
                    update feishu.delivery
                    set state = 'DEAD', attempts = attempts + 1, finished_at = now(), last_error = ?
                    where id = ?""", failure.cause(), claimed.id());
            PostgresDeadLetters.keep(connection, claimed, failure);
            return true;
        });
    }

    /** It and the rest of its turn were not begun. False when the lease was lost. */
    boolean released(Claimed claimed) throws SQLException {
        return database.transaction(connection -> leaseGiven(connection, claimed));
    }

    private boolean leaseGiven(Connection connection, Claimed claimed) throws SQLException {
        return update(
                connection,
                "delete from feishu.lease where subscription = ? and lane_key = ? and delivery_id = ? and owner = ?",
                claimed.delivery().subscription(),
                claimed.delivery().event().key(),
                claimed.lease(),
                instance);
    }

    /** Keeps the leases, named by their turns' first deliveries. Answers those that were lost. */
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
        try (PreparedStatement statement = connection.prepareStatement("""
                with freed as (
                    delete from feishu.lease where node = ? and owner <> ? returning subscription, lane_key)
                , heads as (
                    select (select min(d.id) from feishu.delivery d
                            where d.state = 'OPEN' and d.subscription = f.subscription and d.lane_key = f.lane_key) as id
                    from freed f)
                update feishu.delivery d set attempts = d.attempts + 1 where d.id = any (array(select id from heads))""")) {
            statement.setString(1, node);
            statement.setObject(2, instance);
            return statement.executeUpdate();
        }
    }

    /** Of these subscriptions, and of every other that has open deliveries. */
    JournalState state(List<String> here, Set<String> taking) throws SQLException {
        return database.transaction(connection -> {
            List<SubscriptionState> states = new ArrayList<>();
            long deadLetters = 0;
            Instant now = null;
            try (PreparedStatement statement = connection.prepareStatement(MEASURE)) {
                statement.setArray(1, connection.createArrayOf("text", here.toArray()));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        now = rows.getObject("now", OffsetDateTime.class).toInstant();
                        deadLetters = rows.getLong("dead_letters");
                        String name = rows.getString("subscription");
                        if (name != null) {
                            states.add(new SubscriptionState(
                                    name,
                                    here.contains(name),
                                    taking.contains(name),
                                    rows.getLong("open"),
                                    Duration.ofMillis(rows.getLong("lag"))));
                        }
                    }
                }
            }
            return new JournalState(now, states, deadLetters);
        });
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
