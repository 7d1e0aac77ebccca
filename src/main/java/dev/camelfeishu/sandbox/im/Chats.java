package dev.camelfeishu.sandbox.im;

import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The stored chats and who is in them. */
public final class Chats {
    private final SandboxDatabase database;
    private final People people;

    public Chats(SandboxDatabase database, People people) {
        this.database = database;
        this.people = people;
    }

    Optional<Chat> find(String chatId) {
        return database
                .jdbc()
                .query("select * from sandbox.chat where chat_id = ?", (row, n) -> chat(row), chatId)
                .stream()
                .findFirst();
    }

    /** The direct chat of a person with the bot. */
    Optional<Chat> direct(Person person) {
        return database
                .jdbc()
                .query(
                        "select c.* from sandbox.chat c join sandbox.chat_member m using (chat_id)"
                                + " where c.chat_mode = 'p2p' and m.open_id = ?",
                        (row, n) -> chat(row),
                        person.openId())
                .stream()
                .findFirst();
    }

    /** The groups in which the bot is. */
    List<Chat> groups() {
        return database.jdbc()
                .query(
                        "select * from sandbox.chat where chat_mode = 'group' and bot order by position",
                        (row, n) -> chat(row));
    }

    List<Person> members(Chat chat) {
        return people.inChat(chat.id());
    }

    /** Whether somebody of another tenant is in it. */
    boolean external(Chat chat) {
        return members(chat).stream().anyMatch(member -> !member.colleague());
    }

    /** Whether the group is the actor's own. */
    boolean owns(Chat chat, Actor actor) {
        return (actor.bot() ? SandboxProperties.BOT_OPEN_ID : actor.id()).equals(chat.owner());
    }

    void join(Chat chat, Person person) {
        database.jdbc()
                .update(
                        "insert into sandbox.chat_member (chat_id, open_id) values (?, ?) on conflict do nothing",
                        chat.id(),
                        person.openId());
    }

    /** @return false when nothing changed */
    boolean setBot(Chat chat, boolean added) {
        return database.jdbc()
                        .update(
                                "update sandbox.chat set bot = ? where chat_id = ? and bot <> ?",
                                added,
                                chat.id(),
                                added)
                > 0;
    }

    private static Chat chat(ResultSet row) throws SQLException {
        return new Chat(
                row.getString("chat_id"),
                row.getString("chat_mode"),
                row.getString("name"),
                row.getString("owner"),
                row.getBoolean("bot"));
    }
}
