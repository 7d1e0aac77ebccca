package dev.camelfeishu.ops.apply;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** Who has changed which routes, when and with what outcome: table {@code feishu.route_change}. */
public final class ChangeLog {

    private static final String COLUMNS = "at, operator, node, action, subject, outcome, message, before, after";

    private final JdbcTemplate jdbc;

    public ChangeLog(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void add(RouteChange change) {
        jdbc.update(
                "insert into feishu.route_change (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                OffsetDateTime.ofInstant(change.at(), ZoneOffset.UTC),
                change.operator(),
                change.node(),
                change.action().name(),
                change.subject(),
                change.outcome().name(),
                change.message(),
                change.before(),
                change.after());
    }

    /**
     * Newest first.
     *
     * @param subject a file or route, null for all
     */
    public List<RouteChange> list(String subject, int page, int size) {
        return jdbc.query(
                "select " + COLUMNS
                        + " from feishu.route_change where cast(? as text) is null or subject = ? order by id desc limit ? offset ?",
                ChangeLog::read,
                subject,
                subject,
                size,
                (long) page * size);
    }

    /** The last change of a file that was carried out: what rolling back takes back. */
    public Optional<RouteChange> lastDone(String file) {
        return jdbc
                .query(
                        "select " + COLUMNS + " from feishu.route_change where subject = ? and outcome = 'DONE'"
                                + " and action in ('APPLY', 'ROLLBACK', 'REMOVE') order by id desc limit 1",
                        ChangeLog::read,
                        file)
                .stream()
                .findFirst();
    }

    private static RouteChange read(ResultSet row, int index) throws SQLException {
        return new RouteChange(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("operator"),
                row.getString("node"),
                RouteChange.Action.valueOf(row.getString("action")),
                row.getString("subject"),
                RouteChange.Outcome.valueOf(row.getString("outcome")),
                row.getString("message"),
                row.getString("before"),
                row.getString("after"));
    }
}
