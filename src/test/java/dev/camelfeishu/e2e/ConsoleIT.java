package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Needs a Chromium; where there is none, it says so and is skipped. */
@ExtendWith(RunningApplication.Extension.class)
@DisplayName("The console in a browser: every page and every action, in both languages")
class ConsoleIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Path PICTURES = Path.of("target/screenshots");
    private static final String REPLY = "/open-apis/im/v1/messages/:message_id/reply";
    private static final String UNDONE = "SO-1061";
    private static final String GREETING = "routes/changes/console.camel.yaml";

    private static Browser browser;

    private final RunningApplication application;
    private final Sandbox sandbox;

    ConsoleIT(RunningApplication application) {
        this.application = application;
        this.sandbox = application.sandbox();
    }

    @BeforeAll
    static void open() {
        if (Browser.installed().isEmpty()) {
            System.err.println(
                    "SKIPPED: no Chromium on the path (or in CHROMIUM), so the console was not tried in a browser");
        }
        assumeTrue(Browser.installed().isPresent(), "no Chromium is installed");
        browser = new Browser(Browser.installed().orElseThrow());
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void asTheOperator() {
        browser.size(1280, 800, false);
        browser.dark(false);
        logIn("operator", "en-US");
    }

    @AfterEach
    void nothingIsComplainedOf() {
        sandbox.mend();
        assertThat(browser.complaints()).as("scripts and the page's policy").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"en-US, false", "zh-CN, true"})
    @DisplayName(
            "every page is whole, says everything in its language, fits a phone, and has no serious fault of accessibility")
    void pages(String language, boolean dark) throws IOException {
        long letter = failed(Person.DAVID).path("id").asLong();
        sandbox.mend();
        application.ops("POST", "pairs/orders/verify", null);
        logIn("operator", language);
        browser.dark(dark);
        String axe = axe();
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, String> page : everyPage(letter).entrySet()) {
            browser.size(1280, 800, false);
            browser.open(application.http().address(page.getValue()));
            assertThat(browser.text("body")).as(page.getKey()).doesNotContain("??");
            assertThat(browser.evaluate("document.documentElement.lang").asText())
                    .isEqualTo(language.equals("zh-CN") ? "zh-CN" : "en");
            picture(page.getKey(), language);
            faults.addAll(faults(axe, page.getKey()));
            browser.size(390, 844, true);
            assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                    .as(page.getKey() + " on a phone")
                    .isLessThanOrEqualTo(390);
            picture(page.getKey() + "-phone", language);
        }
        browser.size(1280, 800, false);
        browser.forgetCookies();
        browser.open(application.http().address("/console/login?lang=" + language));
        picture("login", language);
        faults.addAll(faults(axe, "login"));
        assertThat(faults).isEmpty();
    }

    private Map<String, String> everyPage(long letter) {
        Long event = application
                .feishu()
                .queryForObject("select max(event_id) from feishu.delivery where state = 'DONE'", Long.class);
        Long report = application.feishu().queryForObject("select max(id) from feishu.sync_report", Long.class);
        String request = application
                .erp()
                .queryForObject(
                        "select min(request_id) from erp.purchase_requests where instance_code is not null",
                        String.class);
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("overview", "/console");
        pages.put("events", "/console/events");
        pages.put("event", "/console/events/" + event);
        pages.put("dead-letters", "/console/dead-letters");
        pages.put("dead-letter", "/console/dead-letters/" + letter);
        pages.put("pairs", "/console/pairs");
        pages.put("pair", "/console/pairs/orders");
        pages.put("pair-conflicts", "/console/pairs/orders/conflicts");
        pages.put("pair-deletes", "/console/pairs/orders/deletes");
        pages.put("pair-parked", "/console/pairs/orders/parked");
        pages.put("pair-journal", "/console/pairs/orders/journal");
        pages.put("pair-reports", "/console/pairs/orders/reports");
        pages.put("pair-report", "/console/pairs/orders/reports/" + report);
        pages.put("approvals", "/console/approvals");
        pages.put("approval", "/console/approvals/" + request);
        pages.put("schedules", "/console/schedules");
        pages.put("runs", "/console/schedules/runs");
        pages.put("routes", "/console/routes");
        pages.put("route", "/console/routes/bot-order");
        pages.put("route-files", "/console/route-files");
        pages.put("route-file", "/console/route-files/file?file=routes/bot.camel.yaml");
        pages.put("doctor", "/console/doctor");
        pages.put("audit", "/console/audit");
        pages.put("not-there", "/console/no-such-page");
        return pages;
    }

    @Test
    @DisplayName("a wrong password is refused with a sentence, and a guesser has to wait")
    void login() {
        browser.go(".me form button");
        browser.open(application.http().address("/console/events"));
        assertThat(browser.address()).startsWith("/console/login");
        for (int attempt = 1; attempt <= 5; attempt++) {
            give("nobody", "wrong");
            assertThat(browser.text(".said")).contains("do not belong together");
        }
        give("nobody", "wrong");
        assertThat(browser.text(".said")).contains("Wait a quarter of an hour");

        give("operator", Secrets.DISTINCTIVE.operatorPassword());
        assertThat(browser.text("h1")).isEqualTo("Events");
        browser.go(".me form button");
        assertThat(browser.text(".said")).isEqualTo("You are logged out.");
        browser.open(application.http().address("/console"));
        assertThat(browser.address()).startsWith("/console/login");
    }

    @Test
    @DisplayName("the language is changed in place and kept")
    void language() {
        browser.open(application.http().address("/console/events?type=im."));
        browser.go(".me a");
        assertThat(browser.text("h1")).isEqualTo("事件");
        assertThat(browser.value("[name=type]")).isEqualTo("im.");
        browser.open(application.http().address("/console/routes"));
        assertThat(browser.text("h1")).isEqualTo("路由");
    }

    @Test
    @DisplayName("a viewer looks and is offered nothing to do")
    void viewer() {
        long letter = failed(Person.LI_LEI).path("id").asLong();
        logIn("vera", "en-US");
        for (String page : List.of(
                "/console/dead-letters",
                "/console/dead-letters/" + letter,
                "/console/pairs/orders",
                "/console/pairs/orders/journal",
                "/console/schedules",
                "/console/route-files",
                "/console/route-files/file?file=routes/bot.camel.yaml",
                "/console/routes/bot-help")) {
            browser.open(application.http().address(page));
            assertThat(browser.evaluate(
                                    "[...document.querySelectorAll('main form')].filter(it => it.method === 'post').length")
                            .asInt())
                    .as(page)
                    .isZero();
        }
        // whoever makes up the form all the same
        String answer = browser.evaluate(
                        "fetch('/console/routes/bot-help/stop', {method: 'POST', headers: {'Content-Type':"
                                + " 'application/x-www-form-urlencoded'}, body: '_csrf=' + encodeURIComponent(document"
                                + ".querySelector('[name=_csrf]').value)}).then(async it => it.status + ' ' + (await it.text()).includes('Your role may look, but not act.'))")
                .asText();
        assertThat(answer).isEqualTo("403 true");
    }

    @Test
    @DisplayName("events are found by type, id, key, time and state, without the page being made anew")
    void events() {
        String message = sandbox.tell(Person.ZHAO_MIN, "/help");
        application.answer(Person.ZHAO_MIN.chat(), message);
        browser.open(application.http().address("/console/events"));
        browser.evaluate("window.same = true");
        browser.fill("[name=id]", message);
        awaitList("tbody tr", 1);
        assertThat(browser.address()).contains("id=" + message);
        browser.fill("[name=type]", "im.message");
        awaitList("tbody tr", 1);
        browser.fill("[name=key]", Person.ZHAO_MIN.chat());
        awaitList("tbody tr", 1);
        browser.fill("[name=state]", "DONE");
        awaitList("tbody tr", 1);
        browser.fill("[name=since]", "2020-01-01T00:00");
        awaitList("tbody tr", 1);
        browser.fill("[name=until]", "2020-01-02T00:00");
        awaitList("tbody tr", 0);
        assertThat(browser.text(".empty")).contains("Nothing matches this filter.");
        assertThat(browser.evaluate("window.same").asBoolean()).isTrue();

        browser.open(application.http().address("/console/events?id=" + message));
        browser.go("tbody a");
        assertThat(browser.text("main")).contains(message, "bot-help", "done", "Payload", "/help");
    }

    @Test
    @DisplayName("a dead letter is replayed, replayed as edited, replayed with others, and discarded with a reason")
    void deadLetters() {
        JsonNode first = failed(Person.WANG_FANG);
        JsonNode second = failed(Person.LI_LEI);
        JsonNode third = failed(Person.ALICE);
        JsonNode fourth = failed(Person.ZHAO_MIN);
        sandbox.mend();

        openLetter(first);
        ask("Replay…");
        assertThat(browser.text(".said")).contains("is on its way once more");
        awaitState(first, "RESOLVED");
        assertThat(sandbox.replies(
                        Person.WANG_FANG.chat(), first.path("event_id").asText()))
                .hasSize(1);

        openLetter(second);
        browser.click("#edit summary");
        String edited = browser.value("#edit textarea").replace("/help", "/order SO-1001");
        browser.fill("#edit textarea", "{");
        browser.go("#edit form button");
        assertThat(browser.text(".said.failed")).contains("The payload is not JSON");
        browser.click("#edit summary");
        browser.fill("#edit textarea", edited);
        browser.go("#edit form button");
        assertThat(browser.text(".said")).contains("as edited");
        awaitState(second, "RESOLVED");

        openLetter(third);
        browser.click("#discard summary");
        browser.fill("#discard [name=reason]", "entered by hand");
        browser.go("#discard form button");
        assertThat(browser.text("main")).contains("discarded", "entered by hand");

        browser.open(application
                .http()
                .address("/console/dead-letters?flow=bot-help&cause="
                        + fourth.path("log_id").asText()));
        awaitList("tbody tr", 1);
        browser.click("#replay-many summary");
        browser.go("#replay-many form button");
        assertThat(browser.text(".said")).contains("1 dead letters are on their way, 0 are left.");
        awaitState(fourth, "RESOLVED");

        assertThat(audited("dead-letter."))
                .contains(
                        "operator dead-letter.replay " + first.path("id").asText() + " DONE",
                        "operator dead-letter.replay-edited "
                                + second.path("id").asText() + " FAILED",
                        "operator dead-letter.replay-edited "
                                + second.path("id").asText() + " DONE",
                        "operator dead-letter.discard " + third.path("id").asText() + " DONE",
                        "operator dead-letter.replay-many  DONE");
        browser.open(application.http().address("/console/audit?action=dead-letter.discard"));
        assertThat(browser.text("tbody")).contains("operator", "entered by hand", "127.0.0.1");
    }

    private void openLetter(JsonNode letter) {
        browser.open(application
                .http()
                .address("/console/dead-letters/" + letter.path("id").asText()));
    }

    private void awaitState(JsonNode letter, String state) {
        await("dead letter is " + state)
                .atMost(PATIENCE)
                .until(() -> application
                        .ops("dead-letters/" + letter.path("id").asText())
                        .path("state")
                        .asText()
                        .equals(state));
    }

    @Test
    @DisplayName("a pair is verified, a value brought back, a parked record tried again")
    void pair() {
        browser.open(application.http().address("/console/pairs?text=no-such-pair"));
        assertThat(browser.text(".empty")).isEqualTo("Nothing matches this filter.");
        browser.open(application.http().address("/console/pairs?text=orders"));
        browser.go("tbody a");
        ask("Verify now…");
        assertThat(browser.text(".said")).startsWith("Compared ");

        String note = application
                .erp()
                .queryForObject("select note from erp.orders where order_id = ?", String.class, UNDONE);
        application.feishu().update("""
                insert into feishu.sync_journal (pair, pair_id, sql_key, field, side, losing, winning, why, at)
                select pair, pair_id, sql_key, 'note', 'sql', 'brought back', ?, 'conflict', now()
                from feishu.sync_link where pair = 'orders' and sql_key = ?""", note, UNDONE);
        browser.open(application.http().address("/console/pairs/orders/journal"));
        browser.fill("[name=key]", UNDONE);
        awaitList("tbody tr", 1);
        ask("Undo…");
        assertThat(browser.text(".said")).isEqualTo("The value of note of row " + UNDONE + " is back.");
        assertThat(application
                        .erp()
                        .queryForObject("select note from erp.orders where order_id = ?", String.class, UNDONE))
                .isEqualTo("brought back");

        String record = sandbox.insert(Map.of("Note", "whose is it"));
        try {
            await("the record is parked")
                    .atMost(PATIENCE)
                    .until(() -> application
                            .ops("pairs/orders/parked?size=200")
                            .toString()
                            .contains(record));
            browser.open(application.http().address("/console/pairs/orders/parked"));
            browser.go("input[value=" + record + "] ~ button");
            assertThat(browser.text(".said")).isEqualTo("1 are looked at again.");
            browser.go("form.actions button");
            assertThat(browser.text(".said")).contains("are looked at again.");
        } finally {
            sandbox.delete(record);
        }
    }

    @Test
    @DisplayName("a conflict is decided")
    void conflict() {
        application.feishu().update("""
                insert into feishu.sync_hold (pair, pair_id, sql_key, field, kind, sql_value, bitable_value, since)
                select pair, pair_id, sql_key, 'note', 'conflict', 'of the ERP', 'of the Base', now()
                from feishu.sync_link where pair = 'orders' and sql_key = ?""", UNDONE);
        try {
            browser.open(application.http().address("/console/pairs/orders/conflicts"));
            assertThat(browser.text("tbody")).contains(UNDONE, "of the ERP", "of the Base");
            browser.click(".ask summary");
            browser.click(".ask [value=bitable]");
            browser.go(".ask form button");
            assertThat(browser.text(".said")).isEqualTo("note of " + UNDONE + " is decided.");
            assertThat(audited("pair.decide")).contains("operator pair.decide orders DONE");
        } finally {
            application.feishu().update("delete from feishu.sync_hold where sql_key = ?", UNDONE);
        }
    }

    @Test
    @DisplayName("deletions that wait are refused or approved")
    void deletes() {
        for (String decision : List.of("Keep the records…", "Delete the records…")) {
            application.feishu().update("""
                    insert into feishu.sync_link (pair_id, pair, sql_key, record_id, state, deletion, absences, updated_at)
                    values (gen_random_uuid(), 'orders', 'SO-GONE', 'recGone000', 'linked', 'waiting', 2, now())""");
            try {
                browser.open(application.http().address("/console/pairs/orders/deletes"));
                assertThat(browser.text("tbody")).contains("SO-GONE");
                ask(decision);
                assertThat(browser.text(".said")).startsWith("1 records");
                assertThat(browser.text("main")).contains("No deletion waits.");
            } finally {
                application.feishu().update("delete from feishu.sync_link where sql_key = 'SO-GONE'");
            }
        }
    }

    @Test
    @DisplayName("purchase requests are found, and one shows its timeline and its events")
    void approvals() {
        String request = application
                .erp()
                .queryForObject(
                        "select min(request_id) from erp.purchase_requests where instance_code is not null",
                        String.class);
        browser.open(application.http().address("/console/approvals"));
        browser.fill("[name=text]", request);
        awaitList("tbody tr", 1);
        browser.go("tbody a");
        assertThat(browser.text("main")).contains(request, "Timeline", "submitted", "Its events", "approval_instance");

        application.erp().update("""
                insert into erp.purchase_requests (request_id, applicant_open_id, title, amount, status, updated_at)
                values ('PR-STUCK', 'ou_nobody', 'Forgotten', 1, 'SUBMITTED', now() - interval '30 days')""");
        try {
            browser.open(application.http().address("/console/approvals?stuck=true"));
            assertThat(browser.text("tbody")).contains("PR-STUCK", "stuck");
            browser.go("tbody a");
            assertThat(browser.text("main")).contains("Nobody has decided for a week.", "It has no approval instance.");
        } finally {
            application.erp().update("delete from erp.purchase_requests where request_id = 'PR-STUCK'");
        }
    }

    @Test
    @DisplayName("a schedule is run, paused and resumed")
    void schedules() {
        browser.open(application.http().address("/console/schedules"));
        assertThat(browser.text("section")).contains("orders-verify", "timer:alerts");
        browser.open(application.http().address("/console/schedules?text=orders-verify"));
        assertThat(browser.text("section")).contains("orders-verify").doesNotContain("timer:alerts");
        askIn("orders-verify", "Run now…");
        assertThat(browser.text(".said")).isEqualTo("orders-verify was fired.");
        await("its run").atMost(PATIENCE).until(() -> {
            browser.open(application.http().address("/console/schedules"));
            return row("orders-verify").contains("went well");
        });
        askIn("orders-verify", "Pause…");
        assertThat(row("orders-verify")).contains("paused");
        askIn("orders-verify", "Resume…");
        assertThat(row("orders-verify")).contains("waits");
        assertThat(audited("schedule."))
                .contains(
                        "operator schedule.run orders-verify DONE",
                        "operator schedule.pause orders-verify DONE",
                        "operator schedule.resume orders-verify DONE");
    }

    @Test
    @DisplayName("a route is shown as it is written, stopped and started")
    void routes() {
        browser.open(application.http().address("/console/routes"));
        browser.fill("[name=text]", "bot-welcome");
        awaitList("tbody tr", 1);
        browser.go("tbody a");
        assertThat(browser.text(".source")).contains("id: bot-welcome");
        assertThat(browser.text(".source .begins")).contains("id: bot-welcome");
        ask("Stop…");
        assertThat(browser.text(".verdict")).contains("stopped");
        browser.open(application.http().address("/console"));
        assertThat(browser.text(".verdict")).contains("Route bot-welcome is stopped");
        browser.open(application.http().address("/console/routes/bot-welcome"));
        ask("Start…");
        assertThat(browser.text(".verdict")).isEqualTo("runs");
    }

    @Test
    @DisplayName("a file of routes is checked, refused, applied, uploaded, rolled back and removed in its page")
    void routeFile() {
        browser.open(application.http().address("/console/route-files"));
        browser.fill("[name=text]", "bot-welcome");
        awaitList("tbody tr", 1);
        browser.fill("#new [name=file]", "routes/../config/x.camel.yaml");
        browser.evaluate("document.querySelector('#new').noValidate = true");
        browser.go("#new button");
        assertThat(browser.text(".said.failed")).contains("file must be a name such as routes/bot.camel.yaml");
        browser.fill("#new [name=file]", GREETING);
        browser.go("#new button");
        assertThat(browser.text(".verdict")).isEqualTo("not there yet");

        browser.evaluate("window.same = true");
        browser.fill("#source", Greeting.from("nobody").replace("deadline", "deadlin"));
        browser.click("#check");
        await("the mistake").atMost(PATIENCE).until(() -> browser.has("#remarks li"));
        assertThat(browser.text("#remarks")).contains("Line 18", "Did you mean deadline?");
        assertThat(browser.evaluate("window.same").asBoolean()).isTrue();
        browser.click("#remarks [data-line]");
        assertThat(browser.evaluate(
                                "(it => it.value.substring(it.selectionStart, it.selectionEnd))(document.querySelector('#source'))")
                        .asText())
                .contains("deadlin: 4s");
        picture("route-file-mistake", "en-US");
        yes("#apply");
        assertThat(browser.text(".said.failed")).contains(GREETING + ":18: error:");
        assertThat(browser.value("#source")).contains("deadlin: 4s");
        assertThat(application.ops("GET", "routes/file?name=" + GREETING, null).status())
                .isEqualTo(404);

        browser.fill("#source", Greeting.from("one"));
        browser.click("#check");
        await("no mistake").atMost(PATIENCE).until(() -> browser.has("#remarks .said"));
        assertThat(browser.text("#remarks")).startsWith("Nothing stands in the way");
        yes("#apply");
        assertThat(browser.text(".said")).isEqualTo(GREETING + " is applied.");
        assertThat(browser.text(".verdict")).startsWith("runs as it is written");
        assertThat(greeted()).isEqualTo("Hello from one");

        browser.evaluate("(() => { const chosen = new DataTransfer(); chosen.items.add(new File(["
                + quoted(Greeting.from("two")) + "], 'any.yaml')); const it = document.querySelector('#upload');"
                + " it.files = chosen.files; it.dispatchEvent(new Event('change', {bubbles: true})); })()");
        await("no mistake").atMost(PATIENCE).until(() -> browser.has("#remarks .said"));
        assertThat(browser.value("#source")).isEqualTo(Greeting.from("two"));
        yes("#apply");
        assertThat(greeted()).isEqualTo("Hello from two");

        browser.click("#rollback summary");
        assertThat(browser.text("#rollback .source")).contains("Hello from one");
        yes("#rollback");
        assertThat(browser.text(".said")).isEqualTo(GREETING + " is rolled back.");
        assertThat(greeted()).isEqualTo("Hello from one");

        application.ops(
                "POST",
                "routes/apply",
                Http.JSON.createObjectNode().put("file", GREETING).put("source", Greeting.from("a colleague")));
        yes("#apply");
        assertThat(browser.text(".said.failed"))
                .startsWith("Somebody has changed the file since this page was opened.");

        yes("#remove");
        assertThat(browser.text(".verdict")).isEqualTo("not there yet");
        assertThat(audited("route-file."))
                .containsExactly(
                        "operator route-file.apply " + GREETING + " FAILED",
                        "operator route-file.apply " + GREETING + " DONE",
                        "operator route-file.apply " + GREETING + " DONE",
                        "operator route-file.rollback " + GREETING + " DONE",
                        "operator route-file.apply " + GREETING + " FAILED",
                        "operator route-file.remove " + GREETING + " DONE");
        assertThat(browser.text("table tbody tr:first-child")).contains("operator", "remove", "done");
    }

    private static void yes(String question) {
        if (!browser.has(question + "[open]")) {
            browser.click(question + " summary");
        }
        browser.go(question + " .row button");
    }

    private String greeted() {
        return application
                .answer(Person.LI_LEI.chat(), sandbox.tell(Person.LI_LEI, "/greeting"))
                .text();
    }

    @Test
    @DisplayName("the first link of a pair that waits for a person is looked at and started")
    void firstLink() {
        String page = "/console/pairs/" + RunningApplication.WAITING_PAIR;
        browser.open(application.http().address("/console"));
        assertThat(browser.text(".verdict")).contains("The first link of pair " + RunningApplication.WAITING_PAIR);
        browser.open(application.http().address(page));
        ask("Dry run…");
        assertThat(browser.text(".said")).endsWith("records; nothing was written.");
        assertThat(browser.text("main")).contains("What the first link would do");
        ask("Start the first link…");
        assertThat(browser.text(".said")).isEqualTo("The first link has begun.");
        assertThat(browser.text(".verdict")).contains("The first link is under way");
        assertThat(audited("pair."))
                .contains(
                        "operator pair.dry-run " + RunningApplication.WAITING_PAIR + " DONE",
                        "operator pair.start " + RunningApplication.WAITING_PAIR + " DONE");
    }

    @Test
    @DisplayName("what was asked is withdrawn with Escape, and an id is one click away")
    void keyboard() {
        browser.open(application.http().address("/console/routes/bot-help"));
        browser.click(".ask summary");
        assertThat(browser.has(".ask[open]")).isTrue();
        browser.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))");
        assertThat(browser.has(".ask[open]")).isFalse();
        assertThat(browser.evaluate("document.activeElement.tagName").asText()).isEqualTo("SUMMARY");
    }

    private void logIn(String name, String language) {
        browser.forgetCookies();
        browser.open(application.http().address("/console/login?lang=" + language));
        give(name, Secrets.DISTINCTIVE.operatorPassword());
    }

    private void give(String name, String password) {
        browser.fill("[name=username]", name);
        browser.fill("[name=password]", password);
        browser.go(".door form button");
    }

    /** Asks for it and says yes. */
    private void ask(String label) {
        askIn("", label);
    }

    private void askIn(String row, String label) {
        browser.evaluate(
                "(() => { const it = [...document.querySelectorAll('details.ask')].find(ask => ask.querySelector"
                        + "('summary').innerText === '" + label + "' && (!'" + row
                        + "' || ask.closest('tr').innerText.includes('" + row
                        + "'))); it.querySelector('summary').click(); it.id = 'asked'; })()");
        assertThat(browser.has("#asked[open]")).as(label).isTrue();
        browser.go("#asked form button");
    }

    private String row(String name) {
        return browser.evaluate("[...document.querySelectorAll('tr')].find(row => row.innerText.includes('" + name
                        + "')).innerText")
                .asText();
    }

    private static String quoted(String text) {
        return Http.JSON.getNodeFactory().textNode(text).toString();
    }

    private static void awaitList(String rows, int number) {
        await(number + " rows")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> browser.evaluate("document.querySelectorAll('#list " + rows + "').length")
                                .asInt()
                        == number);
    }

    private List<String> audited(String action) {
        return application
                .feishu()
                .queryForList(
                        "select who || ' ' || action || ' ' || target || ' ' || outcome from feishu.audit"
                                + " where starts_with(action, ?)",
                        String.class,
                        action);
    }

    private JsonNode failed(Person person) {
        sandbox.refuse("POST", REPLY, 230001, 2);
        String message = sandbox.tell(person, "/help");
        JsonNode letter =
                await("the dead letter of " + message).atMost(PATIENCE).until(() -> letter(message), Objects::nonNull);
        sandbox.mend();
        return letter;
    }

    private JsonNode letter(String event) {
        for (JsonNode letter : application.ops("dead-letters?size=200").path("items")) {
            if (letter.path("event_id").asText().equals(event)) {
                return letter;
            }
        }
        return null;
    }

    private static void picture(String page, String language) {
        browser.screenshot(PICTURES.resolve(page + "-" + language + ".png"));
    }

    private static String axe() throws IOException {
        return new PathMatchingResourcePatternResolver()
                .getResources("classpath*:META-INF/resources/webjars/axe-core/*/axe.min.js")[0].getContentAsString(
                        StandardCharsets.UTF_8);
    }

    /** What axe-core calls serious or critical. */
    private static List<String> faults(String axe, String page) {
        browser.evaluate(axe + "; true");
        List<String> faults = new ArrayList<>();
        for (JsonNode violation :
                browser.evaluate("axe.run({resultTypes: ['violations']}).then(it => it.violations)")) {
            if (violation.path("impact").asText().matches("serious|critical")) {
                violation
                        .path("nodes")
                        .forEach(node ->
                                faults.add(page + ": " + violation.path("id").asText() + " "
                                        + node.path("html").asText() + " "
                                        + node.path("failureSummary").asText()));
            }
        }
        return faults;
    }
}
