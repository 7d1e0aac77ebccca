package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.component.Exercises;
import dev.camelfeishu.e2e.Sandbox.Row;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningApplication.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("Orders, both ways: both sides end equal and no value is lost silently")
class OrdersFlowIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** The probe slows down while nothing happens, up to eight times its period of 3 s. */
    private static final Duration PROBE = Duration.ofSeconds(40);

    private static final String DELETED = "SO-E2E-DELETED";

    private final RunningApplication application;
    private final Sandbox sandbox;
    private Instant deleted;

    OrdersFlowIT(RunningApplication application) {
        this.application = application;
        this.sandbox = application.sandbox();
    }

    @BeforeAll
    void wait_for_the_first_link() {
        await("all seeded orders are in Bitable")
                .atMost(Duration.ofSeconds(60))
                .until(() -> sandbox.rows().size() >= count());
        insert(DELETED);
        awaitRow(DELETED);
        // looked at by the last test: a deletion takes two comparisons of the keys
        application.erp().update("delete from erp.orders where order_id = ?", DELETED);
        deleted = Instant.now();
    }

    @AfterEach
    void mend() {
        sandbox.lost(false);
        sandbox.mend();
    }

    @Test
    @Order(1)
    void every_seeded_order_is_in_Bitable_with_all_its_values() {
        await().atMost(PATIENCE).untilAsserted(this::assertEqual);
        Set<String> syncIds = new HashSet<>();
        List<Row> rows = sandbox.rows();
        rows.forEach(row -> syncIds.add(row.text("Sync ID")));
        assertThat(syncIds).hasSize(rows.size()).doesNotContain("");
    }

    @Test
    @Order(2)
    @Exercises({"bitable/poll", "bitable/merge"})
    void an_edit_in_the_ERP_is_in_Bitable_within_ten_seconds() {
        List<Long> millis = new ArrayList<>();
        for (String order : List.of("SO-1011", "SO-1012", "SO-1013", "SO-1014")) {
            erp(order, "status", "CANCELED");
            millis.add(measured(() -> row(order).text("Status").equals("CANCELED")));
        }
        report("ERP to Bitable", millis);
    }

    @Test
    @Order(3)
    @Exercises("bitable/hint")
    void an_edit_in_Bitable_is_in_the_ERP_within_ten_seconds() {
        List<Long> millis = new ArrayList<>();
        for (String order : List.of("SO-1015", "SO-1016", "SO-1017", "SO-1018", "SO-1019")) {
            edit(order, "Status", "SHIPPED");
            edit(order, "Note", "edited in Bitable 备注");
            millis.add(measured(
                    () -> erp(order, "status").equals("SHIPPED") && "edited in Bitable 备注".equals(erp(order, "note"))));
        }
        report("Bitable to ERP", millis);
        assertThat(row("SO-1015").text("Note")).isEqualTo("edited in Bitable 备注");
    }

    @Test
    @Order(4)
    void an_edit_of_what_the_ERP_owns_is_put_back_and_journalled() {
        Row row = row("SO-1020");
        Map<String, Object> cells = new HashMap<>();
        cells.put("Customer Name", "Mallory");
        cells.put("Order Amount", 1);
        cells.put("Created At", 0);
        sandbox.edit(row.id(), cells);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(row("SO-1020").fields()).isEqualTo(row.fields()));
        assertThat(erp("SO-1020", "customer_name")).isEqualTo("Juniper Medical Devices");
        assertThat(losing("SO-1020")).contains("Mallory").anyMatch(value -> value.matches("1(\\.0+)?"));
    }

    @Test
    @Order(5)
    void a_status_that_is_empty_or_none_of_the_five_is_put_back() {
        String status = erp("SO-1021", "status");
        for (String wrong : new String[] {null, "LOST", "paid"}) {
            edit("SO-1021", "Status", wrong);
            await("Status " + wrong + " is put back")
                    .atMost(PATIENCE)
                    .until(() -> row("SO-1021").text("Status").equals(status));
            assertThat(erp("SO-1021", "status")).isEqualTo(status);
        }
        assertThat(losing("SO-1021")).contains("LOST");
    }

    @Test
    @Order(6)
    void where_both_sides_changed_the_table_decides_and_the_loser_is_journalled() {
        Row row = row("SO-1022");
        // the record's mark waits for a burst of edits to end: the row is changed by then
        sandbox.edit(row.id(), Map.of("Status", "SHIPPED", "Note", "note of Bitable"));
        application
                .erp()
                .update(
                        "update erp.orders set status = 'CANCELED', note = 'note of the ERP' where order_id = 'SO-1022'");
        await().atMost(PATIENCE).untilAsserted(() -> {
            Row now = row("SO-1022");
            assertThat(List.of(now.text("Status"), now.text("Note"))).containsExactly("SHIPPED", "note of the ERP");
            assertThat(List.of(erp("SO-1022", "status"), erp("SO-1022", "note")))
                    .containsExactly("SHIPPED", "note of the ERP");
        });
        assertThat(losing("SO-1022")).contains("CANCELED", "note of Bitable");
        assertThat(pair().path("conflicts").asLong()).isPositive();
    }

    @Test
    @Order(7)
    void what_lost_a_conflict_is_brought_back_by_the_operator_until_somebody_changes_it() {
        long entry = -1;
        for (JsonNode item : application.ops("pairs/orders/journal?key=SO-1022").path("items")) {
            if (item.path("losing").asText().equals("CANCELED")) {
                entry = item.path("id").asLong();
            }
        }
        String undo = "pairs/orders/journal/" + entry + "/undo";
        assertThat(application.ops("POST", undo, null).status()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> row("SO-1022").text("Status").equals("CANCELED"));
        assertThat(erp("SO-1022", "status")).isEqualTo("CANCELED");

        Http.Answer again = application.ops("POST", undo, null);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().path("current").asText()).isEqualTo("CANCELED");
        assertThat(application.ops("pairs/orders/state").path("problems")).isEmpty();
        assertThat(application.ops("pairs").path("items").get(0).path("name").asText())
                .isEqualTo("orders");
    }

    @Test
    @Order(8)
    void a_note_that_is_emptied_in_Bitable_is_empty_in_the_ERP() {
        edit("SO-1024", "Note", null);
        await().atMost(PATIENCE)
                .until(() -> Objects.toString(erp("SO-1024", "note"), "").isEmpty());
        assertThat(row("SO-1024").text("Note")).isEmpty();
    }

    @Test
    @Order(9)
    void a_new_order_gets_one_record() {
        insert("SO-E2E-NEW");
        Row row = awaitRow("SO-E2E-NEW");
        assertThat(row.text("Customer Name")).isEqualTo("Trial & Söhne <GmbH>");
        assertThat(row.text("Status")).isEqualTo("NEW");
        assertThat(row.fields().path("Order Amount").decimalValue()).isEqualByComparingTo("1234.56");
        assertThat(row.text("Sync ID")).isNotEmpty();
    }

    @Test
    @Order(10)
    void a_record_that_is_deleted_in_Bitable_is_made_again() {
        Row row = row("SO-1025");
        sandbox.delete(row.id());
        await().atMost(PATIENCE).until(() -> sandbox.rows("SO-1025").size() == 1);
        assertThat(row("SO-1025").id()).isNotEqualTo(row.id());
        assertThat(row("SO-1025").text("Customer Name")).isEqualTo(erp("SO-1025", "customer_name"));
        assertThat(count("SO-1025")).isOne();
    }

    @Test
    @Order(11)
    void a_record_without_a_row_is_left_alone_and_listed_as_parked() {
        long before = pair().path("parked").asLong();
        Row original = row("SO-1026");
        String blank = sandbox.insert(Map.of("Note", "who am I"));
        String unknown = sandbox.insert(Map.of("Order ID", "SO-UNKNOWN", "Status", "NEW"));
        String copy = sandbox.copy(original.id());
        await().atMost(PATIENCE).until(() -> pair().path("parked").asLong() == before + 3);
        Map<String, Row> rows = new HashMap<>();
        sandbox.rows().forEach(row -> rows.put(row.id(), row));
        assertThat(rows.get(blank).text("Note")).isEqualTo("who am I");
        assertThat(rows.get(unknown).text("Status")).isEqualTo("NEW");
        assertThat(rows.get(copy).text("Order ID")).isEqualTo("SO-1026");
        assertThat(count("SO-UNKNOWN")).isZero();
        // the original is still the linked one
        erp("SO-1026", "note", "still linked");
        await().atMost(PATIENCE)
                .until(() -> sandbox.rows().stream()
                        .filter(row -> row.id().equals(original.id()))
                        .allMatch(row -> row.text("Note").equals("still linked")));
        assertThat(sandbox.rows().stream().filter(row -> row.id().equals(copy)))
                .allSatisfy(row -> assertThat(row.text("Note")).isNotEqualTo("still linked"));
        List.of(blank, unknown, copy).forEach(sandbox::delete);
        await().atMost(PATIENCE).until(() -> pair().path("parked").asLong() == before);
    }

    @Test
    @Order(12)
    @Exercises("bitable/probe")
    void an_edit_whose_event_is_lost_is_found() {
        sandbox.lost(true);
        edit("SO-1027", "Status", "DONE");
        String added = sandbox.insert(Map.of("Order ID", "SO-LOST"));
        await().atMost(PROBE).until(() -> erp("SO-1027", "status").equals("DONE"));
        sandbox.delete(added);
    }

    @Test
    @Order(13)
    void while_Feishu_fails_nothing_is_lost() {
        sandbox.breakDown("POST", "/open-apis/bitable/v1", 15);
        sandbox.breakDown("PUT", "/open-apis/bitable/v1", 15);
        sandbox.breakDown("GET", "/open-apis/bitable/v1", 15);
        erp("SO-1028", "note", "written while Feishu fails");
        edit("SO-1029", "Status", "DONE");
        insert("SO-E2E-STORM");
        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
            assertThat(row("SO-1028").text("Note")).isEqualTo("written while Feishu fails");
            assertThat(erp("SO-1029", "status")).isEqualTo("DONE");
            assertThat(sandbox.rows("SO-E2E-STORM")).hasSize(1);
        });
    }

    @Test
    @Order(14)
    void an_answer_that_is_lost_after_the_write_makes_no_second_record() {
        sandbox.dropAnswer("POST", "/open-apis/bitable/v1", 3);
        insert("SO-E2E-ONCE");
        awaitRow("SO-E2E-ONCE");
        await().atMost(PATIENCE).until(() -> verified().path("divergent").asLong() == 0);
        assertThat(sandbox.rows("SO-E2E-ONCE")).hasSize(1);
    }

    @Test
    @Order(15)
    void the_record_of_a_deleted_order_is_gone_within_two_minutes() {
        await().atMost(Duration.between(Instant.now(), deleted.plusSeconds(120)).plusMillis(1))
                .until(() -> sandbox.rows(DELETED).isEmpty());
        System.out.printf(
                "orders: record of a deleted order gone at most %d s after it%n",
                Duration.between(deleted, Instant.now()).toSeconds());
        assertThat(application
                        .feishu()
                        .queryForObject(
                                "select count(*) from feishu.sync_journal where sql_key = ?", Long.class, DELETED))
                .isPositive();
    }

    @Test
    @Order(16)
    void the_operator_sees_the_pair_and_compares_it_in_full() {
        JsonNode pair = pair();
        List<String> names = new ArrayList<>();
        pair.fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .containsExactly("linked", "parked", "conflicts", "pending_deletes", "divergent", "last_verify");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pair().path("linked").asLong()).isGreaterThanOrEqualTo(count()));
        Instant before = Instant.now();
        JsonNode report = await().atMost(PATIENCE)
                .until(this::verified, found -> found.path("divergent").asLong(-1) == 0);
        assertThat(report.path("rows").asLong()).isEqualTo(count());
        assertThat(report.path("equal").asLong()).isEqualTo(count());
        assertThat(report.path("records").asLong()).isEqualTo(sandbox.rows().size());
        assertThat(pair().path("divergent").asLong()).isZero();
        assertThat(Instant.parse(pair().path("last_verify").asText())).isAfterOrEqualTo(before.minusSeconds(1));
    }

    @Test
    @Order(17)
    @Exercises("bitable/verify")
    void a_comparison_in_full_finds_what_nobody_told() {
        // as if it were never looked at: the row keeps its time of change
        application.erp().execute("alter table erp.orders disable trigger orders_touch");
        application.erp().update("update erp.orders set note = 'behind the back' where order_id = 'SO-1030'");
        application.erp().execute("alter table erp.orders enable trigger orders_touch");
        JsonNode report = verified();
        assertThat(report.path("divergent").asLong()).isEqualTo(1);
        await().atMost(PATIENCE).until(() -> row("SO-1030").text("Note").equals("behind the back"));

        JsonNode kept = application.ops(
                "pairs/orders/reports/" + report.path("report_id").asText());
        assertThat(kept.path("digest")).isEqualTo(report.path("digest"));
        assertThat(kept.path("intact").asBoolean()).isTrue();
        assertThat(kept.path("signed").asText()).isEqualTo("valid");
    }

    @Test
    @Order(18)
    void both_sides_are_equal_at_the_end() {
        await().atMost(PATIENCE).untilAsserted(this::assertEqual);
    }

    /** Every order has one record with the same values, and there is no other record but that of the deleted order. */
    private void assertEqual() {
        Map<String, Row> rows = new HashMap<>();
        for (Row row : sandbox.rows()) {
            assertThat(rows.put(row.text("Order ID"), row))
                    .as(row.text("Order ID"))
                    .isNull();
        }
        rows.remove(DELETED);
        List<Map<String, Object>> orders = application.erp().queryForList("select * from erp.orders");
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
                    .isEqualTo(((java.sql.Timestamp) order.get("created_at")).getTime());
        }
    }

    private long count() {
        return application.erp().queryForObject("select count(*) from erp.orders", Long.class);
    }

    private long count(String order) {
        return application
                .erp()
                .queryForObject("select count(*) from erp.orders where order_id = ?", Long.class, order);
    }

    private void insert(String order) {
        application
                .erp()
                .update(
                        "insert into erp.orders (order_id, customer_name, amount, created_at)"
                                + " values (?, 'Trial & Söhne <GmbH>', 1234.56, ?)",
                        order,
                        OffsetDateTime.parse("2025-03-01T08:15:30.123Z"));
    }

    private Row awaitRow(String order) {
        return await("the record of " + order)
                .atMost(PATIENCE)
                .until(() -> sandbox.rows(order), rows -> rows.size() == 1)
                .get(0);
    }

    private Row row(String order) {
        return sandbox.row(order);
    }

    private void edit(String order, String field, String value) {
        Map<String, Object> cells = new HashMap<>();
        cells.put(field, value);
        sandbox.edit(row(order).id(), cells);
    }

    private String erp(String order, String column) {
        return application
                .erp()
                .queryForObject("select " + column + " from erp.orders where order_id = ?", String.class, order);
    }

    private void erp(String order, String column, String value) {
        application.erp().update("update erp.orders set " + column + " = ? where order_id = ?", value, order);
    }

    /** The values of an order that were overwritten or put back. */
    private List<String> losing(String order) {
        return application
                .feishu()
                .queryForList(
                        "select losing from feishu.sync_journal where sql_key = ? and losing is not null",
                        String.class,
                        order);
    }

    private JsonNode pair() {
        return application.ops("pairs/orders");
    }

    private JsonNode verified() {
        Http.Answer answer = application.ops("POST", "pairs/orders/verify", null);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static long measured(Callable<Boolean> done) {
        long begin = System.nanoTime();
        await().atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(done);
        return (System.nanoTime() - begin) / 1_000_000;
    }

    private static void report(String what, List<Long> millis) {
        Collections.sort(millis);
        System.out.printf(
                "orders: %s, %d edits: median %d ms, slowest %d ms%n",
                what, millis.size(), millis.get(millis.size() / 2), millis.get(millis.size() - 1));
    }
}
