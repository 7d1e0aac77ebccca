package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sync.DeclaredPair.Engine;
import dev.camelfeishu.sync.DeclaredPair.World;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("People, rows of other pairs and several Bases")
class NamedThingsTest {

    private static TestDatabase postgres;
    private static HikariDataSource own;

    private World world;

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = new TestDatabase();
        own = new HikariDataSource();
        own.setDataSource(OrdersPair.migrated(postgres.dataSource()));
        own.setMaximumPoolSize(4);
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        own.close();
        postgres.close();
    }

    private void orders(Engine engine, String column) {
        world = new World(own, engine);
        world.erp.execute("CREATE TABLE shop.orders (id varchar(80) PRIMARY KEY, " + column
                + ", updated_at timestamp with time zone DEFAULT current_timestamp)");
    }

    private static String declared(String name, String column) {
        return """
                pair: NAME
                sql: {table: shop.orders, key: id, changed: updated_at}
                bitable: {app: bascnTest, table: Orders}
                columns:
                  id: {field: Id, type: text, owner: sql}
                """.replace("NAME", name) + "  " + column + "\n";
    }

    private String value(String column) {
        return world.erp.queryForObject("SELECT " + column + " FROM shop.orders WHERE id = 'O-1'", String.class);
    }

    // ---- people

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("a person kept by an employee table goes both ways; one that it does not know stays where he is")
    void employee(Engine engine) {
        orders(engine, "buyer int");
        world.erp.execute("CREATE TABLE shop.employees (number int PRIMARY KEY, feishu varchar(80))");
        world.erp.update("INSERT INTO shop.employees VALUES (7, 'ou_wang'), (8, 'ou_li'), (9, NULL)");
        var pair = world.pair(declared(
                "orders",
                "buyer: {field: Buyer, type: person, by: table, people: {table: shop.employees, key: number,"
                        + " open-id: feishu}, owner: both, on-conflict: sql}"));
        world.erp.update("INSERT INTO shop.orders (id, buyer) VALUES ('O-1', 7), ('O-2', 9)");
        pair.settle();
        assertThat(pair.cell("O-1", "Buyer")).isEqualTo("[{\"id\":\"ou_wang\"}]");
        assertThat(pair.cell("O-2", "Buyer")).isNull();
        assertThat(pair.reasons()).singleElement().asString().contains("'9' is unknown to shop.employees");

        pair.base.edit(pair.recordOf("O-1"), "Buyer", List.of(Map.of("id", "ou_li")));
        pair.settle();
        assertThat(value("buyer")).isEqualTo("8");

        pair.base.edit(pair.recordOf("O-1"), "Buyer", List.of(Map.of("id", "ou_guest")));
        pair.settle();
        assertThat(value("buyer")).isEqualTo("8");
        assertThat(pair.cell("O-1", "Buyer")).isEqualTo("[{\"id\":\"ou_guest\"}]");
        assertThat(pair.reasons()).anyMatch(reason -> reason.contains("'ou_guest' is unknown to shop.employees"));

        world.erp.update("INSERT INTO shop.employees VALUES (10, 'ou_guest')");
        world.erp.update("UPDATE shop.employees SET feishu = 'ou_nine' WHERE number = 9");
        pair.sync.retryParked(null, null);
        pair.settle();
        assertThat(value("buyer")).isEqualTo("10");
        assertThat(pair.cell("O-2", "Buyer")).isEqualTo("[{\"id\":\"ou_nine\"}]");
        assertThat(pair.reasons()).isEmpty();
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("several people kept by mail address, and one by user_id, are looked up at Feishu, each once")
    void contacts(Engine engine) {
        orders(engine, "watchers varchar(200), buyer varchar(80)");
        var pair = world.pair(declared(
                        "orders",
                        "watchers: {field: Watchers, type: person, by: email, multiple: true, owner: both,"
                                + " on-conflict: sql}")
                + "  buyer: {field: Buyer, type: person, by: user-id, owner: both, on-conflict: sql}\n");
        pair.base.mails.put("ou_wang", "wang@example.com");
        pair.base.mails.put("ou_li", "li@example.com");
        world.erp.update("INSERT INTO shop.orders (id, watchers, buyer) VALUES"
                + " ('O-1', '[\"wang@example.com\", \"li@example.com\"]', 'li')");
        pair.settle();
        assertThat(pair.cell("O-1", "Watchers")).isEqualTo("[{\"id\":\"ou_li\"},{\"id\":\"ou_wang\"}]");
        assertThat(pair.cell("O-1", "Buyer")).isEqualTo("[{\"id\":\"ou_li\"}]");

        pair.base.edit(pair.recordOf("O-1"), "Watchers", List.of(Map.of("id", "ou_wang")));
        pair.base.edit(pair.recordOf("O-1"), "Buyer", List.of(Map.of("id", "ou_wang")));
        pair.settle();
        assertThat(value("watchers")).isEqualTo("[\"wang@example.com\"]");
        assertThat(value("buyer")).isEqualTo("wang");

        var asked = pair.base.calls("/batch_get_id") + pair.base.calls("/users/batch");
        assertThat(asked).isLessThanOrEqualTo(6);
        world.erp.update("UPDATE shop.orders SET watchers = '[\"li@example.com\"]', updated_at = current_timestamp");
        pair.settle();
        assertThat(pair.cell("O-1", "Watchers")).isEqualTo("[{\"id\":\"ou_li\"}]");
        assertThat(pair.base.calls("/batch_get_id") + pair.base.calls("/users/batch"))
                .isEqualTo(asked);
    }

    // ---- links

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("a foreign key is a link between records; it waits for the other pair's row, from either side")
    void link(Engine engine) {
        orders(engine, "customer varchar(80)");
        world.erp.execute("CREATE TABLE shop.customers (id varchar(80) PRIMARY KEY,"
                + " updated_at timestamp with time zone DEFAULT current_timestamp)");
        var customers = world.pair("""
                pair: customers
                creates: both
                sql: {table: shop.customers, key: id, changed: updated_at}
                bitable: {app: bascnTest, table: Orders}
                columns:
                  id: {field: Id, type: text, owner: sql}
                """);
        var orders = world.pair(declared(
                "orders",
                "customer: {field: Customer, type: link, pair: customers, back-field: Orders, owner: both,"
                        + " on-conflict: sql}"));
        world.erp.update("INSERT INTO shop.customers (id) VALUES ('C-1')");
        world.settle(customers);
        world.erp.update("INSERT INTO shop.orders (id, customer) VALUES ('O-1', 'C-1')");
        world.settle(customers, orders);
        assertThat(orders.cell("O-1", "Customer")).isEqualTo("[\"" + customers.recordOf("C-1") + "\"]");

        // SQL names a customer that is not there yet
        world.erp.update("UPDATE shop.orders SET customer = 'C-2', updated_at = current_timestamp");
        orders.settle();
        assertThat(orders.reasons()).singleElement().asString().contains("waits for its row of the pair customers");
        world.erp.update("INSERT INTO shop.customers (id) VALUES ('C-2')");
        world.settle(customers, orders);
        assertThat(orders.cell("O-1", "Customer")).isEqualTo("[\"" + customers.recordOf("C-2") + "\"]");
        assertThat(orders.reasons()).isEmpty();

        // Bitable names a customer whose row is not there yet
        var record = customers.base.add(Map.of("Id", "C-3"));
        orders.base.edit(orders.recordOf("O-1"), "Customer", List.of(record));
        orders.settle();
        assertThat(value("customer")).isEqualTo("C-2");
        assertThat(orders.reasons()).singleElement().asString().contains("waits for its row of the pair customers");
        world.settle(customers, orders);
        assertThat(value("customer")).isEqualTo("C-3");
        assertThat(orders.reasons()).isEmpty();
        assertThat(orders.sync.verify().equal()).isEqualTo(1);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("a link follows its row to a new record")
    void linkToNewRecord(Engine engine) {
        orders(engine, "customer varchar(80)");
        world.erp.execute("CREATE TABLE shop.customers (id varchar(80) PRIMARY KEY,"
                + " updated_at timestamp with time zone DEFAULT current_timestamp)");
        var customers = world.pair("""
                pair: customers
                sql: {table: shop.customers, key: id, changed: updated_at}
                bitable: {app: bascnTest, table: Orders}
                columns:
                  id: {field: Id, type: text, owner: sql}
                """);
        var orders = world.pair(declared(
                "orders", "customer: {field: Customer, type: link, pair: customers, owner: both, on-conflict: sql}"));
        // so long ago that no overlap looks at it again
        var longAgo = ", TIMESTAMP WITH TIME ZONE '2020-01-01 00:00:00+00')";
        world.erp.update("INSERT INTO shop.customers VALUES ('C-1'" + longAgo);
        world.erp.update("INSERT INTO shop.orders VALUES ('O-1', 'C-1'" + longAgo);
        world.settle(customers);
        world.settle(customers, orders);
        var first = customers.recordOf("C-1");
        assertThat(orders.cell("O-1", "Customer")).isEqualTo("[\"" + first + "\"]");

        customers.base.delete(first);
        orders.base.before = request -> {
            if (!request.reading() && String.valueOf(request.body()).contains(first)) {
                throw InMemoryBase.rejected(1254067);
            }
        };
        world.erp.update("INSERT INTO shop.orders VALUES ('O-2', 'C-1'" + longAgo);
        world.passComparison();
        orders.settle();
        assertThat(orders.reasons()).hasSize(1);
        for (var look = 0; look < 3; look++) {
            world.passComparison();
            world.settle(customers, orders);
        }
        assertThat(customers.recordOf("C-1")).isNotEqualTo(first);
        for (var order : List.of("O-1", "O-2")) {
            assertThat(orders.cell(order, "Customer")).isEqualTo("[\"" + customers.recordOf("C-1") + "\"]");
        }
        assertThat(orders.reasons()).isEmpty();
        assertThat(value("customer")).isEqualTo("C-1");
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("a link waits with its field until the other pair has its table")
    void linkBeforeTable(Engine engine) {
        orders(engine, "customer varchar(80)");
        var orders =
                world.pair(declared("orders", "customer: {field: Customer, type: link, pair: customers, owner: sql}"));
        org.assertj.core.api.Assertions.assertThatThrownBy(orders.sync::prepare)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the table of the pair customers, which is not linked yet");
    }

    // ---- a star of Bases

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("an edit and a new record in one Base reach the other by the table between them")
    void star(Engine engine) {
        orders(engine, "title varchar(80)");
        var title = "title: {field: Title, type: text, owner: both, on-conflict: bitable}";
        var north = world.pair(declared("north", title) + "creates: both\ndeletes: {policy: both}\n");
        var south = world.pair(declared("south", title) + "creates: both\ndeletes: {policy: both}\n");
        world.erp.update("INSERT INTO shop.orders (id, title) VALUES ('O-1', 'one'), ('O-2', 'two')");
        world.settle(north, south);

        north.base.edit(north.recordOf("O-1"), "Title", "from north");
        south.base.add(Map.of("Id", "O-3", "Title", "from south"));
        south.base.delete(south.recordOf("O-2"));
        for (var look = 0; look < 4; look++) {
            world.settle(north, south);
            world.passComparison();
        }

        assertThat(south.cell("O-1", "Title")).isEqualTo("from north");
        assertThat(north.cell("O-3", "Title")).isEqualTo("from south");
        assertThat(north.base.recordIds()).hasSize(2);
        assertThat(south.base.recordIds()).hasSize(2);
        assertThat(value("title")).isEqualTo("from north");
        assertThat(north.sync.verify().equal()).isEqualTo(2);
        assertThat(south.sync.verify().equal()).isEqualTo(2);
        assertThat(north.cell("O-1", "Sync ID")).isNotEqualTo(south.cell("O-1", "Sync ID"));
    }

    // ---- the schedule

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("a pair with a schedule looks at both sides and compares them by itself, on one node only")
    void schedule(Engine engine) {
        orders(engine, "title varchar(80)");
        var yaml = declared("orders", "title: {field: Title, type: text, owner: both, on-conflict: sql}")
                + "period: 5s\nprobe: 10s\nverify: 0 0 3 * * ?\n";
        var pair = world.pair(yaml);
        world.erp.update("INSERT INTO shop.orders (id, title) VALUES ('O-1', 'one')");
        pair.sync.tend(event -> {});
        pair.sync.drain(RowTransform.NONE);
        assertThat(pair.cell("O-1", "Title")).isEqualTo("one");

        world.clock.pass(Duration.ofSeconds(3));
        world.erp.update("UPDATE shop.orders SET title = 'two', updated_at = current_timestamp");
        pair.sync.tend(event -> {});
        assertThat(pair.sync.drain(RowTransform.NONE)).as("not due yet").isZero();
        world.clock.pass(Duration.ofSeconds(3));
        pair.sync.tend(event -> {});
        pair.sync.drain(RowTransform.NONE);
        assertThat(pair.cell("O-1", "Title")).isEqualTo("two");
        assertThat(pair.sync.reports(0, 10).total()).isZero();

        var second = world.samePair(pair, yaml);
        world.clock.pass(Duration.ofHours(24));
        pair.sync.tend(event -> {});
        second.tend(event -> {});
        assertThat(pair.sync.reports(0, 10).total()).isEqualTo(1);
        world.clock.pass(Duration.ofHours(24));
        second.tend(event -> {});
        pair.sync.tend(event -> {});
        assertThat(pair.sync.reports(0, 10).total()).isEqualTo(2);
    }
}
