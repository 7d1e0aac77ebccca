package dev.camelfeishu.sandbox.drive;

import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The documents of the tenant: Bases, and what drive itself keeps. */
public final class Documents {
    /**
     * A document.
     *
     * @param owner open_id, null for the app
     * @param media token of the bytes of a file, else null
     */
    record Document(
            String token,
            String type,
            String name,
            String parent,
            String owner,
            String media,
            long createdMs,
            long modifiedMs) {}

    private final SandboxDatabase database;

    public Documents(SandboxDatabase database) {
        this.database = database;
    }

    Optional<Document> find(String type, String token) {
        return find(token).filter(document -> document.type().equals(type));
    }

    Optional<Document> find(String token) {
        return database
                .jdbc()
                .query(
                        "select token, type, name, parent, owner, media, created_ms, modified_ms from sandbox.drive_file"
                                + " where token = ? union all select app_token, 'bitable', name, folder_token, null, null, 0, 0"
                                + " from sandbox.base where app_token = ?",
                        (row, n) -> document(row),
                        token,
                        token)
                .stream()
                .findFirst();
    }

    /** What stands in a folder; '' is the root. */
    List<Document> in(String folder) {
        return database.jdbc()
                .query(
                        "select * from sandbox.drive_file where parent = ? order by position",
                        (row, n) -> document(row),
                        folder);
    }

    Document add(String type, String name, String parent, String owner, String media) {
        String token = (type.equals("folder") ? "fld" : "box")
                + UUID.randomUUID().toString().replace("-", "").substring(0, 24);
        long now = System.currentTimeMillis();
        database.jdbc()
                .update(
                        "insert into sandbox.drive_file (token, type, name, parent, owner, media, created_ms, modified_ms)"
                                + " values (?, ?, ?, ?, ?, ?, ?, ?)",
                        token,
                        type,
                        name,
                        parent,
                        owner,
                        media,
                        now,
                        now);
        return find(token).orElseThrow();
    }

    void delete(Document document) {
        database.jdbc().update("delete from sandbox.drive_file where token = ?", document.token());
    }

    private static Document document(ResultSet row) throws SQLException {
        return new Document(
                row.getString("token"),
                row.getString("type"),
                row.getString("name"),
                row.getString("parent"),
                row.getString("owner"),
                row.getString("media"),
                row.getLong("created_ms"),
                row.getLong("modified_ms"));
    }
}
