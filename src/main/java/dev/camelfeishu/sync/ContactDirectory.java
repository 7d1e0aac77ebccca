package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Feishu's own contacts, by user_id or mail address. What was found is remembered for an hour, what was not for a minute.
 * {@link #lookups} names the calls and what they need.
 */
final class ContactDirectory implements Directory {

    private static final int MOST = 50;
    private static final String USERS = "/open-apis/contact/v3/users/";
    private static final String OPEN_ID = "open_id";
    private static final String USER_ID = "user_id";
    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final Duration REMEMBERED_UNKNOWN = Duration.ofMinutes(1);

    /** @param answer null when nobody is known */
    private record Entry(String answer, Instant until) {}

    private final FeishuClient client;
    private final Clock clock;
    private final boolean byMail;
    private final Map<String, Entry> byName = new ConcurrentHashMap<>();
    private final Map<String, Entry> byId = new ConcurrentHashMap<>();

    /** @param byMail whether SQL keeps mail addresses; otherwise user_ids */
    ContactDirectory(FeishuClient client, Clock clock, boolean byMail) {
        this.client = client;
        this.clock = clock;
        this.byMail = byMail;
    }

    static List<Lookup> lookups(boolean byMail) {
        return byMail
                ? List.of(
                        new Lookup("POST", USERS + "batch_get_id", Set.of()),
                        new Lookup("GET", USERS + "batch", Set.of("contact:user.email:readonly")))
                : List.of(new Lookup("GET", USERS + "batch", Set.of("contact:user.employee_id:readonly")));
    }

    @Override
    public Map<String, String> ids(Collection<String> names) {
        return look(byName, names, byMail ? this::openIdsOfMails : some -> shown(some, USER_ID, USER_ID, OPEN_ID));
    }

    @Override
    public Map<String, String> names(Collection<String> ids) {
        return look(byId, ids, some -> shown(some, OPEN_ID, OPEN_ID, byMail ? "email" : USER_ID));
    }

    private Map<String, String> look(
            Map<String, Entry> remembered,
            Collection<String> wanted,
            Function<List<String>, Map<String, String>> question) {
        var now = clock.instant();
        var asked = wanted.stream()
                .distinct()
                .filter(one -> !remembered.containsKey(one)
                        || !now.isBefore(remembered.get(one).until()))
                .toList();
        for (var some : Chunks.of(asked, MOST)) {
            var found = question.apply(some);
            some.forEach(one -> remembered.put(
                    one,
                    new Entry(found.get(one), now.plus(found.containsKey(one) ? REMEMBERED : REMEMBERED_UNKNOWN))));
        }
        var answers = new LinkedHashMap<String, String>();
        wanted.forEach(one -> {
            if (remembered.get(one).answer() != null) {
                answers.put(one, remembered.get(one).answer());
            }
        });
        return answers;
    }

    private Map<String, String> openIdsOfMails(List<String> mails) {
        var body = JsonNodeFactory.instance.objectNode();
        mails.forEach(body.putArray("emails")::add);
        return pairs(
                client.call(ApiRequest.post(USERS + "batch_get_id")
                                .query("user_id_type", OPEN_ID)
                                .body(body)
                                .onlyReads())
                        .data()
                        .path("user_list"),
                "email",
                USER_ID);
    }

    private Map<String, String> shown(List<String> ids, String idType, String from, String to) {
        return pairs(
                client.call(ApiRequest.get(USERS + "batch")
                                .query("user_id_type", idType)
                                .repeated("user_ids", ids))
                        .data()
                        .path("items"),
                from,
                to);
    }

    private static Map<String, String> pairs(JsonNode people, String from, String to) {
        var found = new LinkedHashMap<String, String>();
        people.forEach(person -> {
            if (!person.path(from).asText("").isEmpty()
                    && !person.path(to).asText("").isEmpty()) {
                found.put(person.path(from).asText(), person.path(to).asText());
            }
        });
        return found;
    }

    @Override
    public String unknown() {
        return "has no " + (byMail ? "mail address" : "user_id") + " and open_id that this application may see";
    }
}
