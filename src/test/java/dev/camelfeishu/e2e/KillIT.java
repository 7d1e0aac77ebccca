package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.e2e.Sandbox.Message;
import dev.camelfeishu.e2e.Sandbox.Row;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The packaged jar, killed with {@code kill -9} ten times at seeded random moments. Before each kill every flow has something
 * under way: commands to the bot, approvals and their card clicks, edits of orders on both sides, an order added and a record
 * deleted. The sandbox is in the same process; its state, like all other, is in PostgreSQL, so that what one kill cuts off is
 * also what Feishu was about to send.
 *
 * <p>Repeat one with {@code -Dkill.seed=number}.
 */
@DisplayName("kill -9 at any moment: nothing is lost and nothing is done twice")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("processes that are killed")
class KillIT {

    private static final int KILLS = 10;
    private static final int LONGEST_MILLIS = 2_500;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String DATABASE = "killed";
    private static final List<Person> ASKING =
            List.of(Person.WANG_FANG, Person.LI_LEI, Person.ALICE, Person.ZHAO_MIN, Person.DAVID);
    private static final List<String> STATUSES = List.of("NEW", "PAID", "SHIPPED", "DONE", "CANCELED");

    private final long seed = Long.getLong("kill.seed", System.nanoTime() & 0xffffff);
    private final Random random = new Random(seed);

    private Databases databases;
    private JdbcTemplate sql;
    private ApplicationProcess process;
    private Http http;
    private Sandbox sandbox;

    /** What a person has seen as done, and must therefore be in the end. */
    private final Map<String, String> notes = new HashMap<>();

    private final Map<String, String> statuses = new HashMap<>();
    private final Set<String> approved = new HashSet<>();

    @BeforeEach
    void start(@TempDir Path home) {
        databases = new Databases();
        Map<String, String> settings = new HashMap<>();
        settings.put("SPRING_DATASOURCE_URL", databases.create(DATABASE, "secret"));
        settings.put("SPRING_DATASOURCE_USERNAME", DATABASE);
        settings.put("SPRING_DATASOURCE_PASSWORD", "secret");
        settings.put("ORDERS_SYNC_PERIOD", "1s");
        settings.put("ORDERS_PROBE_PERIOD", "5s");
        settings.put("PURCHASE_SUBMIT_PERIOD", "1s");
        settings.put("PURCHASE_RECONCILE_PERIOD", "10s");
        settings.put("OPS_USERNAME", "operator");
        settings.put("OPS_PASSWORD", "secret");
        Ports ports = Ports.free();
        process = ApplicationProcess.ofJar(Path.of(System.getProperty("packaged.jar")), ports, settings, home);
        process.start();
        http = new Http(ports.server());
        sandbox = new Sandbox(new Http(ports.sandbox()));
        sql = databases.sql(DATABASE);
        await("the first link").atMost(PATIENCE).until(() -> sandbox.rows().size() == 64);
        await("the drafts of the seed are submitted")
                .atMost(PATIENCE)
                .until(() -> number("select count(*) from erp.purchase_requests where status = 'DRAFT'") == 0);
    }

    @AfterEach
    void stop() {
        process.close();
        databases.close();
    }

    /** It watches processes of its own; a thread of another test in this JVM is none of its business. */
    @BeforeAll
    static void mindOwnThreadsOnly() {
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
    }

    @Test
    void ten_kills() {
        System.out.printf("kill: seed %d%n", seed);
        for (int round = 0; round < KILLS; round++) {
            approvable(round);
            ExecutorService people = Executors.newFixedThreadPool(4);
            int number = round;
            // drawn here, so that the seed decides and not the order of the threads
            List<Runnable> doings = List.of(ask(number), approve(number), editBitable(number), editErp(number));
            int moment = 20 + random.nextInt(LONGEST_MILLIS);
            long begin = System.nanoTime();
            List<Future<?>> done = new ArrayList<>();
            doings.forEach(doing -> done.add(people.submit(doing)));
            await("the moment of kill " + round)
                    .pollDelay(Duration.ofMillis(moment))
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> true);
            process.kill();
            System.out.printf(
                    "kill: %d, %d ms after its first stimulus%n",
                    round + 1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            people.shutdown();
            await().atMost(Duration.ofSeconds(60)).until(people::isTerminated);
            for (Future<?> one : done) {
                assertThat(one).succeedsWithin(Duration.ZERO);
            }
            long restart = System.nanoTime();
            process.start();
            System.out.printf(
                    "kill: ready again after %d ms%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - restart));
        }
        assertCommandsAnsweredOnce();
        assertApprovedOnce();
        assertOrdersEqual();
        assertNothingLost();
        assertThat(sql.queryForList("select id, flow, cause, state from feishu.dead_letter where event_id is not null"))
                .isEmpty();
        // what a schedule could not do while the application began resolves with its next run
        await("no dead letter is left")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                sql.queryForList("select id, flow, cause from feishu.dead_letter where state = 'NEW'"))
                        .isEmpty());
        assertThat(process.isAlive()).isTrue();
    }

    /** Makes sure that there is an instance to approve in this round. */
    private void approvable(int round) {
        for (int i = 0; i < 2; i++) {
            sql.update(
                    "insert into erp.purchase_requests (request_id, applicant_open_id, title, amount) values (?, ?, ?, 10)",
                    request(round, i),
                    Person.WANG_FANG.openId(),
                    "Round " + round);
        }
        await().atMost(PATIENCE).until(() -> code(round, 0) != null && code(round, 1) != null);
    }

    private static String request(int round, int i) {
        return "PR-K" + round + "-" + i;
    }

    private String code(int round, int i) {
        return sql.queryForObject(
                "select instance_code from erp.purchase_requests where request_id = ?",
                String.class,
                request(round, i));
    }

    /** People ask the bot, one after the other, until there is nobody to ask any more. */
    private Runnable ask(int round) {
        List<String> orders = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            orders.add("SO-%d".formatted(1001 + random.nextInt(64)));
        }
        return () -> untilKilled(() -> {
            for (int i = 0; i < orders.size(); i++) {
                Person person = ASKING.get(i % ASKING.size());
                sandbox.tell(person, i % 5 == 4 ? "/help" : "/order " + orders.get(i));
            }
        });
    }

    /** One instance is approved in the client, the other with the buttons of its cards; then drafts come. */
    private Runnable approve(int round) {
        return () -> untilKilled(() -> {
            sandbox.instance(code(round, 0), "approve");
            approved.add(request(round, 0));
            clickApprove(Person.LI_LEI, code(round, 1));
            clickApprove(Person.ALICE, code(round, 1));
            for (int i = 2; i < 8; i++) {
                sql.update(
                        "insert into erp.purchase_requests (request_id, applicant_open_id, title, amount)"
                                + " values (?, ?, ?, 10)",
                        request(round, i),
                        Person.ZHAO_MIN.openId(),
                        "Round " + round);
            }
        });
    }

    private void clickApprove(Person person, String code) {
        Message card = await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> sandbox.cards(person.chat(), code), found -> !found.isEmpty())
                .get(0);
        for (JsonNode value : card.content().findValues("value")) {
            if (value.path("action").asText().equals("approve")) {
                sandbox.click(card.id(), person, value);
                return;
            }
        }
    }

    /** Statuses are edited in Bitable only, so that each edit must reach the ERP; a record is deleted. */
    private Runnable editBitable(int round) {
        Map<String, String> edits = new java.util.LinkedHashMap<>();
        for (int i = 0; i < 8; i++) {
            edits.put("SO-%d".formatted(1001 + random.nextInt(30)), STATUSES.get(random.nextInt(5)));
        }
        String victim = "SO-%d".formatted(1060 + random.nextInt(5));
        return () -> untilKilled(() -> {
            Map<String, String> records = new HashMap<>();
            sandbox.rows().forEach(row -> records.put(row.text("Order ID"), row.id()));
            for (Map.Entry<String, String> edit : edits.entrySet()) {
                // once sent, either value may be the last
                statuses.remove(edit.getKey());
                sandbox.edit(records.get(edit.getKey()), Map.of("Status", edit.getValue()));
                statuses.put(edit.getKey(), edit.getValue());
            }
            if (records.containsKey(victim)) {
                sandbox.delete(records.get(victim));
            }
        });
    }

    /** Notes are edited in the ERP only, so that each edit must reach Bitable; an order is added. */
    private Runnable editErp(int round) {
        List<String> orders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            orders.add("SO-%d".formatted(1031 + random.nextInt(29)));
        }
        return () -> {
            // the ERP's database is not killed
            for (String order : orders) {
                String note = "round " + round + " " + order;
                sql.update("update erp.orders set note = ? where order_id = ?", note, order);
                notes.put(order, note);
            }
            sql.update(
                    "insert into erp.orders (order_id, customer_name, amount) values (?, 'Added before a kill', 7.77)",
                    "SO-K" + round);
        };
    }

    /** What is cut off is neither done nor not done: only what was answered counts. */
    private void untilKilled(Runnable doings) {
        try {
            doings.run();
        } catch (UncheckedIOException | org.awaitility.core.ConditionTimeoutException cutOff) {
            System.out.printf("kill: cut off: %s%n", cutOff.getMessage());
        }
    }

    private void assertCommandsAnsweredOnce() {
        int commands = 0;
        for (Person person : ASKING) {
            await("every command of " + person + " is answered")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(unanswered(person)).isEmpty());
        }
        await("no delivery is under way")
                .atMost(PATIENCE)
                .until(() -> number("select count(*) from feishu.delivery where state = 'OPEN'") == 0);
        for (Person person : ASKING) {
            Map<String, Integer> replies = new HashMap<>();
            List<Message> messages = sandbox.messages(person.chat());
            messages.stream()
                    .filter(message -> message.from().equals("app") && message.parent() != null)
                    .forEach(message -> replies.merge(message.parent(), 1, Integer::sum));
            for (Message message : messages) {
                if (message.from().equals("user")) {
                    assertThat(replies.get(message.id()))
                            .as("replies to %s of %s", message.text(), person)
                            .isEqualTo(1);
                    commands++;
                }
            }
        }
        System.out.printf("kill: %d commands, each answered once%n", commands);
        assertThat(commands).isGreaterThan(KILLS);
    }

    /** Messages without an answer, with what became of their deliveries. */
    private List<String> unanswered(Person person) {
        List<Message> messages = sandbox.messages(person.chat());
        Set<String> answered = new HashSet<>();
        messages.forEach(message -> answered.add(message.parent()));
        List<String> unanswered = new ArrayList<>();
        for (Message message : messages) {
            if (message.from().equals("user") && !answered.contains(message.id())) {
                unanswered.add(message.text() + ": "
                        + sql.queryForList("""
                                select e.received_at, d.subscription, d.state, d.attempts, d.last_error, i.key, i.state as answered
                                from feishu.event e left join feishu.delivery d on d.event_id = e.id
                                left join feishu.idempotent i on i.key like e.event_id || '%'
                                where e.event_id = ?""", message.id())
                        + sql.queryForList(
                                "select state, attempts, next_at from sandbox.push where plain like ?",
                                "%" + message.id() + "%"));
            }
        }
        return unanswered;
    }

    private void assertApprovedOnce() {
        await("every draft is submitted")
                .atMost(PATIENCE)
                .until(() -> number("select count(*) from erp.purchase_requests where status = 'DRAFT'") == 0);
        await("every approval is in the ERP").atMost(PATIENCE).until(() -> number("""
                        select count(*) from sandbox.approval_instance i
                        join erp.purchase_requests r using (instance_code)
                        where i.status = 'APPROVED' and r.status <> 'APPROVED'""") == 0);
        // one instance for each request, and none that the ERP does not know
        assertThat(number("select count(*) from sandbox.approval_instance"))
                .isEqualTo(number("select count(*) from erp.purchase_requests where instance_code is not null"));
        assertThat(sql.queryForList("""
                        select r.request_id from erp.purchase_requests r
                        left join erp.purchase_orders o using (request_id)
                        where (r.status = 'APPROVED') <> (o.po_number is not null)""")).isEmpty();
        assertThat(sql.queryForList(
                        "select request_id from erp.purchase_orders group by request_id having count(*) > 1"))
                .isEmpty();
        await("one card for each open task")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(sql.queryForList("""
                        select t.task_id from sandbox.approval_task t join erp.purchase_requests r using (instance_code)
                        where t.status = 'PENDING' and r.request_id like 'PR-K%'
                          and (select count(*) from sandbox.message m where m.content like '%' || t.task_id || '%') <> 1""")).isEmpty());
        for (String request : approved) {
            assertThat(sql.queryForObject(
                            "select status from erp.purchase_requests where request_id = ?", String.class, request))
                    .isEqualTo("APPROVED");
        }
        System.out.printf(
                "kill: %d instances, %d approved, one purchase order each%n",
                number("select count(*) from sandbox.approval_instance"),
                number("select count(*) from sandbox.approval_instance where status = 'APPROVED'"));
    }

    private void assertOrdersEqual() {
        await("both sides of the orders are equal").atMost(PATIENCE).untilAsserted(() -> {
            Map<String, Row> rows = new HashMap<>();
            Set<String> syncIds = new HashSet<>();
            for (Row row : sandbox.rows()) {
                assertThat(rows.put(row.text("Order ID"), row))
                        .as("a second record of %s", row)
                        .isNull();
                assertThat(syncIds.add(row.text("Sync ID")))
                        .as("a second Sync ID of %s", row)
                        .isTrue();
            }
            List<Map<String, Object>> orders = sql.queryForList("select * from erp.orders");
            assertThat(rows).hasSize(orders.size());
            for (Map<String, Object> order : orders) {
                Row row = rows.get(order.get("order_id"));
                assertThat(row).as("record of %s", order.get("order_id")).isNotNull();
                assertThat(row.text("Customer Name")).isEqualTo(order.get("customer_name"));
                assertThat(row.fields().path("Order Amount").decimalValue())
                        .isEqualByComparingTo((BigDecimal) order.get("amount"));
                assertThat(row.text("Status")).isEqualTo(order.get("status"));
                assertThat(row.text("Note")).isEqualTo(Objects.toString(order.get("note"), ""));
                assertThat(row.fields().path("Created At").asLong())
                        .isEqualTo(((Timestamp) order.get("created_at")).getTime());
            }
        });
    }

    private void assertNothingLost() {
        notes.forEach((order, note) ->
                assertThat(sandbox.row(order).text("Note")).as(order).isEqualTo(note));
        statuses.forEach((order, status) -> assertThat(
                        sql.queryForObject("select status from erp.orders where order_id = ?", String.class, order))
                .as(order)
                .isEqualTo(status));
        assertThat(number("select count(*) from erp.orders where order_id like 'SO-K%'"))
                .isEqualTo(KILLS);
        System.out.printf(
                "kill: %d notes of the ERP and %d statuses of Bitable arrived%n", notes.size(), statuses.size());
    }

    private long number(String query) {
        return sql.queryForObject(query, Long.class);
    }
}
