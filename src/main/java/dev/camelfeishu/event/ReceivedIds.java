package dev.camelfeishu.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;

/** Ids of events by the time they were received. There is no index on that time; ids grow with it, so it is halved in on. */
final class ReceivedIds {

    private ReceivedIds() {}

    /** The last id before a time. */
    static long before(Connection connection, Instant time) throws SQLException {
        long low = number(connection, "select coalesce(min(id), 0) - 1 from feishu.event where id > ?", 0);
        long high = number(connection, "select coalesce(max(id), 0) from feishu.event where id > ?", low);
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (isBefore(connection, middle, time)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Whether the last event up to an id was received before; true when there is none. */
    private static boolean isBefore(Connection connection, long id, Instant time) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select received_at < ? from feishu.event where id <= ? order by id desc limit 1")) {
            statement.setTimestamp(1, Timestamp.from(time));
            statement.setLong(2, id);
            try (ResultSet row = statement.executeQuery()) {
                return !row.next() || row.getBoolean(1);
            }
        }
    }

    private static long number(Connection connection, String sql, long parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, parameter);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
