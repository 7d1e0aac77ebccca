package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A pair declaration")
class PairDeclarationParserTest {

    private String yaml;

    @BeforeEach
    void readShipped() throws IOException {
        yaml = Files.readString(Path.of("config/pairs/orders.yaml"));
    }

    private static PairDeclaration parse(String text, Map<String, String> variables) {
        return new PairDeclarationParser(variables::get).parse("orders.yaml", text);
    }

    @Test
    @DisplayName("of the orders says what the contract says")
    void shipped() {
        var pair = parse(yaml, Map.of("BITABLE_APP_TOKEN", "bascn1", "BITABLE_ORDERS_TABLE_ID", "tbl1"));

        assertThat(pair.name()).isEqualTo("orders");
        assertThat(pair.unavailable()).isEmpty();
        assertThat(pair.sql())
                .isEqualTo(new PairDeclaration.Sql(
                        "erp.orders",
                        null,
                        List.of("order_id"),
                        PairDeclaration.NewKey.RECORD,
                        null,
                        "updated_at",
                        Duration.ofSeconds(60),
                        null,
                        PairDeclaration.Capture.POLL,
                        false));
        assertThat(pair.bitable())
                .isEqualTo(new PairDeclaration.Bitable("bascn1", "tbl1", "Orders", "Sync ID", RecordFilter.NONE));
        assertThat(pair.columns())
                .extracting(
                        column -> column.name() + "|" + column.field() + "|" + column.owner() + "|" + column.winner())
                .containsExactly(
                        "order_id|Order ID|SQL|SQL",
                        "customer_name|Customer Name|SQL|SQL",
                        "amount|Order Amount|SQL|SQL",
                        "status|Status|BOTH|BITABLE",
                        "note|Note|BOTH|SQL",
                        "created_at|Created At|SQL|SQL");
        assertThat(pair.debounce()).isEqualTo(Duration.ofSeconds(1));
        assertThat(pair.deletes().guard(64)).isEqualTo(20);
        assertThat(pair.deletes().guard(20_000)).isEqualTo(1000);
    }

    @Test
    @DisplayName("without its Base is unavailable, and names the variable")
    void missingVariable() {
        var pair = parse(yaml, Map.of());
        assertThat(pair.missingVariable()).isEqualTo("BITABLE_APP_TOKEN");
        assertThat(pair.unavailable().orElseThrow()).contains("BITABLE_APP_TOKEN");
    }

    @Test
    @DisplayName("with a mistake names the file, the line and what to write")
    void mistakes() {
        refused(
                "owner: both\n    on-conflict: bitable",
                "owner: everybody",
                "must be bitable or both or sql",
                "status:");
        refused("    type: datetime", "    type: moment", "write text, number, currency", "created_at:");
        refused("    type: datetime", "    type: date", "add `zone: …`", "created_at:");
        refused("    type: datetime", "    type: date\n    zone: Beijing", "such as Asia/Shanghai", "Beijing");
        refused("    type: datetime", "    type: datetime\n    zone: UTC", "zone goes with the types date", "zone");
        refused("    type: datetime", "    type: attachments", "write `owner: bitable`", "owner");
        refused(
                "    type: datetime",
                "    type: datetime\n    computed: created-time",
                "write `owner: bitable`",
                "owner");
        refused("    type: datetime", "    type: datetime\n    computed: magic", "must be auto-number or", "magic");
        refused("    type: number", "    type: currency", "add `currency: …`", "amount:");
        refused("    type: number", "    type: currency\n    currency: XXX", "must be one of CNY", "XXX");
        refused("    scale: 2", "    scale: 11", "must be a number from 0 to 10", "scale");
        refused("    on-conflict: sql\n", "    on-conflict: union\n", "only a multi-select can be united", "union");
        refused(
                "    type: datetime\n",
                "    type: datetime\n    auto-create-options: true\n",
                "auto-create-options goes with",
                "auto-create-options");
        refused("    on-conflict: sql\n", "    on-conflict: oldest\n", "bitable or manual or newest or sql", "oldest");
        refused("    required: true", "    required: maybe", "must be false or true", "maybe");
        refused("debounce: 1s", "debounce: one second", "duration such as 500ms", "debounce");
        refused("debounce: 1s", "debunce: 1s", "'debunce' means nothing", "debunce");
        refused("table: erp.orders", "table: erp.orders; drop table x", "must be a table", "erp.orders;");
        refused("  key: order_id", "  key: nothing", "add it under columns", "order_id:");
        refused("    on-conflict: sql\n", "", "add `on-conflict: sql`, or bitable, newest, union or manual", "note:");
        refused("pair: orders", "pair: [", "not YAML", null);
    }

    @Test
    @DisplayName("with a mistake in its source names the line and what to write")
    void mistakenSources() {
        refused("  table: erp.orders\n", "", "add `table: …`, or a `query`", "sql:");
        refused("  table: erp.orders", "  query: SELECT 1", "add the `table` that its rows are written to", "query");
        refused("  table: erp.orders", "  table: erp.orders\n  query: DELETE FROM x", "one SELECT", "DELETE");
        refused("  table: erp.orders", "  table: erp.orders\n  query: SELECT 1; DROP TABLE x", "semicolon", "DROP");
        var timeless = yaml.replaceAll("  changed: updated_at.*\\n", "");
        assertThatThrownBy(() -> parse(
                        timeless.replace("on-conflict: bitable", "on-conflict: newest"),
                        Map.of("BITABLE_APP_TOKEN", "b")))
                .isInstanceOf(PairDeclarationException.class)
                .hasMessageContaining("add `changed: …` to sql")
                .hasMessageContaining(
                        "orders.yaml:" + (1 + timeless.lines().toList().indexOf("    on-conflict: bitable")));
        refused("  key: order_id", "  key: order_id\n  filter: WHERE a = 1", "without WHERE", "filter");
        refused("  key: order_id", "  key: [order_id, order_id]", "each once", "key");
        refused("  key: order_id", "  key: [order_id, region]", "the key region has no entry", "order_id:");
        refused("  key: order_id", "  key: order_id\n  new-key: uuid", "write `creates: both`", "new-key");
        refused(
                "  key: order_id",
                "  key: order_id\n  new-key: random",
                "must be generated or record or uuid",
                "random");
        assertThatThrownBy(() -> parse(
                        "creates: both\n"
                                + yaml.replace("  key: order_id", "  key: [order_id, customer_name]\n  new-key: uuid"),
                        Map.of()))
                .hasMessageContaining("a key of several columns is taken from the record");
    }

    @Test
    @DisplayName("with a mistake in its direction, its rows or its filter names the line and what to write")
    void mistakenPolicies() {
        refused(
                "pair: orders",
                "pair: orders\ndirection: both",
                "must be to-bitable or to-sql or two-way",
                "direction");
        refused("pair: orders", "pair: orders\nforeign-edits: ignore", "goes with `direction: to-bitable`", "foreign");
        refused("pair: orders", "pair: orders\ndirection: to-bitable", "says who owns status; remove owner", "status:");
        refused("pair: orders", "pair: orders\ncreates: nobody", "must be bitable or both or sql", "creates");
        refused("  compare: 30s", "  compare: 30s\n  policy: all", "must be bitable or both or none or sql", "policy");
        refused("  compare: 30s", "  compare: 30s\n  leaving-filter: hide", "must be delete or keep", "leaving");
        refused("debounce: 1s", "verify: nightly", "a Quartz cron such as 0 0 3 * * ?", "verify");
        refused("debounce: 1s", "period: often", "must be a duration", "period");
        var oneWay = "pair: o\ndirection: to-bitable\nsql: {table: t, key: id}\nbitable: {app: a, table: T}\n"
                + "columns:\n  id: {field: Id, type: text}\n";
        assertThat(parse(oneWay, Map.of()).columns().get(0).owner()).isEqualTo(ColumnMapping.Owner.SQL);
        for (var wrong : List.of("creates: both\n", "deletes: {policy: bitable}\n")) {
            assertThatThrownBy(() -> parse(oneWay + wrong, Map.of()))
                    .hasMessageContaining("the pair goes to Bitable only");
        }
        condition("{field: Nothing, operator: is, value: x}", "no column is mapped to the field Nothing");
        condition("{field: Note, operator: like, value: x}", "must be contains or");
        condition("{field: Note, operator: isEmpty, value: x}", "takes no value");
        condition("{field: Note, operator: isGreater, value: x}", "numbers and moments only");
        condition("{field: Order Amount, operator: is, value: much}", "not a number");
        condition("{field: Status, operator: is, value: LOST}", "not one of NEW");
        refused(
                "  table: Orders",
                "  table: Orders\n  view: vew1\n  filter: {conditions: [{field: Note, operator: isEmpty}]}",
                "keep one of the two",
                "view");
    }

    private void condition(String condition, String message) {
        refused("  table: Orders", "  table: Orders\n  filter: {conditions: [" + condition + "]}", message, "filter");
    }

    @Test
    @DisplayName("with a mistake in people or links names the line and what to write")
    void mistakenNames() {
        var person = "    type: person\n";
        refused("    type: datetime", person + "    by: name", "must be email or open-id or table or user-id", "by");
        refused("    type: datetime", person + "    by: table", "go together", "by");
        refused("    type: datetime", person + "    people: {table: a, key: b, open-id: c}", "go together", "people");
        refused("    type: datetime", person + "    by: table\n    people: {table: a}", "add `key: …`", "people");
        refused(
                "    type: datetime",
                "    type: text\n    multiple: true",
                "goes with the types person, link",
                "multiple");
        refused("    type: datetime", "    type: link", "pair is missing in created_at", "created_at:");
    }

    private void refused(String good, String bad, String message, String near) {
        assertThat(yaml).contains(good);
        var broken = yaml.replace(good, bad);
        assertThatThrownBy(() -> parse(broken, Map.of("BITABLE_APP_TOKEN", "b")))
                .isInstanceOfSatisfying(PairDeclarationException.class, mistake -> {
                    assertThat(mistake).hasMessageStartingWith("orders.yaml:").hasMessageContaining(message);
                    if (near != null) {
                        var lines = broken.split("\n");
                        var around = String.join(
                                "\n",
                                java.util.Arrays.copyOfRange(
                                        lines,
                                        Math.max(0, mistake.line() - 5),
                                        Math.min(lines.length, mistake.line())));
                        assertThat(around).contains(near);
                    }
                });
    }
}
