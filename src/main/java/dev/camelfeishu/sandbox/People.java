package dev.camelfeishu.sandbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The people of the directory. */
public final class People {
    private static final Map<String, String> COLUMNS = Map.of(
            "open_id", "open_id", "union_id", "union_id", "user_id", "user_id", "email", "email", "mobile", "mobile");

    private final SandboxDatabase database;

    public People(SandboxDatabase database) {
        this.database = database;
    }

    /** @param type open_id, union_id, user_id, email or mobile */
    public Optional<Person> find(String type, String id) {
        String column = COLUMNS.get(type);
        if (column == null) {
            throw new IllegalArgumentException("people have no " + type);
        }
        return database
                .jdbc()
                .query("select * from sandbox.person where " + column + " = ?", (row, n) -> person(row), id)
                .stream()
                .findFirst();
    }

    public Optional<Person> byOpenId(String openId) {
        return find("open_id", openId);
    }

    /** Everybody of the app's own tenant. */
    public List<Person> colleagues() {
        return database.jdbc()
                .query(
                        "select * from sandbox.person where tenant_key = ? order by position",
                        (row, n) -> person(row),
                        SandboxProperties.TENANT_KEY);
    }

    /** Everybody directly in a department. */
    public List<Person> in(String openDepartmentId) {
        return database.jdbc()
                .query(
                        "select * from sandbox.person where department = ? order by position",
                        (row, n) -> person(row),
                        openDepartmentId);
    }

    /** The members of a chat. */
    public List<Person> inChat(String chatId) {
        return database.jdbc()
                .query(
                        "select p.* from sandbox.person p join sandbox.chat_member m on m.open_id = p.open_id"
                                + " where m.chat_id = ? order by p.position",
                        (row, n) -> person(row),
                        chatId);
    }

    private static Person person(ResultSet row) throws SQLException {
        return new Person(
                row.getString("open_id"),
                row.getString("union_id"),
                row.getString("user_id"),
                row.getString("name"),
                row.getString("email"),
                row.getString("department"),
                row.getString("tenant_key"),
                row.getString("mobile"));
    }
}
