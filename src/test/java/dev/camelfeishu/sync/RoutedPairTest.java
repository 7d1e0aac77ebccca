package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.card.CardTemplates;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.component.FeishuComponent;
import dev.camelfeishu.component.FeishuPlatform;
import dev.camelfeishu.event.Apps;
import dev.camelfeishu.sync.DeclaredPair.Engine;
import dev.camelfeishu.sync.DeclaredPair.World;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A pair whose rows go through routes, those of docs/pairs.md")
class RoutedPairTest {

    private static final String VISITS = """
            pair: visits
            sql: {table: shop.visits, key: id, changed: updated_at}
            bitable: {app: bascnTest, table: Orders}
            columns:
              id: {field: Visit, type: text, owner: sql}
              customer_id: {field: Customer No, type: text, owner: sql}
              customer: {field: Customer, type: text, owner: sql}
              city: {field: City, type: text, owner: sql}
              amount: {field: Amount, type: number, scale: 2, owner: sql}
              approver: {field: Approver, type: text, owner: sql}
              status: {field: Status, type: single-select, options: [DRAFT, OPEN, DONE], owner: both, on-conflict: sql}
              note: {field: Note, type: text, owner: both, on-conflict: sql}
            """;

    private static final Pattern ROUTES = Pattern.compile("(?s)## Values on their way.*?```yaml\n(.*?)```");

    private static TestDatabase postgres;
    private static HikariDataSource database;

    private World world;
    private DeclaredPair visits;
    private DefaultCamelContext camel;
    private ProducerTemplate template;

    @BeforeAll
    static void startPostgres() {
        postgres = new TestDatabase();
        database = new HikariDataSource();
        database.setDataSource(postgres.dataSource());
        database.setMaximumPoolSize(4);
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void documented() throws Exception {
        world = new World(database, Engine.POSTGRESQL);
        world.erp.execute(
                "CREATE TABLE shop.visits (id text PRIMARY KEY, customer_id text, customer text, city text,"
                        + " amount numeric(14,2), approver text, status text, note text, updated_at timestamptz DEFAULT now())");
        world.erp.execute("CREATE TABLE shop.customers (id text PRIMARY KEY, name text, city text)");
        world.erp.update("INSERT INTO shop.customers VALUES ('C-1', 'Li Na', 'Suzhou')");
        visits = world.pair(VISITS);

        var documented = ROUTES.matcher(Files.readString(Path.of("docs/pairs.md")));
        assertThat(documented.find()).isTrue();
        routes(documented.group(1).replace("erp.customers", "shop.customers"));
    }

    /** The product's component and the routes; a batch is handed in by the test, whose clock and Base wait for nobody. */
    private void routes(String yaml) throws Exception {
        camel = new DefaultCamelContext();
        var feishu = new FeishuComponent();
        var texts = new Texts("en-US", Map.of());
        feishu.setPlatform(new FeishuPlatform(
                null,
                null,
                null,
                null,
                new CardTemplates(Map.of(), texts, new ObjectMapper()),
                texts,
                null,
                new Pairs(List.of(visits.sync)),
                null,
                null,
                null,
                new Apps(Map.of(Apps.DEFAULT, "cli_a")),
                null,
                null,
                null,
                null));
        camel.addComponent("feishu", feishu);
        camel.getRegistry().bind("erp", database);
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString("visits.camel.yaml", yaml));
        AdviceWith.adviceWith(camel, "visits-merge", route -> route.replaceFromWith("direct:changes"));
        camel.start();
        template = camel.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    @DisplayName("gives Bitable what SQL does not hold, once")
    void enrich() {
        visit("V-1", "C-1", "12.50", "OPEN");
        settle();
        assertThat(visits.cell("V-1", "Customer")).isEqualTo("Li Na");
        assertThat(visits.cell("V-1", "City")).isEqualTo("Suzhou");
        assertThat(visits.base.cell(visits.recordOf("V-1"), "Amount").decimalValue())
                .isEqualByComparingTo(new BigDecimal("12.5"));
        assertThat(value("V-1", "city")).as("in SQL").isNull();

        set("V-1", "note", "call before");
        world.erp.update("UPDATE shop.customers SET city = 'Wuxi'");
        settle();
        assertThat(visits.cell("V-1", "Note")).isEqualTo("call before");
        assertThat(visits.cell("V-1", "City")).isEqualTo("Wuxi");
        assertThat(visits.base.calls("/batch_update")).isEqualTo(1);
        assertThat(value("V-1", "city")).as("in SQL").isNull();
        assertThat(visits.sync.verify().divergent()).isZero();
        assertThat(visits.reasons()).isEmpty();
    }

    @Test
    @DisplayName("leaves a row alone, says so, and takes it up when the route lets it")
    void filter() {
        visit("V-1", "C-1", "12.50", "DRAFT");
        visit("V-2", "C-2", "12.50", "OPEN");
        settle();
        assertThat(visits.base.recordIds()).isEmpty();
        assertThat(visits.reasons()).containsExactly("left alone by the route", "left alone by the route");

        set("V-1", "status", "OPEN");
        settle();
        assertThat(visits.cell("V-1", "Status")).isEqualTo("OPEN");
        assertThat(visits.reasons()).containsExactly("left alone by the route");

        // nothing of the visit has changed
        world.erp.update("INSERT INTO shop.customers VALUES ('C-2', 'Wang Wei', 'Wuxi')");
        settle();
        assertThat(visits.base.recordIds()).hasSize(1);
        visits.sync.retryParked("V-2", null);
        settle();
        assertThat(visits.cell("V-2", "Customer")).isEqualTo("Wang Wei");
        assertThat(visits.reasons()).isEmpty();
    }

    @Test
    @DisplayName("parks a forbidden row with the reason, either way, and goes on when it is gone")
    void veto() {
        visit("V-1", "C-1", "10000.01", "OPEN");
        visit("V-2", "C-1", "10000.00", "OPEN");
        settle();
        assertThat(visits.base.recordIds()).hasSize(1);
        assertThat(visits.reasons()).containsExactly("vetoed by the route: more than 10,000 needs an approver");

        set("V-1", "approver", "Zhang San");
        visits.base.edit(visits.recordOf("V-2"), "Status", "DONE");
        settle();
        assertThat(visits.cell("V-1", "Approver")).isEqualTo("Zhang San");
        assertThat(value("V-2", "status")).isEqualTo("OPEN");
        assertThat(visits.reasons()).containsExactly("vetoed by the route: a visit is done with a note only");

        visits.base.edit(visits.recordOf("V-2"), "Note", "signed");
        settle();
        assertThat(value("V-2", "status")).isEqualTo("DONE");
        assertThat(value("V-2", "note")).isEqualTo("signed");
        assertThat(visits.reasons()).isEmpty();
        assertThat(visits.sync.verify().divergent()).isZero();
    }

    @Test
    @DisplayName("parks a row whose route ends with something that is no row, and says with what")
    void noMap() throws Exception {
        camel.stop();
        routes("""
                - route:
                    id: visits-merge
                    from:
                      uri: direct:x
                      steps:
                        - to: feishu:bitable/merge?pair=visits&toBitable=direct:list
                - route:
                    id: list
                    errorHandler: {noErrorHandler: {}}
                    from:
                      uri: direct:list
                      steps:
                        - to: "sql:select name, city from shop.customers"
                """);
        visit("V-1", "C-1", "12.50", "OPEN");
        for (var attempt = 0; attempt < 10; attempt++) {
            world.clock.pass(Duration.ofMinutes(10));
            round();
        }
        assertThat(visits.base.recordIds()).isEmpty();
        assertThat(visits.reasons())
                .singleElement()
                .asString()
                .contains("direct:list ends with a ArrayList in the body: it must be a map");
    }

    private void settle() {
        for (var round = 0; round < 5; round++) {
            round();
            world.clock.pass(Duration.ofSeconds(2));
        }
        assertThat(round()).isZero();
    }

    private int round() {
        visits.sync.poll();
        while (!visits.base.events.isEmpty()) {
            visits.sync.hint(visits.base.events.poll());
        }
        var batches = 0;
        for (var batch = visits.sync.claim(); batch.isPresent(); batch = visits.sync.claim()) {
            template.sendBody("direct:changes", batch.get());
            batches++;
        }
        return batches;
    }

    private void visit(String id, String customer, String amount, String status) {
        world.erp.update(
                "INSERT INTO shop.visits (id, customer_id, amount, status) VALUES (?, ?, ?, ?)",
                id,
                customer,
                new BigDecimal(amount),
                status);
    }

    private void set(String id, String column, String value) {
        world.erp.update(
                "UPDATE shop.visits SET " + column + " = ?, updated_at = clock_timestamp() WHERE id = ?", value, id);
    }

    private String value(String id, String column) {
        return world.erp.queryForObject("SELECT " + column + " FROM shop.visits WHERE id = ?", String.class, id);
    }
}
