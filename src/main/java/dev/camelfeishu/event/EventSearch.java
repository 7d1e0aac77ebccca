package dev.camelfeishu.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Finds stored events by what a person knows of them, and shows one with all that became of it. */
public final class EventSearch {

    /** How many of the newest events, before the end of the time asked for, a search looks at. */
    public static final int MOST_SEARCHED = 100_000;

    /** What became of an event, all its deliveries taken together. */
    public enum State {
        /** No route has asked for it. */
        UNCLAIMED,
        /** A delivery is on its way or waits for its next attempt. */
        OPEN,
        /** A delivery is a dead letter. */
        DEAD,
        /** Every delivery was made. */
        DONE
    }

    /**
     * Which events are meant. What is null is not asked for.
     *
     * @param type its beginning
     * @param key the beginning of what it is ordered by
     * @param eventId Feishu's, in full
     * @param since received at or after
     * @param until received before
     */
    public record Query(String type, String key, String eventId, Instant since, Instant until, State state) {}

    public record Found(
            long id,
            String appId,
            String eventId,
            String type,
            String key,
            Instant receivedAt,
            int deliveries,
            State state) {}

    /** @param next what {@code before} is for the next page; null when this is the last */
    public record Page(List<Found> items, Long next) {}

    /**
     * @param state OPEN, DONE or DEAD
     * @param dueAt of the next attempt
     * @param lastError null when no attempt failed
     * @param edited whether a person has mended the payload
     * @param deadLetter its id, null when it never was one
     */
    public record Delivery(
            long id,
            String subscription,
            State state,
            int attempts,
            int replay,
            Instant createdAt,
            Instant dueAt,
            Instant finishedAt,
            String lastError,
            boolean edited,
            Long deadLetter) {}

    /**
     * @param createdAt when it happened, by Feishu's clock
     * @param payload null when its retention is over
     * @param traceId null for an event without one
     */
    public record Whole(
            long id,
            String appId,
            String tenantKey,
            String eventId,
            String type,
            String key,
            Instant createdAt,
            Instant receivedAt,
            JsonNode payload,
            String traceId,
            List<Delivery> deliveries) {}

    private static final String FOUND = """
            select e.id, e.app_id, e.event_id, e.type, e.lane_key, e.received_at,
                   (select count(*) from feishu.delivery d where d.event_id = e.id) as deliveries,
                   case when exists (select 1 from feishu.delivery d where d.event_id = e.id and d.state = 'DEAD') then 'DEAD'
                        when exists (select 1 from feishu.delivery d where d.event_id = e.id and d.state = 'OPEN') then 'OPEN'
                        when exists (select 1 from feishu.delivery d where d.event_id = e.id) then 'DONE'
                        else 'UNCLAIMED' end as state
            from %s e
            """;

    private static final String NEWEST =
            "(select * from feishu.event n where n.id < ? and n.id > ? order by n.id desc limit " + MOST_SEARCHED + ")";

    /** By the unique index, for each app and tenant that has lately had events. */
    private static final String NAMED = """
            (select n.* from (select ?::text as id) asked
               cross join (select distinct m.app_id, m.tenant_key
                             from (select app_id, tenant_key from feishu.event order by id desc limit %d) m) tenant
               join feishu.event n
                 on hashtextextended(n.app_id || ' ' || n.tenant_key || ' ' || n.event_id, 0)
                      = hashtextextended(tenant.app_id || ' ' || tenant.tenant_key || ' ' || asked.id, 0)
                and hashtextextended(n.app_id || ' ' || n.tenant_key || ' ' || n.event_id, 1)
                      = hashtextextended(tenant.app_id || ' ' || tenant.tenant_key || ' ' || asked.id, 1)
              where n.event_id = asked.id and n.id < ? and n.id > ?)""".formatted(MOST_SEARCHED);

    private static final String ASKED = """
            where starts_with(e.type, coalesce(?, '')) and starts_with(e.lane_key, coalesce(?, ''))
            """;

    private static final String ORDER = " order by e.id desc limit ?";

    private static final String DELIVERIES = """
            select d.*, l.id as letter from feishu.delivery d
            left join feishu.dead_letter l on l.delivery_id = d.id
            where d.event_id = ? order by d.id""";

    private final Database database;
    private final StrictJson json = new StrictJson();

    public EventSearch(DataSource dataSource) {
        this.database = new Database(dataSource);
    }

    /**
     * The newest first.
     *
     * @param before the last page's {@code next}, {@link Long#MAX_VALUE} for the first page
     */
    public Page find(Query query, long before, int size) {
        return database.unchecked(connection -> {
            long end = query.until() == null
                    ? before
                    : Math.min(before, ReceivedIds.before(connection, query.until()) + 1);
            long begin = query.since() == null ? -1 : ReceivedIds.before(connection, query.since());
            boolean named = query.eventId() != null;
            String sql = FOUND.formatted(named ? NAMED : NEWEST) + ASKED + condition(query.state()) + ORDER;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int index = 1;
                if (named) {
                    statement.setString(index++, query.eventId());
                }
                statement.setLong(index++, end);
                statement.setLong(index++, begin);
                statement.setString(index++, query.type());
                statement.setString(index++, query.key());
                statement.setInt(index, size + 1);
                List<Found> found = new ArrayList<>();
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        found.add(found(row));
                    }
                }
                boolean more = found.size() > size;
                List<Found> items = List.copyOf(more ? found.subList(0, size) : found);
                return new Page(items, more ? items.get(size - 1).id() : null);
            }
        });
    }

    /** Open and dead ones are few and found from their side, not by looking at every event. */
    private static String condition(State state) {
        if (state == null) {
            return "";
        }
        return switch (state) {
            case OPEN -> " and e.id in (select d.event_id from feishu.delivery d where d.state = 'OPEN')";
            case DEAD ->
                " and e.id in (select d.event_id from feishu.dead_letter l join feishu.delivery d on d.id = l.delivery_id"
                        + " where d.state = 'DEAD')";
            case UNCLAIMED -> " and not exists (select 1 from feishu.delivery d where d.event_id = e.id)";
            case DONE ->
                " and exists (select 1 from feishu.delivery d where d.event_id = e.id)"
                        + " and not exists (select 1 from feishu.delivery d where d.event_id = e.id and d.state <> 'DONE')";
        };
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                row.getLong("id"),
                row.getString("app_id"),
                row.getString("event_id"),
                row.getString("type"),
                row.getString("lane_key"),
                instant(row, "received_at"),
                row.getInt("deliveries"),
                State.valueOf(row.getString("state")));
    }

    public Optional<Whole> one(long id) {
        return database.unchecked(connection -> {
            List<Delivery> deliveries = deliveries(connection, id);
            try (PreparedStatement statement = connection.prepareStatement("select * from feishu.event where id = ?")) {
                statement.setLong(1, id);
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    String payload = row.getString("payload");
                    String trace = row.getString("trace");
                    return Optional.of(new Whole(
                            id,
                            row.getString("app_id"),
                            row.getString("tenant_key"),
                            row.getString("event_id"),
                            row.getString("type"),
                            row.getString("lane_key"),
                            instant(row, "created_at"),
                            instant(row, "received_at"),
                            payload == null ? null : json.stored(payload),
                            trace == null ? null : TraceContext.stored(trace).traceId(),
                            deliveries));
                }
            }
        });
    }

    private static List<Delivery> deliveries(Connection connection, long event) throws SQLException {
        List<Delivery> deliveries = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(DELIVERIES)) {
            statement.setLong(1, event);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    deliveries.add(new Delivery(
                            row.getLong("id"),
                            row.getString("subscription"),
                            State.valueOf(row.getString("state")),
                            row.getInt("attempts"),
                            row.getInt("replay"),
                            instant(row, "created_at"),
                            instant(row, "due_at"),
                            instant(row, "finished_at"),
                            row.getString("last_error"),
                            row.getString("edited") != null,
                            row.getObject("letter", Long.class)));
                }
            }
        }
        return List.copyOf(deliveries);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
