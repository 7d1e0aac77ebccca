package dev.camelfeishu.sandbox.approval;

import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Who was told of which instance, and whether they have read it. */
public final class Copies {
    private final SandboxDatabase database;

    public Copies(SandboxDatabase database) {
        this.database = database;
    }

    /** @param note the entry of the timeline */
    Copy add(String instanceCode, String openId, String sender, long note, long now) {
        Copy copy = new Copy(UUID.randomUUID().toString(), instanceCode, openId, sender, false, now);
        database.jdbc()
                .update(
                        "insert into sandbox.approval_cc (cc_id, instance_code, open_id, sender, note, create_ms)"
                                + " values (?, ?, ?, ?, ?, ?)",
                        copy.id(),
                        instanceCode,
                        openId,
                        sender,
                        note,
                        now);
        return copy;
    }

    List<Copy> copied(long note) {
        return database.jdbc()
                .query("select * from sandbox.approval_cc where note = ? order by seq", (row, n) -> copy(row), note);
    }

    /** All copies, newest first. */
    List<Copy> all() {
        return database.jdbc().query("select * from sandbox.approval_cc order by seq desc", (row, n) -> copy(row));
    }

    /** @return the copy that was unread until now */
    Optional<Copy> read(String instanceCode, String openId) {
        return database
                .jdbc()
                .query(
                        "update sandbox.approval_cc set is_read = true where cc_id = (select cc_id from sandbox.approval_cc"
                                + " where instance_code = ? and open_id = ? and not is_read order by seq limit 1)"
                                + " returning *",
                        (row, n) -> copy(row),
                        instanceCode,
                        openId)
                .stream()
                .findFirst();
    }

    private static Copy copy(ResultSet row) throws SQLException {
        return new Copy(
                row.getString("cc_id"),
                row.getString("instance_code"),
                row.getString("open_id"),
                row.getString("sender"),
                row.getBoolean("is_read"),
                row.getLong("create_ms"));
    }
}
