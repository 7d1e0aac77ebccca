package dev.camelfeishu.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.startsWith;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.sync.DecisionRefusedException;
import dev.camelfeishu.sync.UndoRefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

@WebMvcTest(
        controllers = OperatorController.class,
        properties = {"ops.username=olga", "ops.password=correct horse"})
@Import({WebSecurity.class, OperatorControllerTest.Fakes.class})
@ExtendWith(OutputCaptureExtension.class)
class OperatorControllerTest {

    @Autowired
    private MockMvc mvc;

    @Autowired
    private FakeDeadLetters letters;

    @BeforeEach
    void threeLetters() {
        letters.reset();
    }

    @Test
    void listsDeadLettersAsPromised() throws Exception {
        mvc.perform(operator(get("/ops/api/dead-letters?state=new&page=0&size=1")))
                .andExpect(status().isOk())
                .andExpect(content().json("""
                        {"items": [{"id": 1, "flow": "bot-order", "event_id": "om_1", "cause": "no such order",
                          "code": 230002, "log_id": "log1", "attempts": 8,
                          "created_at": "2026-01-02T03:04:05Z", "state": "NEW"}],
                         "total": 2}
                        """, JsonCompareMode.STRICT));
    }

    @Test
    void listsWhatTheFilterAsksFor() throws Exception {
        mvc.perform(operator(
                        get("/ops/api/dead-letters?flow=bot-order&code=230002&cause=no such&since=2026-01-01T00:00:00Z"
                                + "&until=2026-02-01T00:00:00Z")))
                .andExpect(status().isOk());

        assertThat(letters.asked)
                .isEqualTo(new DeadLetters.Filter(
                        null,
                        "bot-order",
                        230002,
                        "no such",
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Instant.parse("2026-02-01T00:00:00Z")));
    }

    @Test
    void showsOneWithWhatItCarries() throws Exception {
        mvc.perform(operator(get("/ops/api/dead-letters/1")))
                .andExpect(status().isOk())
                .andExpect(content().json("""
                        {"id": 1, "flow": "bot-order", "event_id": "om_1", "cause": "no such order", "code": 230002,
                         "log_id": "log1", "attempts": 8, "created_at": "2026-01-02T03:04:05Z", "state": "NEW",
                         "reference": "R1", "discard_reason": null, "payload": {}}
                        """, JsonCompareMode.STRICT));
        mvc.perform(operator(get("/ops/api/dead-letters/9"))).andExpect(status().isNotFound());
    }

    @Test
    void replaysWithAnEditedPayload() throws Exception {
        mvc.perform(json(post("/ops/api/dead-letters/1/replay"), "{\"payload\": {\"event\": {\"a\": 1}}}"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.state").value("REPLAYING"));
        assertThat(letters.edited.at("/event/a").asInt()).isEqualTo(1);

        mvc.perform(json(post("/ops/api/dead-letters/2/replay"), "{\"payload\": [1]}"))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.error").value("The edited payload must be a JSON object"));
    }

    @Test
    void replaysManyAtALimitedRate() throws Exception {
        mvc.perform(json(post("/ops/api/dead-letters/replay"), "{\"flow\": \"bot-order\", \"per_second\": 20}"))
                .andExpect(status().isOk())
                .andExpect(content().json("""
                        {"replayed": 2, "remaining": 1, "last_at": "2026-01-02T03:04:06Z"}
                        """, JsonCompareMode.STRICT));
        assertThat(letters.asked.flow()).isEqualTo("bot-order");
        assertThat(letters.asked.state()).isEqualTo(DeadLetters.State.NEW);
        assertThat(letters.rate).isEqualTo(20);
        assertThat(letters.most).isEqualTo(10_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"per_second\": 0}", "{\"most\": 10001}", "{\"since\": \"yesterday\"}", "[]", ""})
    void refusesToReplayManyOnBadInput(String body) throws Exception {
        mvc.perform(json(post("/ops/api/dead-letters/replay"), body)).andExpect(status().isBadRequest());
    }

    private static MockHttpServletRequestBuilder json(MockHttpServletRequestBuilder request, String body) {
        return operator(request).contentType(MediaType.APPLICATION_JSON).content(body);
    }

    @Test
    void listsAllStatesWithoutAFilter() throws Exception {
        mvc.perform(operator(get("/ops/api/dead-letters")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.total").value(3))
                .andExpect(jsonPath("$.items.length()").value(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"state=lost", "page=-1", "size=0", "size=201", "page=x", "size=99999999999"})
    void refusesBadInputWithASentence(String query) throws Exception {
        mvc.perform(operator(get("/ops/api/dead-letters?" + query)))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.error").isString())
                .andExpect(jsonPath("$.length()").value(1));
    }

    @Test
    void replaysOnceAndSaysWho(CapturedOutput output) throws Exception {
        mvc.perform(operator(post("/ops/api/dead-letters/1/replay")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.state").value("REPLAYING"));
        assertThat(letters.replayed).containsExactly(1L);
        assertThat(output).contains("Dead letter 1 replayed by olga");

        mvc.perform(operator(post("/ops/api/dead-letters/1/replay")))
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.error").value("dead letter 1 is REPLAYING"));
        assertThat(letters.replayed).containsExactly(1L);
    }

    @Test
    void discardsWithAReasonOnOneLogLine(CapturedOutput output) throws Exception {
        mvc.perform(operator(discard(2, "{\"reason\": \"sent twice\\nforged line\"}")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.state").value("DISCARDED"));
        assertThat(letters.reasons).containsEntry(2L, "sent twice\nforged line");
        assertThat(output).contains("Dead letter 2 discarded by olga: sent twice forged line");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"reason\": \" \"}", "{\"reason\": null}", "reason", ""})
    void discardsNothingWithoutAReason(String body) throws Exception {
        mvc.perform(operator(discard(2, body)))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.error").isString());
        assertThat(letters.reasons).isEmpty();
    }

    @Test
    void anUnknownDeadLetterIsNotFound() throws Exception {
        mvc.perform(operator(post("/ops/api/dead-letters/99/replay")))
                .andExpect(status().isNotFound())
                .andExpect(jsonPath("$.error").value("no dead letter 99"));
        mvc.perform(operator(discard(99, "{\"reason\": \"x\"}"))).andExpect(status().isNotFound());
    }

    @Test
    void anIdThatIsNoNumberIsBadInput() throws Exception {
        mvc.perform(operator(post("/ops/api/dead-letters/abc/replay")))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.error").value("id must be a number"));
    }

    @Test
    void decidesAboutDeletionsThatWait() throws Exception {
        mvc.perform(operator(post("/ops/api/pairs/orders/deletes/approve")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.approved").value(1));
        mvc.perform(operator(post("/ops/api/pairs/orders/deletes/refuse")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.refused").value(1));
        mvc.perform(operator(post("/ops/api/pairs/orders/deletes/forget"))).andExpect(status().isNotFound());
        mvc.perform(operator(post("/ops/api/pairs/unknown/deletes/approve"))).andExpect(status().isNotFound());
    }

    @Test
    void answersWhatThePairSays() throws Exception {
        mvc.perform(operator(get("/ops/api/pairs/orders")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.linked").value(64));
        mvc.perform(operator(post("/ops/api/pairs/orders/verify")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.divergent").value(0));
        mvc.perform(operator(get("/ops/api/pairs/customers"))).andExpect(status().isNotFound());
        mvc.perform(operator(post("/ops/api/pairs/customers/verify"))).andExpect(status().isNotFound());
        mvc.perform(operator(post("/ops/api/pairs/orders/dry-run")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.create").value(3));
        mvc.perform(operator(post("/ops/api/pairs/orders/start"))).andExpect(status().isOk());
        mvc.perform(operator(post("/ops/api/pairs/customers/start"))).andExpect(status().isNotFound());
    }

    @Test
    void showsThePairsAndWhatIsLeftAlone() throws Exception {
        mvc.perform(operator(get("/ops/api/pairs")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.total").value(1));
        mvc.perform(operator(get("/ops/api/pairs/orders/state")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.lag_seconds").value(3));
        for (String list : List.of("parked", "conflicts", "deletes", "journal", "reports")) {
            mvc.perform(operator(get("/ops/api/pairs/orders/" + list + "?page=2&size=20")))
                    .andExpect(status().isOk())
                    .andExpect(jsonPath("$.total").value(40));
            mvc.perform(operator(get("/ops/api/pairs/customers/" + list))).andExpect(status().isNotFound());
            for (String wrong : List.of("page=-1", "size=0", "size=201", "page=x")) {
                mvc.perform(operator(get("/ops/api/pairs/orders/" + list + "?" + wrong)))
                        .andExpect(status().isBadRequest())
                        .andExpect(jsonPath("$.error").isString());
            }
            mvc.perform(get("/ops/api/pairs/orders/" + list)).andExpect(status().isUnauthorized());
        }
        mvc.perform(operator(get("/ops/api/pairs/orders/journal?key=SO-1")))
                .andExpect(jsonPath("$.total").value(4));
        mvc.perform(operator(get("/ops/api/pairs/orders/reports/1")))
                .andExpect(jsonPath("$.id").value(1));
        mvc.perform(operator(get("/ops/api/pairs/orders/reports/2"))).andExpect(status().isNotFound());
        mvc.perform(operator(get("/ops/api/pairs/customers/state"))).andExpect(status().isNotFound());
    }

    @Test
    void printsTheSqlOfTheTriggers() throws Exception {
        mvc.perform(operator(get("/ops/api/pairs/orders/capture.sql")))
                .andExpect(status().isOk())
                .andExpect(content().contentTypeCompatibleWith(MediaType.TEXT_PLAIN))
                .andExpect(content().string("CREATE TRIGGER …"));
        mvc.perform(operator(get("/ops/api/pairs/h2/capture.sql")))
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.error").value("works on PostgreSQL only"));
        mvc.perform(operator(get("/ops/api/pairs/customers/capture.sql"))).andExpect(status().isNotFound());
        mvc.perform(get("/ops/api/pairs/orders/capture.sql")).andExpect(status().isUnauthorized());
    }

    @Test
    void triesParkedRowsAgainAndSaysWho(CapturedOutput output) throws Exception {
        mvc.perform(operator(post("/ops/api/pairs/orders/parked/retry")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.marked").value(2));
        assertThat(output).contains("Parked rows of pair orders tried again by olga: all");
        mvc.perform(json(post("/ops/api/pairs/orders/parked/retry"), "{\"record_id\": \"rec1\"}"))
                .andExpect(jsonPath("$.marked").value(1));
        mvc.perform(json(post("/ops/api/pairs/orders/parked/retry"), "{\"key\": \"SO-404\"}"))
                .andExpect(status().isNotFound())
                .andExpect(jsonPath("$.error").isString());
        mvc.perform(json(post("/ops/api/pairs/orders/parked/retry"), "{\"key\": \"a\\nb\"}"))
                .andExpect(status().isOk());
        assertThat(output).contains("tried again by olga: key a b, record null");
    }

    @Test
    void decidesConflicts(CapturedOutput output) throws Exception {
        mvc.perform(json(post("/ops/api/pairs/orders/conflicts/1"), "{\"take\": \"bitable\"}"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.id").value(1));
        assertThat(output).contains("Conflict 1 of pair orders decided by olga: bitable");
        mvc.perform(json(post("/ops/api/pairs/orders/conflicts/1"), "{\"take\": \"both\"}"))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.error").value("take is sql, bitable or value"));
        mvc.perform(json(post("/ops/api/pairs/orders/conflicts/2"), "{\"take\": \"sql\"}"))
                .andExpect(status().isNotFound());
        mvc.perform(json(post("/ops/api/pairs/customers/conflicts/1"), "{\"take\": \"sql\"}"))
                .andExpect(status().isNotFound());
        mvc.perform(post("/ops/api/pairs/orders/conflicts/1")).andExpect(status().isUnauthorized());
    }

    @Test
    void undoesOnlyWhatNobodyChangedSince(CapturedOutput output) throws Exception {
        mvc.perform(operator(post("/ops/api/pairs/orders/journal/1/undo")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.id").value(1));
        assertThat(output).contains("Undo of entry 1 of pair orders asked for by olga");
        mvc.perform(operator(post("/ops/api/pairs/orders/journal/7/undo")))
                .andExpect(status().isConflict())
                .andExpect(content().json("""
                        {"error": "the value was changed since", "current": "DONE"}
                        """, JsonCompareMode.STRICT));
        mvc.perform(operator(post("/ops/api/pairs/orders/journal/2/undo"))).andExpect(status().isNotFound());
        mvc.perform(operator(post("/ops/api/pairs/customers/journal/1/undo"))).andExpect(status().isNotFound());
        mvc.perform(operator(post("/ops/api/pairs/orders/journal/x/undo"))).andExpect(status().isBadRequest());
    }

    @Test
    void asksForTheAccount() throws Exception {
        mvc.perform(get("/ops/api/dead-letters"))
                .andExpect(status().isUnauthorized())
                .andExpect(header().string(HttpHeaders.WWW_AUTHENTICATE, startsWith("Basic ")))
                .andExpect(header().string("X-Content-Type-Options", "nosniff"));
        mvc.perform(with(get("/ops/api/dead-letters"), "olga", "wrong")).andExpect(status().isUnauthorized());
        mvc.perform(with(get("/ops/api/dead-letters"), "other", "correct horse"))
                .andExpect(status().isUnauthorized());
    }

    @Test
    void anotherSiteCannotUseABrowsersAccount() throws Exception {
        mvc.perform(operator(post("/ops/api/dead-letters/1/replay").header("Sec-Fetch-Site", "cross-site")))
                .andExpect(status().isForbidden());
        assertThat(letters.replayed).isEmpty();
    }

    @Test
    void everythingElseIsNotThere() throws Exception {
        for (String path :
                List.of("/", "/index.html", "/actuator/health", "/login", "/error", "/ops", "/ops/console")) {
            mvc.perform(operator(get(path)))
                    .andExpect(status().isNotFound())
                    .andExpect(content().string(""));
        }
    }

    @Test
    void aWebhookAboveTheLimitIsRefused() throws Exception {
        mvc.perform(post("/webhook/event").content(new byte[WebSecurity.BODY_LIMIT + 1]))
                .andExpect(status().isPayloadTooLarge());
        // no route is there in this test: what is let through finds nothing
        mvc.perform(post("/webhook/event").content(new byte[WebSecurity.BODY_LIMIT]))
                .andExpect(status().isNotFound());
    }

    private static MockHttpServletRequestBuilder discard(long id, String body) {
        return post("/ops/api/dead-letters/" + id + "/discard")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body);
    }

    private static MockHttpServletRequestBuilder operator(MockHttpServletRequestBuilder request) {
        return with(request, "olga", "correct horse");
    }

    private static MockHttpServletRequestBuilder with(
            MockHttpServletRequestBuilder request, String username, String password) {
        HttpHeaders headers = new HttpHeaders();
        headers.setBasicAuth(username, password);
        return request.headers(headers);
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Fakes {

        @Bean
        FakeDeadLetters deadLetters() {
            return new FakeDeadLetters();
        }

        @Bean
        PairOperations pairs() {
            return new PairOperations() {
                @Override
                public Optional<String> captureSql(String name) {
                    if (name.equals("h2")) {
                        throw new IllegalStateException("works on PostgreSQL only");
                    }
                    return name.equals("orders") ? Optional.of("CREATE TRIGGER …") : Optional.empty();
                }

                @Override
                public JsonNode list() {
                    return JsonNodeFactory.instance.objectNode().put("total", 1);
                }

                @Override
                public Optional<JsonNode> state(String name) {
                    return answer(name, "lag_seconds", 3);
                }

                @Override
                public Optional<JsonNode> parked(String name, int page, int size) {
                    return answer(name, "total", page * size);
                }

                @Override
                public Optional<JsonNode> retryParked(String name, String key, String recordId) {
                    return answer(name, "marked", "SO-404".equals(key) ? 0 : recordId == null ? 2 : 1);
                }

                @Override
                public Optional<JsonNode> conflicts(String name, int page, int size) {
                    return answer(name, "total", page * size);
                }

                @Override
                public Optional<JsonNode> decide(String name, long id, String take, String value, String by) {
                    if (take.equals("both")) {
                        throw new DecisionRefusedException("take is sql, bitable or value");
                    }
                    return id == 1 ? answer(name, "id", 1) : Optional.empty();
                }

                @Override
                public Optional<JsonNode> deletes(String name, int page, int size) {
                    return answer(name, "total", page * size);
                }

                @Override
                public Optional<JsonNode> journal(String name, String key, int page, int size) {
                    return answer(name, "total", key == null ? page * size : key.length());
                }

                @Override
                public Optional<JsonNode> reports(String name, int page, int size) {
                    return answer(name, "total", page * size);
                }

                @Override
                public Optional<JsonNode> report(String name, long id) {
                    return id == 1 ? answer(name, "id", 1) : Optional.empty();
                }

                @Override
                public Optional<JsonNode> undo(String name, long id) {
                    if (id == 7) {
                        throw new UndoRefusedException("the value was changed since", "DONE");
                    }
                    return id == 1 ? answer(name, "id", 1) : Optional.empty();
                }

                @Override
                public Optional<JsonNode> status(String name) {
                    return answer(name, "linked", 64);
                }

                @Override
                public Optional<JsonNode> verify(String name) {
                    return answer(name, "divergent", 0);
                }

                @Override
                public Optional<JsonNode> dryRun(String name) {
                    return answer(name, "create", 3);
                }

                @Override
                public Optional<JsonNode> start(String name) {
                    return answer(name, "linked", 0);
                }

                @Override
                public Optional<JsonNode> decideDeletes(String name, boolean approve) {
                    return answer(name, approve ? "approved" : "refused", 1);
                }

                private static Optional<JsonNode> answer(String name, String key, int value) {
                    return name.equals("orders")
                            ? Optional.of(JsonNodeFactory.instance.objectNode().put(key, value))
                            : Optional.empty();
                }
            };
        }
    }

    /** Keeps its letters in memory, with the same errors as the real one. */
    static final class FakeDeadLetters implements DeadLetters {

        private final Map<Long, DeadLetter> letters = new TreeMap<>();
        private final List<Long> replayed = new ArrayList<>();
        private final Map<Long, String> reasons = new TreeMap<>();
        private Filter asked;
        private JsonNode edited;
        private int rate;
        private int most;

        void reset() {
            replayed.clear();
            reasons.clear();
            letters.clear();
            put(1, State.NEW);
            put(2, State.NEW);
            put(3, State.RESOLVED);
        }

        @Override
        public List<DeadLetter> untold(int most) {
            return List.of();
        }

        @Override
        public void told(long id) {
            throw new UnsupportedOperationException();
        }

        private void put(long id, State state) {
            letters.put(
                    id,
                    new DeadLetter(
                            id,
                            "bot-order",
                            "om_" + id,
                            "no such order",
                            230002,
                            "log" + id,
                            8,
                            Instant.parse("2026-01-02T03:04:05Z"),
                            state,
                            "R" + id,
                            null,
                            JsonNodeFactory.instance.objectNode()));
        }

        @Override
        public long add(String flow, String key, JsonNode payload, Throwable failure) {
            throw new UnsupportedOperationException("the operator's interface adds none");
        }

        @Override
        public int resolve(String flow, String key) {
            throw new UnsupportedOperationException("the operator's interface resolves none");
        }

        @Override
        public Page list(Filter filter, int page, int size) {
            asked = filter;
            List<DeadLetter> found = letters.values().stream()
                    .filter(letter -> filter.state() == null || letter.state() == filter.state())
                    .toList();
            return new Page(found.stream().skip((long) page * size).limit(size).toList(), found.size());
        }

        @Override
        public Optional<DeadLetter> find(long id) {
            return Optional.ofNullable(letters.get(id));
        }

        @Override
        public void replay(long id, JsonNode edited) {
            requireNew(id);
            if (edited != null && !edited.isObject()) {
                throw new IllegalArgumentException("The edited payload must be a JSON object");
            }
            replayed.add(id);
            this.edited = edited;
            put(id, State.REPLAYING);
        }

        @Override
        public Replayed replay(Filter filter, int perSecond, int most) {
            asked = filter;
            rate = perSecond;
            this.most = most;
            return new Replayed(2, 1, Instant.parse("2026-01-02T03:04:06Z"));
        }

        @Override
        public void discard(long id, String reason) {
            requireNew(id);
            reasons.put(id, reason);
            put(id, State.DISCARDED);
        }

        private void requireNew(long id) {
            if (!letters.containsKey(id)) {
                throw new UnknownDeadLetterException(id);
            }
            if (letters.get(id).state() != State.NEW) {
                throw new UndecidableException(
                        "dead letter " + id + " is " + letters.get(id).state());
            }
        }
    }
}
