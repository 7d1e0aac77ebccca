package dev.camelfeishu.sandbox.base;

import dev.camelfeishu.sandbox.Medias;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The people, groups and files that cells may name. People are the tenant's, as they are when the sandbox starts, and the bot;
 * somebody of another tenant is not among them.
 */
final class Directory {
    /** The app's bot, which acts in every call of the API. */
    static final Person BOT = new Person(
            SandboxProperties.BOT_OPEN_ID,
            SandboxProperties.BOT_OPEN_ID.replaceFirst("ou_", "on_"),
            "",
            SandboxProperties.BOT_NAME,
            "",
            null,
            SandboxProperties.TENANT_KEY);

    private final JdbcTemplate jdbc;
    private final Medias medias;
    private final Map<IdType, Map<String, Person>> people = new HashMap<>();

    Directory(JdbcTemplate jdbc, Medias medias) {
        this.jdbc = jdbc;
        this.medias = medias;
        List<Person> all = new ArrayList<>(jdbc.query(
                "select * from sandbox.person where tenant_key = ?",
                (rs, n) -> new Person(
                        rs.getString("open_id"),
                        rs.getString("union_id"),
                        rs.getString("user_id"),
                        rs.getString("name"),
                        rs.getString("email"),
                        rs.getString("department"),
                        rs.getString("tenant_key")),
                SandboxProperties.TENANT_KEY));
        all.add(BOT);
        for (IdType type : IdType.values()) {
            Map<String, Person> byId = new HashMap<>();
            all.forEach(person -> byId.put(type.idOf(person), person));
            byId.remove("");
            people.put(type, byId);
        }
    }

    Optional<Person> person(IdType type, String id) {
        return Optional.ofNullable(people.get(type).get(id));
    }

    /** The person whose edit is stored. */
    Person editor(String openId) {
        return person(IdType.OPEN_ID, openId)
                .orElseThrow(() -> new Denied(1254302, "operator is not a member of the tenant"));
    }

    /** A department by one of its ids: {@code open_department_id}, {@code department_id} and {@code name}. */
    Optional<Map<String, Object>> department(String idType, String id) {
        String column = idType.equals("department_id") ? "department_id" : "open_department_id";
        return jdbc
                .queryForList(
                        "select open_department_id, department_id, name from sandbox.department where " + column
                                + " = ?",
                        id)
                .stream()
                .findFirst();
    }

    /** A file in a document. */
    Optional<Medias.Media> media(String fileToken) {
        return medias.find(fileToken);
    }

    /** The name of a group the bot is in. */
    Optional<String> chatName(String chatId) {
        return jdbc
                .queryForList(
                        "select name from sandbox.chat where chat_id = ? and chat_mode = 'group' and bot",
                        String.class,
                        chatId)
                .stream()
                .findFirst();
    }
}
