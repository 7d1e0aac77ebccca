package dev.camelfeishu.approval;

import java.sql.Array;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Remembers when each instance was looked at, in {@code feishu.approval_check}. */
final class ApprovalChecks {

    /** What nobody asked about for so long is decided and done. */
    private static final Duration KEPT = Duration.ofDays(7);

    private final JdbcTemplate jdbc;
    private final Clock clock;

    ApprovalChecks(DataSource dataSource, Clock clock) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.clock = clock;
    }

    List<String> due(String approvalCode, List<String> instanceCodes, int limit) {
        jdbc.update(
                "delete from feishu.approval_check where checked_at < ?",
                Timestamp.from(clock.instant().minus(KEPT)));
        List<String> due = jdbc.query(
                connection -> {
                    Array codes = connection.createArrayOf("text", instanceCodes.toArray());
                    var statement = connection.prepareStatement("""
                            select given.code
                              from (select code, min(place) as place
                                      from unnest(?::text[]) with ordinality as codes(code, place)
                                     group by code) given
                              left join feishu.approval_check known on known.instance_code = given.code
                             order by known.checked_at nulls first, given.place
                             limit ?
                            """);
                    statement.setArray(1, codes);
                    statement.setInt(2, limit);
                    return statement;
                },
                (row, number) -> row.getString(1));
        Timestamp now = now();
        jdbc.batchUpdate("""
                insert into feishu.approval_check (instance_code, approval_code, checked_at) values (?, ?, ?)
                    on conflict (instance_code) do update
                       set checked_at = greatest(feishu.approval_check.checked_at, excluded.checked_at),
                           approval_code = excluded.approval_code
                """, due, 100, (statement, code) -> {
            statement.setString(1, code);
            statement.setString(2, approvalCode);
            statement.setTimestamp(3, now);
        });
        return due;
    }

    void checked(String instanceCode, InstanceStatus status) {
        jdbc.update("""
                insert into feishu.approval_check (instance_code, checked_at, last_status) values (?, ?, ?)
                    on conflict (instance_code) do update
                       set checked_at = greatest(feishu.approval_check.checked_at, excluded.checked_at),
                           last_status = excluded.last_status
                """, instanceCode, now(), status.name());
    }

    private Timestamp now() {
        return Timestamp.from(clock.instant());
    }
}
