package dev.camelfeishu.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

@DisplayName("A connector")
class ConnectorTest {

    private static final Instant NOW = Instant.parse("2026-05-01T08:00:00Z");
    private static final Set<String> TENANTS = Set.of("tenant1");
    private static final String ITEMS = """
            connector: items
            title: Items
            query: select id, name, price from items -- of the shop
            key: id
            token: ${TOKEN}
            page: 100
            columns:
              id: {field: Id, type: text}
              name: {field: Name, type: text, description: As printed}
              price: {field: Price, type: currency, currency: CNY, format: "#,##0.00"}
            """;

    private static TestDatabase postgres;
    private static DataSource database;

    private final ObjectMapper mapper = new ObjectMapper();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = new TestDatabase();
        database = postgres.dataSource();
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        postgres.close();
    }

    private Connector connector(String yaml, DataSource source) {
        var files = Map.of("config/connectors/items.yaml", yaml);
        return new Connectors(
                        files,
                        text -> text.replace("${TOKEN}", "new-token, old-token"),
                        source,
                        meters,
                        Clock.fixed(NOW, ZoneOffset.UTC))
                .named("items");
    }

    private static JdbcTemplate items(DataSource source, String keyType, int count) {
        var jdbc = new JdbcTemplate(source);
        jdbc.execute("DROP TABLE IF EXISTS items");
        jdbc.execute("CREATE TABLE items (id " + keyType + ", name varchar(100), price numeric(14,2))");
        for (var i = 1; i <= count; i++) {
            jdbc.update(
                    "INSERT INTO items VALUES (?, ?, ?)", keyType.startsWith("varchar") ? "I-" + i : i, "Item " + i, i);
        }
        return jdbc;
    }

    /** A request as a Base sends it. */
    private byte[] request(String pageToken, Integer maxPageSize, String tenant, String base) {
        var params = mapper.createObjectNode().put("datasourceConfig", "{}").put("transactionID", "t1");
        params.put("pageToken", pageToken);
        if (maxPageSize != null) {
            params.put("maxPageSize", maxPageSize);
        }
        var context = mapper.createObjectNode().put("tenantKey", tenant).put("packID", "p");
        context.putObject("bitable").put("token", base).put("logID", "l");
        return mapper.createObjectNode()
                .put("params", params.toString())
                .put("context", context.toString())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> signed(byte[] body, String token, Instant at) {
        var timestamp = Long.toString(at.getEpochSecond());
        return Map.of(
                "X-Base-Request-Timestamp",
                timestamp,
                "X-Base-Request-Nonce",
                "nonce",
                "X-Base-Signature",
                BaseSignature.sign(timestamp, "nonce", token, body));
    }

    private JsonNode json(String answer) {
        try {
            return mapper.readTree(answer);
        } catch (IOException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private JsonNode page(Connector connector, String pageToken, Integer size) {
        return page(connector, pageToken, size, Optional::of);
    }

    private JsonNode page(
            Connector connector,
            String pageToken,
            Integer size,
            Function<Map<String, Object>, Optional<Map<String, Object>>> route) {
        var body = request(pageToken, size, "tenant1", "bascn1");
        return json(connector.records(body, signed(body, "new-token", NOW)::get, TENANTS, route));
    }

    private List<String> pull(Connector connector, int size, Runnable between) {
        var ids = new ArrayList<String>();
        var token = "";
        do {
            var page = page(connector, token, size);
            assertThat(page.path("code").asInt()).as(page.toString()).isZero();
            assertThat(page.at("/data/records").size()).isLessThanOrEqualTo(size);
            page.at("/data/records")
                    .forEach(record -> ids.add(record.at("/data/id").asText()));
            token = page.at("/data/nextPageToken").asText();
            assertThat(token).matches("[A-Za-z0-9_]{0,100}");
            assertThat(page.at("/data/hasMore").asBoolean()).isEqualTo(!token.isEmpty());
            between.run();
        } while (!token.isEmpty());
        return ids;
    }

    @Test
    @DisplayName("says where its two endpoints are, to anybody and without data")
    void meta() {
        var meta = json(connector(ITEMS + "periodic: false\nconfig-ui: https://erp.example.com/ui/\n", database)
                .meta());

        assertThat(meta.path("schemaVersion").asInt()).isEqualTo(1);
        assertThat(meta.path("type").asText()).isEqualTo("data_connector");
        assertThat(meta.at("/extraData/disabledPeriodicSync").asBoolean()).isTrue();
        assertThat(meta.at("/extraData/dataSourceConfigUiUri").asText()).isEqualTo("https://erp.example.com/ui/");
        assertThat(meta.at("/extraData/initHeight").asInt()).isBetween(226, 606);
        assertThat(meta.at("/extraData/initWidth").asInt()).isBetween(420, 840);
        assertThat(meta.at("/protocol/httpProtocol/uris").toString())
                .isEqualTo(
                        "[{\"type\":\"tableMeta\",\"uri\":\"/table_meta\"},{\"type\":\"records\",\"uri\":\"/records\"}]");
        assertThat(meta.toString()).doesNotContain("token", "select");
    }

    @Test
    @DisplayName("describes its table in the protocol's own types")
    void tableMeta() {
        items(database, "varchar(100) primary key", 0);
        var body = request(null, null, "tenant1", "bascn1");

        var meta = json(connector(ITEMS, database).tableMeta(body, signed(body, "old-token", NOW)::get, TENANTS));

        assertThat(meta.path("code").asInt()).isZero();
        assertThat(meta.at("/data/tableName").asText()).isEqualTo("Items");
        assertThat(meta.at("/data/fields").toString())
                .isEqualTo("[{\"fieldID\":\"id\",\"fieldName\":\"Id\",\"fieldType\":1,\"isPrimary\":true},"
                        + "{\"fieldID\":\"name\",\"fieldName\":\"Name\",\"fieldType\":1,\"isPrimary\":false,"
                        + "\"description\":\"As printed\"},{\"fieldID\":\"price\",\"fieldName\":\"Price\",\"fieldType\":8,"
                        + "\"isPrimary\":false,\"property\":{\"formatter\":\"#,##0.00\",\"currencyCode\":\"CNY\"}}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"varchar(100) primary key", "bigint primary key", "numeric(20,0) primary key"})
    @DisplayName("gives every row once, page by page, on two databases and with any kind of key")
    void pages(String keyType) {
        var h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:connector;DB_CLOSE_DELAY=-1");
        for (var source : List.of(database, h2)) {
            items(source, keyType, 25);
            for (var size : List.of(1, 5, 24, 25, 26)) {
                assertThat(pull(connector(ITEMS, source), size, () -> {}))
                        .hasSize(25)
                        .doesNotHaveDuplicates();
            }
        }
        // its own limit, and none asked for
        assertThat(page(connector(ITEMS.replace("page: 100", "page: 10"), database), "", 1000)
                        .at("/data/records"))
                .hasSize(10);
        assertThat(page(connector(ITEMS, database), "", null).at("/data/records"))
                .hasSize(25);
    }

    @Test
    @DisplayName("skips and repeats nothing while rows come and go between the pages")
    void stable() {
        var jdbc = items(database, "varchar(100) primary key", 50);
        var round = new int[1];

        var ids = pull(connector(ITEMS, database), 7, () -> {
            round[0]++;
            jdbc.update("INSERT INTO items VALUES (?, 'new', 0)", "A-" + round[0]);
            jdbc.update("INSERT INTO items VALUES (?, 'new', 0)", "Z-" + round[0]);
            jdbc.update("UPDATE items SET name = name || '!'");
            jdbc.update("DELETE FROM items WHERE id = (SELECT min(id) FROM items WHERE id LIKE 'I-%')");
        });

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(ids.stream().filter(id -> id.startsWith("I-"))).hasSize(50);
    }

    @Test
    @DisplayName("refuses what no Base of the tenant has signed within five minutes")
    void signature() {
        items(database, "varchar(100) primary key", 1);
        var connector = connector(ITEMS, database);
        var body = request("", 10, "tenant1", "bascn1");
        var good = signed(body, "new-token", NOW);
        var millis = Long.toString(NOW.toEpochMilli());

        assertThat(code(connector, body, good)).isZero();
        assertThat(code(
                        connector,
                        body,
                        Map.of(
                                "X-Base-Request-Timestamp",
                                millis,
                                "X-Base-Request-Nonce",
                                "n",
                                "X-Base-Signature",
                                BaseSignature.sign(millis, "n", "old-token", body))))
                .isZero();
        assertThat(code(connector, body, Map.of())).isEqualTo(1254403);
        for (var header : good.keySet()) {
            var without = new LinkedHashMap<>(good);
            without.remove(header);
            assertThat(code(connector, body, without)).isEqualTo(1254403);
            var other = new LinkedHashMap<>(good);
            other.put(header, good.get(header).replace('1', '2').replace('n', 'm') + "0");
            assertThat(code(connector, body, other)).isEqualTo(1254403);
        }
        assertThat(code(connector, request("", 11, "tenant1", "bascn1"), good)).isEqualTo(1254403);
        assertThat(code(connector, body, signed(body, "guessed", NOW))).isEqualTo(1254403);
        assertThat(code(connector, body, signed(body, "new-token", NOW.minus(Duration.ofSeconds(301)))))
                .isEqualTo(1254403);
        assertThat(code(connector, body, signed(body, "new-token", NOW.plus(Duration.ofSeconds(301)))))
                .isEqualTo(1254403);
        assertThat(meters.get("feishu.connector.answers")
                        .tag("code", "1254403")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(9);
    }

    private int code(Connector connector, byte[] body, Map<String, String> headers) {
        var answer = json(connector.records(body, headers::get, TENANTS, Optional::of));
        var code = answer.path("code").asInt();
        if (code != 0) {
            assertThat(answer.has("data")).isFalse();
            assertThat(json(answer.path("msg").asText()).path("en").asText())
                    .isNotBlank()
                    .doesNotContain("token1");
            assertThat(json(answer.path("msg").asText()).path("zh").asText()).isNotBlank();
        }
        return code;
    }

    @Test
    @DisplayName("serves the tenants and the Bases that it is told, and no others")
    void permission() {
        items(database, "varchar(100) primary key", 1);
        var open = connector(ITEMS, database);
        var closed = connector(ITEMS + "bases: [bascn1]\n", database);
        var stranger = request("", 10, "tenant2", "bascn1");
        var otherBase = request("", 10, "tenant1", "bascn2");

        assertThat(code(open, stranger, signed(stranger, "new-token", NOW))).isEqualTo(1254403);
        assertThat(json(open.records(stranger, signed(stranger, "new-token", NOW)::get, Set.of("*"), Optional::of))
                        .path("code")
                        .asInt())
                .isZero();
        assertThat(code(open, otherBase, signed(otherBase, "new-token", NOW))).isZero();
        assertThat(code(closed, otherBase, signed(otherBase, "new-token", NOW))).isEqualTo(1254403);
    }

    @Test
    @DisplayName("answers a malformed request, a foreign page token and a broken query with the protocol's codes")
    void errors() {
        items(database, "varchar(100) primary key", 3);
        var connector = connector(ITEMS, database);
        for (var malformed : List.of("", "[]", "{}", "{\"params\":\"x\",\"context\":\"{}\"}", "{\"params\":{}}")) {
            var body = malformed.getBytes(StandardCharsets.UTF_8);
            assertThat(code(connector, body, signed(body, "new-token", NOW))).isEqualTo(1254400);
        }
        for (var token : List.of("x", "1_", "1_zz", "_", "1_2_3", "-1_7", "1_" + "z".repeat(200))) {
            assertThat(page(connector, token, 10).path("code").asInt())
                    .as(token)
                    .isEqualTo(1254400);
        }
        assertThat(page(connector(ITEMS.replace("  price:", "  cost:"), database), "", 10)
                        .path("code")
                        .asInt())
                .isEqualTo(1254400);
        var body = request(null, null, "tenant1", "bascn1");
        var lacking = json(connector(ITEMS.replace("  price:", "  cost:"), database)
                .tableMeta(body, signed(body, "new-token", NOW)::get, TENANTS));
        assertThat(lacking.path("code").asInt()).isEqualTo(1254400);
        assertThat(lacking.path("msg").asText()).contains("the query has no column cost");
        assertThat(page(connector(ITEMS.replace("from items", "from nothing"), database), "", 10)
                        .path("code")
                        .asInt())
                .isEqualTo(1254500);
        assertThat(page(connector, "", 10, row -> {
                            throw new IllegalStateException("the route failed");
                        })
                        .path("code")
                        .asInt())
                .isEqualTo(1254500);
    }

    @Test
    @DisplayName("can only read")
    void readOnly() {
        items(database, "varchar(100) primary key", 1);
        new JdbcTemplate(database)
                .execute("CREATE OR REPLACE FUNCTION wipe() RETURNS int LANGUAGE sql AS"
                        + " 'DELETE FROM items; SELECT 1'");

        var page = page(connector(ITEMS.replace("select id", "select wipe() as w, id"), database), "", 10);

        assertThat(page.path("code").asInt()).isEqualTo(1254500);
        assertThat(new JdbcTemplate(database).queryForObject("SELECT count(*) FROM items", Integer.class))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("refuses a query whose key is null or not unique, or that has more rows than it may")
    void unfitQueries() {
        var jdbc = items(database, "bigint", 30);
        assertThat(pull(connector(ITEMS, database), 7, () -> {})).hasSize(30);
        var few = connector(ITEMS + "rows: 20\n", database);
        assertThat(page(few, "", 10).path("code").asInt()).isZero();
        var second = page(few, page(few, "", 10).at("/data/nextPageToken").asText(), 10);
        assertThat(second.path("msg").asText()).contains("more than 20 rows");

        jdbc.update("INSERT INTO items VALUES (10, 'twin', 0)");
        var twins = page(connector(ITEMS, database), "", 10);
        assertThat(twins.path("code").asInt()).isEqualTo(1254400);
        assertThat(twins.path("msg").asText()).contains("two rows have the id 10");
        jdbc.update("DELETE FROM items WHERE name = 'twin'");

        jdbc.update("INSERT INTO items VALUES (NULL, 'nobody', 0)");
        var token = page(connector(ITEMS, database), "", 29)
                .at("/data/nextPageToken")
                .asText();
        var last = page(connector(ITEMS, database), token, 29);
        assertThat(last.path("msg").asText()).contains("a row has no id");
    }

    @Test
    @DisplayName("lets its route add to a row, change it and keep it out")
    void route() {
        items(database, "varchar(100) primary key", 3);
        var enriched = connector(ITEMS + "  cheap: {field: Cheap, type: boolean, from: route}\n", database);

        var records = page(enriched, "", 10, row -> {
                    row.put("cheap", ((java.math.BigDecimal) row.get("price")).intValue() < 3);
                    return "I-2".equals(row.get("id")) ? Optional.empty() : Optional.of(row);
                })
                .at("/data/records");

        assertThat(records).hasSize(2);
        assertThat(records.get(0).path("data").path("cheap").asBoolean()).isTrue();
        assertThat(records.get(1).path("data").path("cheap").asBoolean()).isFalse();
        assertThat(page(enriched, "", 10).at("/data/records/0/data").has("cheap"))
                .isFalse();
    }

    @Test
    @DisplayName("gives ids that the protocol allows, never the same one to two keys")
    void primaryIds() {
        assertThat(Connector.primaryId("42")).isEqualTo("42");
        assertThat(Connector.primaryId("SO-1")).isEqualTo("_x534f2d31");
        assertThat(Connector.primaryId("_x534f2d31")).isNotEqualTo("_x534f2d31").startsWith("_x");
        for (var key : List.of("a b", "订单", "x".repeat(101), "y".repeat(500), "_", " ")) {
            assertThat(Connector.primaryId(key)).matches("[A-Za-z0-9_]{1,100}");
        }
        assertThat(new PageToken(20_000, "订单-1").text()).matches("[A-Za-z0-9_]{1,100}");
        assertThat(PageToken.parse(new PageToken(20_000, "\u0000订单").text()))
                .isEqualTo(new PageToken(20_000, "\u0000订单"));
        assertThatThrownBy(() -> new PageToken(1, "k".repeat(70)).text()).hasMessageContaining("too long");
    }

    @Test
    @DisplayName("maps every type, and leaves a cell empty that its type cannot hold")
    void types() {
        var connector = connector("""
                connector: items
                title: Types
                query: >
                  select 1 as id, 'text' as t, 12.25 as n, 'red' as s, array['a','b'] as m, timestamptz '2026-05-01 00:00Z' as d,
                  date '2026-05-01' as day, timestamp '2026-05-01 08:00' as local, '690' as bar, true as b, '+86 138-0013' as ph,
                  'https://example.com/1' as u, 0.5 as p, 4 as r, '31.2, 121.5' as loc, 'ou_1' as who, array['box1'] as files,
                  array['oc_1'] as chats, 'many' as wrong, 9 as toomany, 'no address' as nourl, null::text as empty
                key: id
                token: ${TOKEN}
                columns:
                  id: {field: Id, type: number, format: "0"}
                  t: {field: T, type: text}
                  n: {field: N, type: number}
                  s: {field: S, type: single-select}
                  m: {field: M, type: multi-select}
                  d: {field: D, type: datetime}
                  day: {field: Day, type: datetime, zone: Asia/Shanghai}
                  local: {field: Local, type: datetime, zone: Asia/Shanghai}
                  bar: {field: Bar, type: barcode}
                  b: {field: B, type: boolean}
                  ph: {field: Ph, type: phone}
                  u: {field: U, type: url}
                  p: {field: P, type: progress}
                  r: {field: R, type: rating, max: 5}
                  loc: {field: Loc, type: location}
                  who: {field: Who, type: person, ids: user_id}
                  files: {field: Files, type: attachments}
                  chats: {field: Chats, type: group}
                  wrong: {field: Wrong, type: number}
                  toomany: {field: Too many, type: rating}
                  nourl: {field: No url, type: url}
                  empty: {field: Empty, type: text}
                """, database);

        var data = page(connector, "", 10).at("/data/records/0/data");

        assertThat(data.toString())
                .isEqualTo("{\"id\":1,\"t\":\"text\",\"n\":12.25,\"s\":\"red\",\"m\":[\"a\",\"b\"],\"d\":1777593600000,"
                        + "\"day\":1777564800000,\"local\":1777593600000,\"bar\":\"690\",\"b\":true,\"ph\":\"861380013\","
                        + "\"u\":{\"name\":\"https://example.com/1\",\"url\":\"https://example.com/1\"},\"p\":0.5,\"r\":4,"
                        + "\"loc\":{\"latitude\":31.2,\"longitude\":121.5},\"who\":{\"ids\":[\"ou_1\"],"
                        + "\"idType\":\"UserEmployeeID\"},\"files\":{\"ids\":[\"box1\"],\"idType\":\"DriveFile\"},"
                        + "\"chats\":{\"ids\":[\"oc_1\"],\"idType\":\"ChatOpenID\"}}");
        for (var column : List.of("wrong", "toomany", "nourl")) {
            assertThat(meters.get("feishu.connector.unmapped")
                            .tag("column", column)
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    @DisplayName("reports a mistake in its file with the place and the remedy")
    void mistakes() {
        mistake("connector: items", "connector: Items", "connector: must be lower case");
        mistake("title: Items", "title: a/b", "title: must be 1 to 100 characters");
        mistake("key: id", "keys: id", "keys");
        mistake("-- of the shop", ";", "query: leave out the semicolon");
        mistake("page: 100", "page: 1001", "page: 1 to 1000");
        mistake("type: currency", "type: money", "columns.price.type: 'money' is no type; write text, number");
        mistake("currency: CNY, ", "", "columns.price.currency");
        mistake("\"#,##0.00\"", "\"0.00\"", "columns.price.format: one of");
        mistake("field: Name", "field: Id", "columns.name.field: stands twice");
        mistake("id: {field: Id, type: text}", "id: {field: Id, type: boolean}", "a boolean cannot be the first field");
        mistake("id: {field: Id, type: text}", "code: {field: Id, type: text}", "exactly one must be `primary: true`");
        mistake("key: id", "key: id\nconfig-ui: http://x", "config-ui: must be an https address");
        mistake("description: As printed", "zone: Mars", "columns.name.zone: a time zone");
    }

    private void mistake(String right, String wrong, String expected) {
        assertThatThrownBy(() -> connector(ITEMS.replace(right, wrong), database))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("config/connectors/items.yaml: ")
                .hasMessageContaining(expected);
    }

    @Test
    @DisplayName("has nobody to serve without a token")
    void withoutToken() {
        var connector = connector(ITEMS.replace("token: ${TOKEN}", "token: ''"), database);

        assertThat(connector.unavailable().orElseThrow()).contains("connector items has no token");
        var body = request("", 10, "tenant1", "bascn1");
        assertThat(code(connector, body, signed(body, "", NOW))).isEqualTo(1254400);
    }
}
