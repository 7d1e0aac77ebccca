package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The stored chats and who is in them. */
public final class Chats {
    private static final long UUID_MS = Duration.ofHours(10).toMillis();

    private final SandboxDatabase database;
    private final People people;

    public Chats(SandboxDatabase database, People people) {
        this.database = database;
        this.people = people;
    }

    Optional<Chat> find(String chatId) {
        return first("select * from sandbox.chat where chat_id = ?", chatId);
    }

    /** Locks the chat for the current transaction. */
    Optional<Chat> lock(String chatId) {
        return first("select * from sandbox.chat where chat_id = ? for update", chatId);
    }

    /** The direct chat of a person with the bot. */
    Optional<Chat> direct(Person person) {
        return first(
                "select c.* from sandbox.chat c join sandbox.chat_member m using (chat_id)"
                        + " where c.chat_mode = 'p2p' and m.open_id = ?",
                person.openId());
    }

    /** All groups that are not dissolved. */
    List<Chat> groups() {
        return database.jdbc()
                .query(
                        "select * from sandbox.chat where chat_mode = 'group' and status = 'normal' order by position",
                        (row, n) -> chat(row));
    }

    List<Person> members(Chat chat) {
        return people.inChat(chat.id());
    }

    /** Whether somebody of another tenant is in it. */
    boolean external(Chat chat) {
        return members(chat).stream().anyMatch(member -> !member.colleague());
    }

    /** @return the chat that was created with the uuid in the last ten hours, or empty, in which case {@link #created} follows */
    Optional<Chat> claim(String uuid) {
        long now = System.currentTimeMillis();
        int taken = database.jdbc()
                .update(
                        "insert into sandbox.chat_uuid as u (uuid, chat_id, created_ms) values (?, '', ?)"
                                + " on conflict (uuid) do update set chat_id = '', created_ms = excluded.created_ms"
                                + " where u.created_ms < ?",
                        uuid,
                        now,
                        now - UUID_MS);
        if (taken > 0) {
            return Optional.empty();
        }
        return first(
                "select * from sandbox.chat where chat_id = (select chat_id from sandbox.chat_uuid where uuid = ?)",
                uuid);
    }

    void created(String uuid, Chat chat) {
        database.jdbc().update("update sandbox.chat_uuid set chat_id = ? where uuid = ?", chat.id(), uuid);
    }

    /** A new group with the bot in it. */
    Chat create(String name, String owner, ObjectNode settings, String createdBy) {
        String id = "oc_" + UUID.randomUUID().toString().replace("-", "");
        database.jdbc()
                .update(
                        "insert into sandbox.chat (chat_id, chat_mode, name, owner, bot, position, settings, created_by)"
                                + " values (?, 'group', ?, ?, true, nextval('sandbox.chat_position'), ?, ?)",
                        id,
                        name,
                        owner,
                        Json.write(settings),
                        createdBy);
        return find(id).orElseThrow();
    }

    void update(Chat chat) {
        database.jdbc()
                .update(
                        "update sandbox.chat set name = ?, owner = ?, bot = ?, description = ?, avatar = ?, settings = ?,"
                                + " status = ?, bot_manager = ? where chat_id = ?",
                        chat.name(),
                        chat.owner(),
                        chat.bot(),
                        chat.description(),
                        chat.avatar(),
                        Json.write(chat.settings()),
                        chat.status(),
                        chat.botManager(),
                        chat.id());
    }

    /** @return false when the person was in it already */
    boolean join(Chat chat, Person person) {
        return database.jdbc()
                        .update(
                                "insert into sandbox.chat_member (chat_id, open_id) values (?, ?) on conflict do nothing",
                                chat.id(),
                                person.openId())
                > 0;
    }

    /** @return false when the person was not in it */
    boolean leave(Chat chat, Person person) {
        return database.jdbc()
                        .update(
                                "delete from sandbox.chat_member where chat_id = ? and open_id = ?",
                                chat.id(),
                                person.openId())
                > 0;
    }

    /** @return false when nothing changed */
    boolean setBot(Chat chat, boolean added) {
        return database.jdbc()
                        .update(
                                "update sandbox.chat set bot = ?, bot_manager = false where chat_id = ? and bot <> ?",
                                added,
                                chat.id(),
                                added)
                > 0;
    }

    boolean knowsBot(String appId) {
        return exists("select exists (select from sandbox.bot where app_id = ?)", appId);
    }

    List<String> otherBots(Chat chat) {
        return database.jdbc()
                .queryForList(
                        "select app_id from sandbox.chat_bot where chat_id = ? order by app_id",
                        String.class,
                        chat.id());
    }

    boolean joinOtherBot(Chat chat, String appId) {
        return database.jdbc()
                        .update(
                                "insert into sandbox.chat_bot (chat_id, app_id) values (?, ?) on conflict do nothing",
                                chat.id(),
                                appId)
                > 0;
    }

    boolean leaveOtherBot(Chat chat, String appId) {
        return database.jdbc().update("delete from sandbox.chat_bot where chat_id = ? and app_id = ?", chat.id(), appId)
                > 0;
    }

    List<Person> managers(Chat chat) {
        return marked(chat, "manager");
    }

    List<Person> moderators(Chat chat) {
        return marked(chat, "moderator");
    }

    List<String> otherBotManagers(Chat chat) {
        return database.jdbc()
                .queryForList(
                        "select app_id from sandbox.chat_bot where chat_id = ? and manager order by app_id",
                        String.class,
                        chat.id());
    }

    void setManager(Chat chat, Person person, boolean manager) {
        mark(chat, person, "manager", manager);
    }

    void setModerator(Chat chat, Person person, boolean moderator) {
        mark(chat, person, "moderator", moderator);
    }

    void setOtherBotManager(Chat chat, String appId, boolean manager) {
        database.jdbc()
                .update(
                        "update sandbox.chat_bot set manager = ? where chat_id = ? and app_id = ?",
                        manager,
                        chat.id(),
                        appId);
    }

    private List<Person> marked(Chat chat, String mark) {
        List<String> ids = database.jdbc()
                .queryForList(
                        "select open_id from sandbox.chat_member where chat_id = ? and " + mark,
                        String.class,
                        chat.id());
        return members(chat).stream()
                .filter(member -> ids.contains(member.openId()))
                .toList();
    }

    private void mark(Chat chat, Person person, String mark, boolean value) {
        database.jdbc()
                .update(
                        "update sandbox.chat_member set " + mark + " = ? where chat_id = ? and open_id = ?",
                        value,
                        chat.id(),
                        person.openId());
    }

    private boolean exists(String sql, Object... values) {
        return Boolean.TRUE.equals(database.jdbc().queryForObject(sql, Boolean.class, values));
    }

    private Optional<Chat> first(String sql, Object... values) {
        return database.jdbc().query(sql, (row, n) -> chat(row), values).stream()
                .findFirst();
    }

    private static Chat chat(ResultSet row) throws SQLException {
        return new Chat(
                row.getString("chat_id"),
                row.getString("chat_mode"),
                row.getString("name"),
                row.getString("owner"),
                row.getBoolean("bot"),
                row.getString("description"),
                row.getString("avatar"),
                (ObjectNode) Json.read(row.getString("settings")),
                row.getString("status"),
                row.getString("created_by"),
                row.getBoolean("bot_manager"));
    }
}
