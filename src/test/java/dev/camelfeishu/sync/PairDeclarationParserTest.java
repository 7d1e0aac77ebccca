package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
                .isEqualTo(new PairDeclaration.Sql("erp.orders", "order_id", "updated_at", Duration.ofSeconds(60)));
        assertThat(pair.bitable()).isEqualTo(new PairDeclaration.Bitable("bascn1", "tbl1", "Orders", "Sync ID"));
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
        refused("    on-conflict: sql\n", "    on-conflict: oldest\n", "bitable or manual or newest or sql", "oldest");
        refused("    required: true", "    required: maybe", "must be false or true", "maybe");
        refused("debounce: 1s", "debounce: one second", "duration such as 500ms", "debounce");
        refused("debounce: 1s", "debunce: 1s", "'debunce' means nothing", "debunce");
        refused("table: erp.orders", "table: erp.orders; drop table x", "must be a table", "erp.orders;");
        refused("  key: order_id", "  key: nothing", "add it under columns", "order_id:");
        refused("    on-conflict: sql\n", "", "add `on-conflict: sql`, or bitable, newest, union or manual", "note:");
        refused("pair: orders", "pair: [", "not YAML", null);
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
