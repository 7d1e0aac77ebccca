package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Who may ask the bot: everybody while both lists are empty, else those in an allowed chat or directly in an allowed
 * department (open_department_id). A person's departments are remembered for ten minutes.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/contact-v3/user/get">Get a user</a>
 */
public final class Audience {

    /** An open_id is one of an app: each app calls the same person by another. */
    private record Person(FeishuClient app, String openId) {}

    private final Set<String> chats;
    private final Set<String> departments;
    private final Cache<Person, Set<String>> departmentsOfPerson = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofMinutes(10))
            .build();

    public Audience(Set<String> chats, Set<String> departments) {
        this.chats = Set.copyOf(chats);
        this.departments = Set.copyOf(departments);
    }

    /** @param app the gate as the app that is asked */
    boolean mayAsk(FeishuClient app, String chat, String openId) {
        if ((chats.isEmpty() && departments.isEmpty()) || chats.contains(chat)) {
            return true;
        }
        return !departments.isEmpty()
                && departmentsOfPerson.get(new Person(app, openId), Audience::departmentsOf).stream()
                        .anyMatch(departments::contains);
    }

    private static Set<String> departmentsOf(Person person) {
        JsonNode user = person.app()
                .call(ApiRequest.get("/open-apis/contact/v3/users/:user_id")
                        .with("user_id", person.openId())
                        .query("user_id_type", "open_id")
                        .query("department_id_type", "open_department_id")
                        .within(Duration.ofSeconds(3)))
                .data()
                .path("user");
        Set<String> found = new HashSet<>();
        user.path("department_ids").forEach(id -> found.add(id.asText()));
        return found;
    }
}
