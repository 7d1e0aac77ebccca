package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@DisplayName("A pair with a column of every type")
class EveryTypeTest {

    /** The engines that can be the SQL side, with what they call their types. */
    enum Engine {
        POSTGRESQL("erp.shade", "jsonb"),
        H2("varchar(9)", "text");

        final String shade;
        final String json;

        Engine(String shade, String json) {
            this.shade = shade;
            this.json = json;
        }
    }

    private static final String DECLARATION = """
            pair: items
            debounce: 0s
            sql: {table: erp.items, key: id, changed: updated_at}
            bitable: {app: bascnTest, table: Orders}
            columns:
              id: {field: Id, type: text, owner: sql}
              order: {field: Title, type: text, owner: both, on-conflict: sql}
              rate: {field: Rate, type: number, scale: 10, owner: both, on-conflict: sql}
              big: {field: Big, type: number, owner: both, on-conflict: sql}
              price: {field: Price, type: currency, currency: CNY, owner: both, on-conflict: sql}
              share: {field: Share, type: percent, scale: 2, owner: both, on-conflict: sql}
              paid: {field: Paid, type: boolean, owner: both, on-conflict: sql}
              due: {field: Due, type: date, zone: Asia/Shanghai, owner: both, on-conflict: sql}
              seen: {field: Seen, type: datetime, owner: both, on-conflict: sql}
              local: {field: Local, type: local-datetime, zone: Asia/Shanghai, owner: both, on-conflict: sql}
              shade: {field: Shade, type: single-select, options: [red, blue], owner: both, on-conflict: sql}
              tags: {field: Tags, type: multi-select, options: [a, b, c], owner: both, on-conflict: sql}
              person: {field: Person, type: person, owner: both, on-conflict: sql}
              phone: {field: Phone, type: phone, owner: both, on-conflict: sql}
              link: {field: Link, type: url, owner: both, on-conflict: sql}
              mail: {field: Mail, type: email, owner: both, on-conflict: sql}
              extra: {field: Extra, type: json, owner: both, on-conflict: sql}
              files: {field: Files, type: attachments, owner: bitable}
              serial: {field: Serial, type: text, computed: auto-number, owner: bitable}
              moved: {field: Moved, type: datetime, computed: modified-time, owner: bitable}
            """;

    private static TestDatabase postgres;
    private static DataSource own;

    private final InMemoryBase base = new InMemoryBase();
    private JdbcTemplate erp;
    private PairSync pair;

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = new TestDatabase();
        own = OrdersPair.migrated(postgres.dataSource());
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        postgres.close();
    }

    private void start(Engine engine) {
        new JdbcTemplate(own)
                .execute("TRUNCATE feishu.sync_pair, feishu.sync_link, feishu.sync_dirty, feishu.sync_journal,"
                        + " feishu.sync_outbox, feishu.sync_parked");
        DataSource source = own;
        if (engine == Engine.H2) {
            var memory = new JdbcDataSource();
            memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
            source = memory;
        }
        erp = new JdbcTemplate(source);
        if (engine == Engine.H2) {
            erp.execute("CREATE SCHEMA erp");
        } else {
            erp.execute("DROP TABLE IF EXISTS erp.items");
            erp.execute("DROP TYPE IF EXISTS erp.shade");
            erp.execute("CREATE TYPE erp.shade AS ENUM ('red', 'blue', 'grey')");
        }
        var order = engine == Engine.H2 ? "\"ORDER\"" : "\"order\"";
        var tags = engine == Engine.H2 ? "varchar(9) ARRAY" : "text[]";
        erp.execute(
                "CREATE TABLE erp.items (id varchar(20) PRIMARY KEY, " + order + " text, rate numeric(38,18),"
                        + " big numeric(38), price numeric(14,2), share numeric(9,6), paid boolean, due date,"
                        + " seen timestamp with time zone, local timestamp, shade " + engine.shade + ", tags " + tags
                        + ", person varchar(80), phone varchar(80), link text, mail varchar(80), extra " + engine.json
                        + ", files text, serial varchar(20), moved timestamp with time zone, updated_at timestamp with time zone DEFAULT current_timestamp)");
        var declaration = new PairDeclarationParser(Map.<String, String>of()::get).parse("items.yaml", DECLARATION);
        pair = new PairSync(
                declaration,
                base,
                new JdbcTemplate(own),
                new TransactionTemplate(new DataSourceTransactionManager(own)),
                source,
                new ObjectMapper(),
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                Duration.ZERO);
    }

    private void settle() {
        for (var round = 0; round < 6; round++) {
            pair.poll();
            pair.probe(event -> {});
            pair.drain(RowTransform.NONE);
        }
    }

    private void row(String id, String shade) {
        erp.execute("INSERT INTO erp.items VALUES ('" + id + "', 'long text', 0.123456789012345678,"
                + " 12345678901234567890123, 99.90, 0.2575, true, DATE '2026-02-28',"
                + " TIMESTAMP WITH TIME ZONE '2026-01-02 03:04:05.678901+08', TIMESTAMP '2026-01-02 03:04:05.678901', '"
                + shade + "', ARRAY['b', 'a'], 'ou_1', '+86 138-0013-8000', 'https://example.com/1', 'a@example.com',"
                + " '{\"b\": 1, \"a\": [2.50]}', NULL, NULL, NULL, current_timestamp)");
    }

    private String cell(String field) {
        return base.cell(base.idOf("Id", "I-1"), field).toString();
    }

    private <T> T value(String column, Class<T> type) {
        return erp.queryForObject("SELECT " + column + " FROM erp.items WHERE id = 'I-1'", type);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("is shown in Bitable as documented, comes to rest, and keeps the finer value of SQL")
    void toBitable(Engine engine) {
        start(engine);
        row("I-1", "red");

        settle();

        assertThat(pair.status().parked()).isZero();
        assertThat(cell("Rate")).isEqualTo("0.123456789");
        assertThat(cell("Big")).isEqualTo("1.2345678901234568E22");
        assertThat(cell("Price")).isEqualTo("99.9");
        assertThat(cell("Share")).isEqualTo("0.2575");
        assertThat(cell("Paid")).isEqualTo("true");
        assertThat(cell("Due")).isEqualTo("1772208000000");
        assertThat(cell("Seen")).isEqualTo("1767294245678");
        assertThat(cell("Local")).isEqualTo("1767294245678");
        assertThat(cell("Shade")).isEqualTo("\"red\"");
        assertThat(cell("Tags")).isEqualTo("[\"a\",\"b\"]");
        assertThat(cell("Person")).isEqualTo("[{\"id\":\"ou_1\"}]");
        assertThat(cell("Phone")).isEqualTo("\"+8613800138000\"");
        assertThat(cell("Link")).isEqualTo("{\"text\":\"https://example.com/1\",\"link\":\"https://example.com/1\"}");
        assertThat(cell("Mail")).isEqualTo("\"a@example.com\"");
        assertThat(base.text(base.idOf("Id", "I-1"), "Extra")).isEqualTo("{\"a\":[2.5],\"b\":1}");
        assertThat(value("serial", String.class)).isEqualTo("NO-1");
        assertThat(value("big", String.class)).isEqualTo("12345678901234567890123");
        assertThat(value("phone", String.class)).isEqualTo("+86 138-0013-8000");
        assertThat(pair.verify().divergent()).isZero();
        var calls = base.calls.size();
        assertThat(pair.poll()).isZero();
        assertThat(pair.drain(RowTransform.NONE)).isZero();
        assertThat(base.calls).hasSize(calls);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("is taken to SQL when somebody edits it in Bitable")
    void toSql(Engine engine) {
        start(engine);
        row("I-1", "red");
        settle();
        var record = base.idOf("Id", "I-1");
        base.edit(record, "Title", "new");
        base.edit(record, "Rate", 0.5);
        base.edit(record, "Big", 7);
        base.edit(record, "Price", 1.25);
        base.edit(record, "Share", 0.5);
        base.edit(record, "Paid", false);
        base.edit(record, "Due", 1_772_208_000_000L + 86_400_000L);
        base.edit(record, "Seen", 1_767_294_245_000L);
        base.edit(record, "Local", 1_767_294_245_000L);
        base.edit(record, "Shade", "blue");
        base.edit(record, "Tags", List.of("c"));
        base.edit(record, "Person", List.of(Map.of("id", "ou_2")));
        base.edit(record, "Phone", "110");
        base.edit(record, "Link", Map.of("text", "shop", "link", "https://example.com/2"));
        base.edit(record, "Mail", "b@example.com");
        base.edit(record, "Extra", "{\"c\":3}");
        base.edit(record, "Files", List.of(Map.of("file_token", "box1")));

        settle();

        assertThat(pair.status().parked()).isZero();
        assertThat(erp.queryForMap("SELECT * FROM erp.items").get("order")).isEqualTo("new");
        assertThat(value("rate", Double.class)).isEqualTo(0.5);
        assertThat(value("big", Integer.class)).isEqualTo(7);
        assertThat(value("price", String.class)).isEqualTo("1.25");
        assertThat(value("share", Double.class)).isEqualTo(0.5);
        assertThat(value("paid", Boolean.class)).isFalse();
        assertThat(value("CAST(due AS varchar(40))", String.class)).isEqualTo("2026-03-01");
        assertThat(value("CAST(local AS varchar(40))", String.class)).isEqualTo("2026-01-02 03:04:05");
        assertThat(value("shade", String.class)).isEqualTo("blue");
        assertThat(value("tags[1]", String.class)).isEqualTo("c");
        assertThat(value("person", String.class)).isEqualTo("ou_2");
        assertThat(value("phone", String.class)).isEqualTo("110");
        assertThat(value("link", String.class)).isEqualTo("https://example.com/2");
        assertThat(value("mail", String.class)).isEqualTo("b@example.com");
        assertThat(value("extra", String.class).replace(" ", "")).isEqualTo("{\"c\":3}");
        assertThat(value("files", String.class)).isEqualTo("[\"box1\"]");
        assertThat(pair.verify().divergent()).isZero();
        assertThat(base.calls("/batch_update")).isZero();
    }

    @Test
    @DisplayName("has what Bitable works out read once after each own write, a hundred records a call")
    void computed() {
        start(Engine.H2);
        for (var i = 1; i <= 250; i++) {
            row("I-" + i, "red");
        }
        settle();
        assertThat(erp.queryForObject("SELECT count(DISTINCT serial) FROM erp.items", Integer.class))
                .isEqualTo(250);
        assertThat(base.calls("/batch_get")).isLessThanOrEqualTo(3);
        var serial = value("serial", String.class);
        var moved = value("moved", OffsetDateTime.class);

        base.passed = 60_000;
        erp.update("UPDATE erp.items SET price = 5, updated_at = current_timestamp WHERE id = 'I-1'");
        var before = base.calls("/batch_get");
        settle();

        assertThat(value("moved", OffsetDateTime.class)).isAfter(moved.plusSeconds(50));
        assertThat(value("serial", String.class)).isEqualTo(serial);
        // to see the record, to see it again just before the write, and once for what the write made of it
        assertThat(base.calls("/batch_get") - before).isEqualTo(3);
        assertThat(pair.verify().divergent()).isZero();
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("parks the cell that Bitable cannot take and goes on with the row and with more rows than a page has")
    void parkedCell(Engine engine) {
        start(engine);
        row("I-1", "red");
        for (var i = 2; i <= 1100; i++) {
            row("I-" + i, "blue");
        }
        erp.update("UPDATE erp.items SET phone = 'call me' WHERE id = 'I-1'");

        settle();

        assertThat(base.recordIds()).hasSize(1100);
        assertThat(base.cell(base.idOf("Id", "I-1"), "Phone")).isNull();
        assertThat(cell("Mail")).isEqualTo("\"a@example.com\"");
        assertThat(pair.status().parked()).isEqualTo(1);

        erp.update("UPDATE erp.items SET phone = '112', updated_at = current_timestamp WHERE id = 'I-1'");
        settle();

        assertThat(cell("Phone")).isEqualTo("\"112\"");
        assertThat(pair.status().parked()).isZero();
    }
}
