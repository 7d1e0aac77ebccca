package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Feishu's own contacts, by user_id or mail address. What was found is remembered for an hour, so that a change there is
 * seen, what was not for a minute. {@link #lookups} names the calls and what they need.
 */
final class ContactDirectory implements Directory {

    private static final int MOST = 50;
    private static final String USERS = "/open-apis/contact/v3/users/";
    private static final String OPEN_ID = "open_id";
    private static final String USER_ID = "user_id";
    /** In each direction. */
    static final int MOST_REMEMBERED = 20_000;

    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final Duration REMEMBERED_UNKNOWN = Duration.ofMinutes(1);

    private final FeishuClient client;
    private final boolean byMail;
    /** Empty where nobody is known. */
    private final Cache<String, Optional<String>> byName;

    private final Cache<String, Optional<String>> byId;

    /** @param byMail whether SQL keeps mail addresses; otherwise user_ids */
    ContactDirectory(FeishuClient client, Ticker ticker, boolean byMail) {
        this.client = client;
        this.byMail = byMail;
        this.byName = remembered(ticker);
        this.byId = remembered(ticker);
    }

    private static Cache<String, Optional<String>> remembered(Ticker ticker) {
        return Caffeine.newBuilder()
                .ticker(ticker)
                .executor(Runnable::run)
                .maximumSize(MOST_REMEMBERED)
                .expireAfter(Expiry.<String, Optional<String>>writing(
                        (name, answer) -> answer.isPresent() ? REMEMBERED : REMEMBERED_UNKNOWN))
                .build();
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

    private static Map<String, String> look(
            Cache<String, Optional<String>> remembered,
            Collection<String> wanted,
            Function<List<String>, Map<String, String>> question) {
        // more may be wanted than is remembered
        var answers = new HashMap<>(remembered.getAllPresent(wanted));
        var asked = wanted.stream()
                .distinct()
                .filter(one -> !answers.containsKey(one))
                .toList();
        for (var some : Chunks.of(asked, MOST)) {
            var found = question.apply(some);
            some.forEach(one -> {
                var answer = Optional.ofNullable(found.get(one));
                answers.put(one, answer);
                remembered.put(one, answer);
            });
        }
        var known = new LinkedHashMap<String, String>();
        wanted.forEach(one -> answers.get(one).ifPresent(answer -> known.put(one, answer)));
        return known;
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
