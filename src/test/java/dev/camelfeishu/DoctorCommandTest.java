package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.sandbox.Faults;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;

@DisplayName("doctor: what is wrong with the set-up")
class DoctorCommandTest {

    private static final String SECRET = "sandbox-app-secret";
    private static final String BASE = "bascnSandboxOrders000000001";
    private static final Path PAGE = Path.of("docs/doctor.md");

    @TempDir
    static Path home;

    private static TestDatabase postgres;
    private static RunningSandbox sandbox;
    /** Lacks a scope, an event and a callback. */
    private static RunningSandbox poor;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.rates", "false"));
        poor = RunningSandbox.start(
                postgres,
                Map.of(
                        "feishu.sandbox.denied-scopes",
                        "im:message.p2p_msg:readonly,im:message.p2p_msg",
                        "feishu.sandbox.unsubscribed",
                        "im.message.receive_v1,card.action.trigger",
                        "feishu.sandbox.webhook-url",
                        "http://orders.example.com/webhook"));
        new JdbcTemplate(postgres.dataSource())
                .execute(new ClassPathResource("db/erp/schema.sql").getContentAsString(StandardCharsets.UTF_8));
    }

    @AfterAll
    static void stop() throws IOException {
        poor.close();
        sandbox.close();
        postgres.close();
        ScopesCommandTest.logAgain();
    }

    @AfterEach
    void forget() {
        sandbox.bean(Faults.class).clear();
    }

    /**
     * @param fault path and code of a refusal, or null
     * @param found severity and check
     */
    record Mistake(
            String name,
            boolean poorApp,
            Map<String, String> settings,
            Refusal fault,
            String found,
            String what,
            String mend) {
        @Override
        public String toString() {
            return name;
        }
    }

    record Refusal(String path, int status, int code) {}

    private static Mistake set(String name, String key, String value, String found, String what, String mend) {
        return new Mistake(name, false, Map.of(key, value), null, found, what, mend);
    }

    private static Mistake refused(
            String name, String path, int status, int code, String found, String what, String mend) {
        return new Mistake(name, false, Map.of(), new Refusal(path, status, code), found, what, mend);
    }

    private static Mistake poor(String name, String found, String what, String mend) {
        return new Mistake(name, true, Map.of(), null, found, what, mend);
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(
                set(
                        "wrong secret",
                        "feishu.app-secret",
                        "not-the-secret",
                        "ERROR credentials",
                        "Feishu refuses the app's secret (code 10015).",
                        "Copy the App Secret again, without spaces, into the second of FEISHU_APP_ID and"
                                + " FEISHU_APP_SECRET."),
                set(
                        "wrong app id, or a stopped app",
                        "feishu.app-id",
                        "cli_nobody",
                        "ERROR credentials",
                        "Feishu has no usable app cli_nobody (code 10014): the id is wrong, or the app is stopped.",
                        "Compare the App ID in FEISHU_APP_ID and FEISHU_APP_SECRET, and let an admin enable the app."),
                set(
                        "no credentials",
                        "feishu.app-id",
                        "",
                        "ERROR credentials",
                        "FEISHU_APP_ID and FEISHU_APP_SECRET are not set.",
                        "Copy both from the developer console."),
                set(
                        "platform not reached",
                        "feishu.base-url",
                        "http://127.0.0.1:1",
                        "ERROR platform",
                        "127.0.0.1 is not reached: ",
                        "Let this machine reach it by name and port: DNS, proxy (-Dhttps.proxyHost), firewall; or correct"
                                + " FEISHU_BASE_URL."),
                set(
                        "platform without https",
                        "feishu.base-url",
                        "http://open.feishu.cn",
                        "ERROR platform",
                        "FEISHU_BASE_URL is wrong: the base URL must be https (http is for loopback only):"
                                + " http://open.feishu.cn.",
                        "Set FEISHU_BASE_URL to https://open.feishu.cn, or https://open.larksuite.com for Lark."),
                poor(
                        "missing scope",
                        "ERROR scopes",
                        "The app lacks the scope im:message.p2p_msg:readonly, needed for event im.message.receive_v1.",
                        "Add the scope and publish a version of the app."),
                poor(
                        "no subscription of an event",
                        "ERROR subscriptions",
                        "The app is not subscribed to the event im.message.receive_v1, which routes/bot.camel.yaml",
                        "Add the event and publish a version of the app."),
                poor(
                        "no subscription of a callback",
                        "ERROR subscriptions",
                        "The app is not subscribed to the callback card.action.trigger, which ",
                        "Add the callback and publish a version of the app."),
                poor(
                        "public address without https",
                        "ERROR public address",
                        "Feishu sends to orders.example.com without https: whoever is between can read and hold back what"
                                + " comes.",
                        "Serve https by SERVER_SSL_* or a reverse proxy, and change the request address."),
                set(
                        "other subscription mode",
                        "feishu.event-mode",
                        "socket",
                        "ERROR subscriptions",
                        "Feishu sends callbacks to an address, but FEISHU_EVENT_MODE is socket.",
                        "Change the subscription mode there, or set FEISHU_EVENT_MODE=webhook."),
                refused(
                        "no bot",
                        "/open-apis/bot/v3/info",
                        400,
                        11205,
                        "ERROR bot",
                        "The app has no bot (code 11205): it can neither get nor send messages.",
                        "Add the bot and publish a version of the app."),
                refused(
                        "no right on the Base",
                        "/open-apis/bitable/v1/apps/:app_token/tables",
                        403,
                        91403,
                        "ERROR base of orders",
                        "The app may not open the Base (code 91403).",
                        "Add the app to the Base with the right to manage it; with advanced permissions also to a role."),
                set(
                        "wrong Base",
                        "BITABLE_APP_TOKEN",
                        "bascnNoSuchBase00000000001",
                        "ERROR base of orders",
                        "There is no Base with the token of the pair orders (code 1254040).",
                        "Copy the token from the Base's address, feishu.cn/base/<token>; of a wiki page it is another"
                                + " one."),
                set(
                        "wrong table id",
                        "BITABLE_ORDERS_TABLE_ID",
                        "tblNoSuchTable001",
                        "ERROR base of orders",
                        "The Base has no table tblNoSuchTable001.",
                        "Copy the id from the address (table=tbl...), or leave it empty to use the table named Orders."),
                set(
                        "events of the Base not subscribed",
                        "feishu.locale",
                        "zh-CN",
                        "WARNING base of orders",
                        "The app does not get the events of this Base: edits are seen only when the pair looks by itself.",
                        "Start the application: the pair subscribes the Base by itself; when that fails, its page says"
                                + " why."),
                set(
                        "wrong approval code",
                        "FEISHU_PURCHASE_APPROVAL_CODE",
                        "00000000-0000-0000-0000-000000000000",
                        "ERROR approval",
                        "FEISHU_PURCHASE_APPROVAL_CODE is the code of no approval definition (code 1390002).",
                        "Copy the definitionCode from the address of the definition's page."),
                set(
                        "wrong ops group",
                        "feishu.ops-chat-id",
                        "oc_group0000000000000000000000009",
                        "ERROR ops chat",
                        "FEISHU_OPS_CHAT_ID is the id of no group (code 232006).",
                        "Add the bot to that group, or set FEISHU_OPS_CHAT_ID to one that it is in."),
                set(
                        "database not reached",
                        "spring.datasource.url",
                        "jdbc:postgresql://127.0.0.1:1/camel",
                        "ERROR database",
                        "The integration's database is not reached: ConnectException: Connection refused.",
                        "See that PostgreSQL runs there and lets this machine in (pg_hba.conf, firewall), or correct the"
                                + " URL."),
                set(
                        "ERP without the table of a pair",
                        "erp.datasource.url",
                        "TEMPLATE",
                        "ERROR erp",
                        "The pair orders cannot read the table erp.orders: ",
                        "Correct the name in the declaration, or grant the account of ERP_DATASOURCE_USERNAME the right"
                                + " to read it."),
                set(
                        "wrong time zone",
                        "TZ",
                        "Mars/Phobos",
                        "ERROR time zone",
                        "TZ is not the name of a time zone.",
                        "Set it to one, such as Asia/Shanghai."),
                set(
                        "short operator's password",
                        "ops.password",
                        "hunter2",
                        "WARNING operators",
                        "OPS_PASSWORD is shorter than 12 characters: it can be guessed.",
                        "Set a longer one, or its bcrypt hash."),
                set(
                        "flow without its variable",
                        "FEISHU_PURCHASE_APPROVAL_CODE",
                        "",
                        "SKIPPED routes",
                        "The flow purchase does not start: FEISHU_PURCHASE_APPROVAL_CODE is not set.",
                        "Set what is missing when the flow is wanted."));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    @DisplayName("each mistake of a newcomer is named with its mend, as the page says, and without a secret")
    void named(Mistake mistake) throws IOException {
        if (mistake.fault() != null) {
            refuse(mistake.fault());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        int status = run(mistake.poorApp() ? poor : sandbox, mistake.settings(), out);

        String printed = out.toString(StandardCharsets.UTF_8);
        String[] found = mistake.found().split(" ", 2);
        assertThat(printed.lines())
                .as(printed)
                .anyMatch(line -> line.startsWith(
                                String.format("%-8s%-22s", found[0], found[1]).stripTrailing())
                        && line.contains(mistake.what()));
        assertThat(printed).contains("-> " + mistake.mend());
        assertThat(status).isEqualTo(found[0].equals("ERROR") ? 1 : 0);
        assertThat(printed).doesNotContain(SECRET, "not-the-secret", "hunter2", "database password");
        assertThat(Files.readString(PAGE))
                .contains("| " + mistake.name() + " | ")
                .contains(mistake.what().strip())
                .contains(mistake.mend());
    }

    @Test
    @DisplayName("a set-up without mistakes")
    void right() {
        assertThat(sandbox.api("POST", "/open-apis/drive/v1/files/" + BASE + "/subscribe?file_type=bitable", null)
                        .code())
                .isZero();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            assertThat(run(sandbox, Map.of(), out)).isZero();
        } finally {
            sandbox.api("DELETE", "/open-apis/drive/v1/files/" + BASE + "/delete_subscribe?file_type=bitable", null);
        }

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("0 errors, 0 warnings")
                .contains("The app has all scopes that the loaded routes need.")
                .contains("The bot is in the group that gets alerts.")
                .contains("The app reads and may change it, and gets its events.")
                .contains("Everybody in the tenant may use the app.");
    }

    @Test
    @DisplayName("is said in Chinese where the machine speaks it")
    void chinese() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        run(poor, Map.of("ops.password", "hunter2"), out, Locale.CHINA);

        String printed = out.toString(StandardCharsets.UTF_8);
        assertThat(printed)
                .contains("应用缺少权限 im:message.p2p_msg:readonly，event im.message.receive_v1 需要它。")
                .contains("-> 请添加该权限，并发布应用版本。")
                .contains("飞书开发者后台（open.feishu.cn/app），你的应用，权限管理")
                .contains("应用没有订阅事件 im.message.receive_v1，而 routes/bot.camel.yaml")
                .contains("OPS_PASSWORD 不足 12 个字符，容易被猜到。");
        // the findings; what a check is called is the same in every language
        assertThat(printed.lines().filter(line -> line.matches("(ERROR|WARNING|SKIPPED|OK) .*")))
                .isNotEmpty()
                .allMatch(line -> line.matches(".*\\p{IsHan}.*"));
    }

    private static void refuse(Refusal refusal) {
        Faults faults = sandbox.bean(Faults.class);
        faults.add(new Faults.Fault(
                faults.nextId(),
                "GET",
                refusal.path(),
                Faults.Kind.CODE,
                refusal.status(),
                refusal.code(),
                "refused",
                0,
                1,
                new AtomicInteger(100),
                Map.of()));
    }

    private static int run(RunningSandbox platform, Map<String, String> changed, ByteArrayOutputStream out) {
        return run(platform, changed, out, Locale.ENGLISH);
    }

    private static int run(
            RunningSandbox platform, Map<String, String> changed, ByteArrayOutputStream out, Locale language) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("CAMEL_FEISHU_HOME", home.toString());
        settings.put("feishu.base-url", platform.root());
        settings.put("feishu.app-id", "cli_a1b2c3d4e5f60718");
        settings.put("feishu.app-secret", SECRET);
        settings.put("feishu.ops-chat-id", "oc_group0000000000000000000000002");
        settings.put("BITABLE_APP_TOKEN", BASE);
        settings.put("FEISHU_PURCHASE_APPROVAL_CODE", RunningSandbox.APPROVAL_CODE);
        settings.put("spring.datasource.url", postgres.url());
        settings.put("spring.datasource.username", "postgres");
        settings.put("spring.datasource.password", "database password");
        settings.putAll(changed);
        settings.replace("erp.datasource.url", "TEMPLATE", TestDatabase.emptyUrl());
        List<String> args = new ArrayList<>();
        settings.forEach((key, value) -> args.add("--" + key + "=" + value));
        return DoctorCommand.run(
                args.toArray(String[]::new), new PrintStream(out, true, StandardCharsets.UTF_8), language);
    }
}
