package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What somebody needs to know to use the sandbox. */
final class SandboxInfo {
    private final SandboxProperties properties;
    private final SandboxDatabase database;
    private final Bases bases;
    private final DataSource erp;

    /**
     * @param bases null when no Base is simulated
     * @param erp the ERP's database
     */
    SandboxInfo(SandboxProperties properties, SandboxDatabase database, Bases bases, DataSource erp) {
        this.properties = properties;
        this.database = database;
        this.bases = bases;
        this.erp = erp;
    }

    ObjectNode describe() {
        ObjectNode info = Json.object()
                .put("app_id", properties.appId())
                .put("app_secret", properties.appSecret())
                .put("encrypt_key", properties.encryptKey())
                .put("verification_token", properties.verificationToken());
        info.putObject("base")
                .put("app_token", bases == null ? null : bases.appToken())
                .put("table_id", bases == null ? null : bases.ordersTable());
        info.put(
                "approval_code",
                database.jdbc()
                        .queryForObject(
                                "select approval_code from sandbox.approval_definition where source is null order by approval_code limit 1",
                                String.class));
        ArrayNode chats = info.putArray("chats");
        database.jdbc().query("select chat_id, name, chat_mode from sandbox.chat order by position", row -> {
            chats.addObject()
                    .put("chat_id", row.getString(1))
                    .put("name", row.getString(2))
                    .put("chat_mode", row.getString(3));
        });
        ArrayNode people = info.putArray("people");
        database.jdbc().query("select open_id, name from sandbox.person order by position", row -> {
            people.addObject().put("open_id", row.getString(1)).put("name", row.getString(2));
        });
        info.set("jdbc", jdbc());
        return info;
    }

    private ObjectNode jdbc() {
        ObjectNode jdbc = Json.object();
        try {
            if (erp.isWrapperFor(HikariDataSource.class)) {
                HikariDataSource pool = erp.unwrap(HikariDataSource.class);
                return jdbc.put("url", pool.getJdbcUrl())
                        .put("username", pool.getUsername())
                        .put("password", pool.getPassword());
            }
            try (var connection = erp.getConnection()) {
                return jdbc.put("url", connection.getMetaData().getURL())
                        .put("username", connection.getMetaData().getUserName())
                        .putNull("password");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the ERP's database cannot be reached", e);
        }
    }
}
