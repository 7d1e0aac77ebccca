package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An operator of the pair orders")
class PairOperatorTest {

    /** RFC 8032, section 7.1, test 1. */
    private static final String KEY =
            ReportKeysTest.key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

    private static final String PUBLIC_HALF =
            "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    private static TestDatabase postgres;
    private static HikariDataSource database;

    private OrdersPair orders;

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = new TestDatabase();
        var pool = new HikariDataSource();
        pool.setDataSource(OrdersPair.migrated(postgres.dataSource()));
        pool.setMaximumPoolSize(10);
        database = pool;
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void newPair() {
        orders = new OrdersPair(database);
    }

    @Test
    @DisplayName("sees how much waits, for how long, and what a person should mend")
    void state() {
        orders.orders(3);
        orders.settle();
        assertThat(orders.pair.state().waiting()).isZero();
        assertThat(orders.pair.state().lagSeconds()).isZero();
        assertThat(orders.pair.state().problems()).isEmpty();

        orders.update("SO-1", "note", "new");
        orders.pair.poll();
        orders.pass(Duration.ofSeconds(42));

        var state = orders.pair.state();
        assertThat(state.name()).isEqualTo("orders");
        assertThat(state.tableId()).isEqualTo(orders.pair.tableId().orElseThrow());
        assertThat(state.status().linked()).isEqualTo(3);
        assertThat(state.waiting()).isEqualTo(1);
        assertThat(state.lagSeconds()).isBetween(41L, 42L);

        orders.base.removeField("Note");
        orders.pass(Duration.ofMinutes(10));
        orders.pair.probe(event -> {});
        assertThat(orders.pair.state().problems()).singleElement().asString().contains("the field Note is gone");
    }

    @Test
    @DisplayName("pages through what is parked, rows and records alike")
    void parked() {
        orders.orders(1);
        orders.order("SO-bad", "Bell \u0007", "1.00", "NEW", null);
        orders.settle();
        var copy = orders.base.copy(orders.record("SO-1"));
        var blank = orders.base.add(Map.of("Note", "no id"));
        orders.settle();

        var first = orders.pair.parked(0, 2);
        assertThat(first.total()).isEqualTo(3);
        assertThat(first.items()).extracting(ParkedRow::key).containsExactly("SO-1", "SO-bad");
        assertThat(first.items().get(0).recordId()).isEqualTo(copy);
        assertThat(first.items().get(1).code()).isEqualTo(1254060);
        assertThat(first.items()).allSatisfy(row -> assertThat(row.since()).isNotNull());
        assertThat(orders.pair.parked(1, 2).items()).singleElement().satisfies(row -> {
            assertThat(row.recordId()).isEqualTo(blank);
            assertThat(row.reason()).contains("blank");
        });
    }

    @Test
    @DisplayName("gives one parked row, or all of them, another try")
    void retryParked() {
        orders.orders(2);
        orders.settle();
        orders.jdbc.execute("ALTER TABLE erp.orders ADD CONSTRAINT calm CHECK (note <> 'shout')");
        orders.base.edit(orders.record("SO-1"), "Note", "shout");
        orders.base.edit(orders.record("SO-2"), "Note", "shout");
        orders.settle();
        assertThat(orders.pair.status().parked()).isEqualTo(2);
        // what keeps them from it goes away, and nobody tells the pair
        orders.jdbc.execute("ALTER TABLE erp.orders DROP CONSTRAINT calm");
        orders.settle();
        assertThat(orders.pair.status().parked()).isEqualTo(2);

        assertThat(orders.pair.retryParked("SO-9", null)).isZero();
        assertThat(orders.pair.retryParked(null, orders.record("SO-1"))).isEqualTo(1);
        orders.settle();
        assertThat(orders.value("SO-1", "note")).isEqualTo("shout");
        assertThat(orders.value("SO-2", "note")).isNotEqualTo("shout");

        assertThat(orders.pair.retryParked(null, null)).isEqualTo(1);
        orders.settle();
        orders.assertEqual("SO-2");
        assertThat(orders.pair.status().parked()).isZero();
    }

    @Test
    @DisplayName("sees which deletions wait, with what would go")
    void waitingDeletes() {
        orders.orders(25);
        orders.settle();
        orders.jdbc.update("DELETE FROM erp.orders");
        for (var i = 0; i < 2; i++) {
            orders.pass(Duration.ofSeconds(30));
            orders.settle();
        }

        var waiting = orders.pair.waitingDeletes(0, 10);
        assertThat(waiting.total()).isEqualTo(25);
        assertThat(waiting.items()).hasSize(10);
        assertThat(waiting.items().get(0).recordId()).isEqualTo(orders.record("SO-1"));
        assertThat(waiting.items().get(0).values()).containsEntry("customer_name", "Customer 1");
        assertThat(orders.pair.waitingDeletes(2, 10).items()).hasSize(5);
    }

    /** SO-1 with both of its columns in conflict: the ERP lost the status, Bitable the note. */
    private void conflict() {
        orders.orders(1);
        orders.settle();
        orders.update("SO-1", "status", "SHIPPED");
        orders.update("SO-1", "note", "from the ERP");
        orders.base.edit(orders.record("SO-1"), "Status", "PAID");
        orders.base.edit(orders.record("SO-1"), "Note", "from Bitable");
        orders.settle();
    }

    private Overwritten entry(String field) {
        return orders.pair.overwritten("SO-1", 0, 50).items().stream()
                .filter(entry -> entry.field().equals(field))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("brings a value back that lost a conflict in the ERP, and can undo that in turn")
    void undoInSql() {
        conflict();

        assertThat(orders.pair.undo(entry("status").id())).isPresent();
        orders.settle();

        assertThat(orders.value("SO-1", "status")).isEqualTo("SHIPPED");
        orders.assertEqual("SO-1");
        var undone = entry("status");
        assertThat(undone.why()).isEqualTo("undone");
        assertThat(undone.losing()).isEqualTo("PAID");

        orders.pair.undo(undone.id());
        orders.settle();
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("brings a value back that lost a conflict in Bitable")
    void undoInBitable() {
        conflict();

        orders.pair.undo(entry("note").id());
        orders.settle();

        assertThat(orders.value("SO-1", "note")).isEqualTo("from Bitable");
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("cannot undo over a value that came later, and is told which")
    void undoTooLate() {
        conflict();
        orders.update("SO-1", "status", "DONE");
        assertThatThrownBy(() -> orders.pair.undo(entry("status").id()))
                .asInstanceOf(type(UndoRefusedException.class))
                .satisfies(refused -> assertThat(refused.current()).isEqualTo("DONE"));
        orders.base.edit(orders.record("SO-1"), "Note", "later");
        assertThatThrownBy(() -> orders.pair.undo(entry("note").id()))
                .asInstanceOf(type(UndoRefusedException.class))
                .satisfies(refused -> assertThat(refused.current()).isEqualTo("later"));

        orders.settle();
        assertThat(orders.value("SO-1", "status")).isEqualTo("DONE");
        assertThat(orders.value("SO-1", "note")).isEqualTo("later");
        assertThat(orders.pair.undo(-1)).isEmpty();
    }

    @Test
    @DisplayName("cannot bring back what the sync would take away again")
    void undoOfAPutBack() {
        orders.orders(1);
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Customer Name", "Mallory");
        orders.settle();

        assertThatThrownBy(() -> orders.pair.undo(entry("customer_name").id()))
                .isInstanceOf(UndoRefusedException.class)
                .hasMessageContaining("put_back");
        assertThat(orders.cell("SO-1", "Customer Name")).isEqualTo("Customer 1");
    }

    @Test
    @DisplayName("reads the journal by key, the latest first, in pages")
    void journal() {
        conflict();
        orders.order("SO-2", "Customer 2", "2.00", "NEW", null);
        orders.settle();
        orders.base.edit(orders.record("SO-2"), "Status", null);
        orders.settle();

        assertThat(orders.pair.overwritten(null, 0, 2).total()).isEqualTo(3);
        assertThat(orders.pair.overwritten(null, 0, 2).items().get(0).key()).isEqualTo("SO-2");
        assertThat(orders.pair.overwritten(null, 1, 2).items()).hasSize(1);
        assertThat(orders.pair.overwritten("SO-1", 0, 50).total()).isEqualTo(2);
        assertThat(orders.pair.overwritten("SO-1'; --", 0, 50).items()).isEmpty();
    }

    private JsonNode report(long id) {
        return orders.pair.report(id).orElseThrow();
    }

    @Test
    @DisplayName("gets a report whose 256 numbers are equal on both sides when both hold the same")
    void equalReport() {
        orders.orders(40);
        orders.settle();

        var verified = orders.pair.verify();

        var stored = report(verified.reportId());
        var report = stored.path("report");
        assertThat(stored.path("intact").asBoolean()).isTrue();
        assertThat(stored.path("digest").asText()).isEqualTo(verified.digest());
        assertThat(report.path("rows").asInt()).isEqualTo(40);
        assertThat(report.path("equal").asInt()).isEqualTo(40);
        assertThat(report.path("columns")).hasSize(6);
        assertThat(report.path("sql_buckets")).hasSize(256).isEqualTo(report.path("bitable_buckets"));
        var nothing = BucketDigests.hex("");
        assertThat(report.path("sql_buckets"))
                .anyMatch(bucket -> !bucket.asText().equals(nothing));
        assertThat(report.path("unequal_buckets")).isEmpty();
        assertThat(report.path("differing")).isEmpty();
    }

    @Test
    @DisplayName("gets a report that names each row that differs, and the column")
    void differingReport() {
        orders.orders(3);
        orders.settle();
        var before = report(orders.pair.verify().reportId()).path("report");
        orders.base.edit(orders.record("SO-2"), "Note", "nobody was told");
        orders.order("SO-4", "Customer 4", "4.00", "NEW", null);

        var report = report(orders.pair.verify().reportId()).path("report");

        var pairId =
                orders.jdbc.queryForObject("SELECT pair_id FROM feishu.sync_link WHERE sql_key = 'SO-2'", UUID.class);
        var bucket = BucketDigests.bucket(pairId);
        assertThat(report.path("unequal_buckets"))
                .singleElement()
                .satisfies(number -> assertThat(number.asInt()).isEqualTo(bucket));
        assertThat(report.path("sql_buckets")).isEqualTo(before.path("sql_buckets"));
        assertThat(report.path("bitable_buckets").get(bucket))
                .isNotEqualTo(before.path("bitable_buckets").get(bucket));
        assertThat(report.path("differing")).hasSize(2);
        var edited = report.path("differing").get(0);
        assertThat(edited.path("key").asText()).isEqualTo("SO-2");
        assertThat(edited.path("record_id").asText()).isEqualTo(orders.record("SO-2"));
        assertThat(edited.path("bucket").asInt()).isEqualTo(bucket);
        assertThat(edited.path("columns").toString())
                .isEqualTo("[{\"column\":\"note\",\"sql\":\"note 2\",\"bitable\":\"nobody was told\"}]");
        assertThat(report.path("differing").get(1).path("how").asText()).isEqualTo("not linked");
    }

    @Test
    @DisplayName("sees that a report was changed afterwards, and each names the one before it")
    void reportsAreChained() {
        orders.orders(2);
        orders.settle();
        var first = orders.pair.verify();
        var second = orders.pair.verify();

        var listed = orders.pair.reports(0, 10);
        assertThat(listed.total()).isEqualTo(2);
        assertThat(listed.items().get(0).digest()).isEqualTo(second.digest());
        assertThat(listed.items().get(0).previous()).isEqualTo(first.digest());
        assertThat(listed.items().get(0).equal()).isEqualTo(2);
        assertThat(listed.items().get(1).previous()).isNull();
        assertThat(orders.pair.reports(1, 1).items())
                .singleElement()
                .satisfies(report -> assertThat(report.id()).isEqualTo(first.reportId()));

        orders.jdbc.update(
                "UPDATE feishu.sync_report SET report = replace(report, '\"equal\":2', '\"equal\":3') WHERE id = ?",
                first.reportId());
        assertThat(report(first.reportId()).path("intact").asBoolean()).isFalse();
        assertThat(report(second.reportId()).path("intact").asBoolean()).isTrue();
        assertThat(orders.pair.report(-1)).isEmpty();
    }

    @Test
    @DisplayName("sees that a report is signed, and that one was written anew without the key")
    void reportsAreSigned() throws Exception {
        orders.orders(2);
        orders.settle();
        var unsigned = orders.pair.verify();
        orders.keys = ReportKeys.of(KEY);
        orders.restart();
        var signed = orders.pair.verify();
        var last = orders.pair.verify();

        assertThat(report(unsigned.reportId()).path("signed").asText()).isEqualTo("no");
        assertThat(report(unsigned.reportId()).path("chained").isNull()).isTrue();
        var report = report(signed.reportId());
        assertThat(report.path("signed").asText()).isEqualTo("valid");
        assertThat(report.path("chained").asBoolean()).isTrue();
        assertThat(report.path("key").asText()).isEqualTo(orders.keys.signing());
        // what an auditor does who has nothing but the answer and the public half
        var check = Signature.getInstance("Ed25519");
        check.initVerify(KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex(PUBLIC_HALF))));
        check.update(report.path("text").asText().getBytes(StandardCharsets.UTF_8));
        assertThat(check.verify(
                        Base64.getDecoder().decode(report.path("signature").asText())))
                .isTrue();
        assertThat(new ObjectMapper().readTree(report.path("text").asText())).isEqualTo(report.path("report"));
        for (var said : List.of("pair", "finished_at", "rows", "divergent", "sql_buckets", "differing", "previous")) {
            assertThat(report.path("report").has(said)).as(said).isTrue();
        }

        // by somebody who may write the table, and knows how digests are made
        var forged = report.path("text").asText().replace("\"equal\":2", "\"equal\":3");
        orders.jdbc.update(
                "UPDATE feishu.sync_report SET report = ?, digest = ? WHERE id = ?",
                forged,
                BucketDigests.hex(forged),
                signed.reportId());

        assertThat(orders.pair.reports(0, 10).items())
                .extracting(StoredReport::intact, StoredReport::chained, StoredReport::signed)
                .containsExactly(
                        tuple(true, false, ReportKeys.Signed.VALID),
                        tuple(true, true, ReportKeys.Signed.INVALID),
                        tuple(true, null, ReportKeys.Signed.NO));
        orders.jdbc.update("UPDATE feishu.sync_report SET report = 'gone' WHERE id = ?", last.reportId());
        assertThat(orders.pair.reports(0, 1).items())
                .singleElement()
                .satisfies(broken -> assertThat(broken.intact()).isFalse());
    }
}
