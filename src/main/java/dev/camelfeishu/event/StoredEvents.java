package dev.camelfeishu.event;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What the journal holds, newest first; also what no route has asked for. */
public final class StoredEvents {

    /** How many of the newest events a search looks at. */
    public static final int MOST_SEARCHED = 100_000;

    private static final String FIND = """
            select e.id, e.app_id, e.tenant_key, e.event_id, e.type, e.lane_key, e.created_at, e.received_at,
                   (select count(*) from feishu.delivery d where d.event_id = e.id) as deliveries
            from (select * from feishu.event n where n.id < ? order by n.id desc limit %d) e
            where (? = '' or e.type = ?)
              and (not ? or not exists (select 1 from feishu.delivery d where d.event_id = e.id))
            order by e.id desc
            limit ?""".formatted(MOST_SEARCHED);

    private final Database database;

    public StoredEvents(DataSource dataSource) {
        this.database = new Database(dataSource);
    }

    /**
     * @param key what it is ordered by
     * @param createdAt when it happened, by Feishu's clock
     * @param deliveries how many routes have asked for it
     */
    public record StoredEvent(
            long id,
            String appId,
            String tenantKey,
            String eventId,
            String type,
            String key,
            Instant createdAt,
            Instant receivedAt,
            int deliveries) {}

    /**
     * @param type "" for all
     * @param unclaimed only those that no route has asked for
     * @param before the smallest id of the page before, {@link Long#MAX_VALUE} for the first page
     */
    public List<StoredEvent> newest(String type, boolean unclaimed, long before, int size) {
        return database.unchecked(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FIND)) {
                statement.setLong(1, before);
                statement.setString(2, type);
                statement.setString(3, type);
                statement.setBoolean(4, unclaimed);
                statement.setInt(5, size);
                List<StoredEvent> found = new ArrayList<>();
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        found.add(new StoredEvent(
                                row.getLong(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getObject(7, OffsetDateTime.class).toInstant(),
                                row.getObject(8, OffsetDateTime.class).toInstant(),
                                row.getInt(9)));
                    }
                }
                return found;
            }
        });
    }
}
