package dev.camelfeishu.ops;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Who did what, when and from where: {@code feishu.audit}. An action that cannot be written down is not done. */
@Component
public class Audit {

    private static final int LONGEST = 2_000;

    private final JdbcTemplate jdbc;

    Audit(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param name as logged in
     * @param address of the client, as the application sees it
     */
    public record Actor(String name, String address) {}

    public enum Outcome {
        BEGUN,
        DONE,
        FAILED
    }

    /**
     * @param action such as {@code dead-letter.replay}
     * @param detail null when there is none
     * @param error null when it did not fail
     */
    public record Entry(
            long id,
            Instant at,
            String who,
            String address,
            String action,
            String target,
            String detail,
            Outcome outcome,
            String error) {}

    public record Page(List<Entry> items, long total) {}

    /** Writes it down, does it, and writes down what came of it. What it throws is thrown on. */
    public <T> T perform(Actor actor, String action, String target, String detail, Supplier<T> work) {
        long id = begin(actor, action, target, detail);
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            end(id, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            throw e;
        }
        end(id, null);
        return result;
    }

    long begin(Actor actor, String action, String target, String detail) {
        return jdbc.queryForObject(
                "insert into feishu.audit (who, address, action, target, detail) values (?, ?, ?, ?, ?) returning id",
                Long.class,
                actor.name(),
                actor.address(),
                action,
                oneLine(target),
                oneLine(detail));
    }

    /** @param error null when it was done */
    void end(long id, String error) {
        jdbc.update(
                "update feishu.audit set outcome = ?, error = ?, ended_at = now() where id = ?",
                (error == null ? Outcome.DONE : Outcome.FAILED).name(),
                oneLine(error),
                id);
    }

    /**
     * The latest first.
     *
     * @param who "" for everybody
     * @param action its beginning, "" for all
     */
    public Page list(String who, String action, int page, int size) {
        String where = " from feishu.audit where (? = '' or who = ?) and starts_with(action, ?)";
        List<Entry> items = jdbc.query(
                "select *" + where + " order by id desc limit ? offset ?",
                (row, number) -> entry(row),
                who,
                who,
                action,
                size,
                (long) page * size);
        return new Page(items, jdbc.queryForObject("select count(*)" + where, Long.class, who, who, action));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("who"),
                row.getString("address"),
                row.getString("action"),
                row.getString("target"),
                row.getString("detail"),
                Outcome.valueOf(row.getString("outcome")),
                row.getString("error"));
    }

    private static String oneLine(String text) {
        if (text == null) {
            return null;
        }
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }
}
