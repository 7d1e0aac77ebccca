package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sync.DeclaredPair.Engine;
import dev.camelfeishu.sync.DeclaredPair.World;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A declared pair")
class DeclaredPairTest {

    private static final String ITEMS = """
            pair: items
            sql: {table: shop.items, key: id, changed: updated_at}
            bitable: {app: bascnTest, table: Orders}
            columns:
              id: {field: Id, type: text, owner: sql}
              title: {field: Title, type: text, owner: both, on-conflict: sql}
              state: {field: State, type: single-select, options: [new, done, void], owner: both, on-conflict: sql}
            """;

    private static TestDatabase postgres;
    private static HikariDataSource own;

    private World world;

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = new TestDatabase();
        own = pooled(OrdersPair.migrated(postgres.dataSource()));
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        own.close();
        postgres.close();
    }

    private static HikariDataSource pooled(DataSource source) {
        var pool = new HikariDataSource();
        pool.setDataSource(source);
        pool.setMaximumPoolSize(4);
        return pool;
    }

    private void shop(Engine engine) {
        shop(engine, "id varchar(80) PRIMARY KEY");
    }

    private void shop(Engine engine, String key) {
        world = new World(own, engine);
        world.erp.execute("CREATE TABLE shop.items (" + key + ", title varchar(200), state varchar(20),"
                + " secret varchar(20), updated_at timestamp with time zone DEFAULT current_timestamp,"
                + " CHECK (title <> 'refuse me'))");
    }

    private void item(String id, String title, String state) {
        world.erp.update("INSERT INTO shop.items (id, title, state) VALUES (?, ?, ?)", id, title, state);
    }

    private void set(String id, String column, String value) {
        world.erp.update(
                "UPDATE shop.items SET " + column + " = ?, updated_at = current_timestamp WHERE id = ?", value, id);
    }

    private String value(String id, String column) {
        return world.erp.queryForList("SELECT " + column + " FROM shop.items WHERE id = ?", String.class, id).stream()
                .findFirst()
                .orElse(null);
    }

    private long rows() {
        return world.erp.queryForObject("SELECT count(*) FROM shop.items", Long.class);
    }

    private static String declared(String good, String bad) {
        assertThat(ITEMS).contains(good);
        return ITEMS.replace(good, bad);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName(
            "whose options are open lets a write make one, and takes one that a person made; a closed list parks it")
    void openOptions(Engine engine) {
        shop(engine);
        world.erp.execute("ALTER TABLE shop.items ADD COLUMN tags text");
        item("I-1", "first", "new");
        var open = declared("options: [new, done, void]", "auto-create-options: true")
                + "  tags: {field: Tags, type: multi-select, options: [a], auto-create-options: true, owner: both,"
                + " on-conflict: sql}\n";
        var pair = world.pair(open);
        pair.base.mayCreateOptions = true;
        pair.settle();
        assertThat(pair.cell("I-1", "State")).isEqualTo("new");

        set("I-1", "state", "waiting");
        set("I-1", "tags", "[\"a\",\"rush\"]");
        pair.settle();
        assertThat(pair.cell("I-1", "State")).isEqualTo("waiting");
        assertThat(pair.cell("I-1", "Tags")).isEqualTo("[\"a\",\"rush\"]");

        pair.base.edit(pair.recordOf("I-1"), "State", "made by a person");
        pair.base.edit(pair.recordOf("I-1"), "Tags", List.of("a person's"));
        pair.settle();
        assertThat(value("I-1", "state")).isEqualTo("made by a person");
        assertThat(value("I-1", "tags")).contains("a person's");
        assertThat(pair.reasons()).isEmpty();
        assertThat(pair.sync.verify().divergent()).isZero();

        shop(engine);
        item("I-1", "first", "new");
        var closed = world.pair(ITEMS);
        closed.settle();
        set("I-1", "state", "waiting");
        closed.settle();
        assertThat(closed.cell("I-1", "State")).isEqualTo("new");
        assertThat(closed.reasons()).singleElement().asString().contains("waiting");
    }

    @Test
    @DisplayName("makes its table and begins after four calls, and takes one that is made by hand after a refusal")
    void firstCalls() {
        shop(Engine.POSTGRESQL);
        item("I-1", "first", "new");
        var pair = world.pair(ITEMS);
        pair.sync.poll();
        var batch = pair.sync.claim().orElseThrow();
        assertThat(pair.sync.merge(batch, RowTransform.NONE).created()).isEqualTo(1);
        assertThat(pair.base.calls("/tables")).as("looked for once, and made").isEqualTo(2);
        assertThat(pair.base.calls("/fields")).isEqualTo(1);
        assertThat(pair.base.calls("/search")).isEqualTo(1);

        shop(Engine.POSTGRESQL);
        item("I-1", "first", "new");
        var refused = world.pair(ITEMS);
        refused.base.before = call -> {
            if (call.method().equals("POST") && call.path().endsWith("/tables")) {
                throw InMemoryBase.rejected(1254302);
            }
        };
        assertThatThrownBy(refused.sync::poll).hasMessageContaining("by hand");
        refused.base.tableWithPrimaryFieldOnly();
        refused.settle();
        assertThat(refused.cell("I-1", "Title")).isEqualTo("first");
    }

    // ---- the SQL side

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("with a key of several columns finds its records by all of them, and pages through more than a page")
    void compositeKey(Engine engine) {
        world = new World(own, engine);
        world.erp.execute("CREATE TABLE shop.items (region varchar(9), number int, title varchar(200),"
                + " updated_at timestamp with time zone DEFAULT current_timestamp, PRIMARY KEY (region, number))");
        var pair = world.pair("""
                pair: items
                sql: {table: shop.items, key: [region, number], changed: updated_at}
                bitable: {app: bascnTest, table: Orders}
                columns:
                  region: {field: Region, type: text, owner: sql}
                  number: {field: Number, type: text, owner: sql}
                  title: {field: Title, type: text, owner: both, on-conflict: sql}
                """);
        world.erp.update("INSERT INTO shop.items (region, number, title) VALUES ('a|b', 1, 'one'), ('a', 2, 'two')");
        pair.sync.prepare();
        var there = pair.base.add(Map.of("Region", "a", "Number", "2", "Title", "deux"));
        var stranger = pair.base.add(Map.of("Region", "a", "Number", "two"));
        pair.settle();

        assertThat(pair.recordOf("a|2")).isEqualTo(there);
        assertThat(pair.cell("a|2", "Title")).isEqualTo("two");
        assertThat(pair.cell("a\\|b|1", "Title")).isEqualTo("one");
        assertThat(pair.reasons()).singleElement().asString().contains("Region and Number a|two is unknown");
        pair.base.edit(pair.recordOf("a\\|b|1"), "Title", "uno");
        pair.base.delete(stranger);
        for (var i = 10; i < 1100; i++) {
            world.erp.update("INSERT INTO shop.items (region, number, title) VALUES ('z', ?, 'more')", i);
        }
        pair.settle();

        assertThat(world.erp.queryForObject("SELECT title FROM shop.items WHERE region = 'a|b'", String.class))
                .isEqualTo("uno");
        assertThat(pair.base.recordIds()).hasSize(1092);
        assertThat(pair.sync.verify().equal()).isEqualTo(1092);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("of a query reads what the query makes and writes to the table it names")
    void query(Engine engine) {
        shop(engine);
        world.erp.execute("CREATE TABLE shop.states (state varchar(20), label varchar(20))");
        world.erp.update("INSERT INTO shop.states VALUES ('new', 'Neu')");
        item("I-1", "one", "new");
        var pair = world.pair("""
                pair: items
                sql:
                  query: SELECT i.id, upper(i.title) AS heading, i.title, s.label, i.updated_at
                         FROM shop.items i LEFT JOIN shop.states s ON s.state = i.state
                  table: shop.items
                  key: id
                  changed: updated_at
                bitable: {app: bascnTest, table: Orders}
                columns:
                  id: {field: Id, type: text, owner: sql}
                  heading: {field: Heading, type: text, owner: sql}
                  title: {field: Title, type: text, owner: both, on-conflict: sql}
                  label: {field: Label, type: text, owner: sql}
                """);
        pair.settle();
        assertThat(pair.cell("I-1", "Heading")).isEqualTo("ONE");
        assertThat(pair.cell("I-1", "Label")).isEqualTo("Neu");

        pair.base.edit(pair.recordOf("I-1"), "Title", "two");
        set("I-1", "state", "done");
        pair.settle();

        assertThat(value("I-1", "title")).isEqualTo("two");
        assertThat(pair.cell("I-1", "Heading")).isEqualTo("TWO");
        assertThat(pair.cell("I-1", "Label")).isNull();
        assertThat(pair.sync.verify().divergent()).isZero();
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("names the column that a query makes and nobody can write")
    void unwritableColumn(Engine engine) {
        shop(engine);
        var pair = world.pair("""
                pair: items
                sql: {query: "SELECT id, upper(title) AS heading, updated_at FROM shop.items", table: shop.items, key: id}
                bitable: {app: bascnTest, table: Orders}
                columns:
                  id: {field: Id, type: text, owner: sql}
                  heading: {field: Heading, type: text, owner: both, on-conflict: sql}
                """);
        assertThatThrownBy(pair.sync::poll)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The column heading is not one of shop.items");
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("without a change column finds changes by comparing all rows")
    void withoutChangeColumn(Engine engine) {
        shop(engine);
        item("I-1", "one", "new");
        var pair = world.pair(declared(", changed: updated_at", ""));
        pair.settle();
        world.erp.update("UPDATE shop.items SET title = 'silent'");
        world.passComparison();
        pair.settle();

        assertThat(pair.cell("I-1", "Title")).isEqualTo("silent");
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("keeps the record of a row that leaves the filter, and goes on with it when the row is back")
    void leavesFilter(Engine engine) {
        shop(engine);
        item("I-1", "one", "new");
        item("I-2", "two", "void");
        var pair = world.pair(declared("changed: updated_at}", "changed: updated_at, filter: \"state <> 'void'\"}"));
        pair.settle();
        assertThat(pair.base.recordIds()).hasSize(1);

        set("I-1", "state", "void");
        world.passComparison();
        pair.settle();
        world.passComparison();
        pair.settle();
        assertThat(pair.reasons()).singleElement().asString().contains("outside the filter");
        pair.base.edit(pair.recordOf("I-1"), "Title", "edited meanwhile");
        pair.settle();
        assertThat(value("I-1", "title")).isEqualTo("one");

        set("I-1", "state", "done");
        pair.settle();
        world.passComparison();
        pair.settle();
        assertThat(value("I-1", "title")).isEqualTo("edited meanwhile");
        assertThat(pair.cell("I-1", "State")).isEqualTo("done");
        assertThat(pair.reasons()).isEmpty();
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("deletes the record of a row that is deleted while it is outside the filter")
    void goesOutsideFilter(Engine engine) {
        shop(engine);
        item("I-1", "one", "new");
        var pair = world.pair(declared("changed: updated_at}", "changed: updated_at, filter: \"state <> 'void'\"}"));
        pair.settle();
        set("I-1", "state", "void");
        for (var look = 0; look < 3; look++) {
            world.passComparison();
            pair.settle();
        }
        assertThat(pair.base.recordIds()).hasSize(1);

        world.erp.update("DELETE FROM shop.items WHERE id = 'I-1'");
        world.passComparison();
        pair.settle();
        assertThat(pair.base.recordIds()).as("after one look").hasSize(1);
        world.passComparison();
        pair.settle();
        assertThat(pair.base.recordIds()).isEmpty();
        assertThat(pair.journal()).extracting(entry -> entry.get("why")).containsOnly("deleted");
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("deletes the record of a row that leaves the filter where that is declared")
    void leavesFilterForGood(Engine engine) {
        shop(engine);
        item("I-1", "one", "new");
        var pair = world.pair(declared("changed: updated_at}", "changed: updated_at, filter: \"state <> 'void'\"}")
                + "deletes: {leaving-filter: delete}\n");
        pair.settle();
        set("I-1", "state", "void");
        for (var look = 0; look < 2; look++) {
            world.passComparison();
            pair.settle();
        }

        assertThat(pair.base.recordIds()).isEmpty();
        assertThat(value("I-1", "title")).isEqualTo("one");
        assertThat(pair.journal()).extracting(entry -> entry.get("why")).containsOnly("deleted");
    }

    // ---- one way

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("to Bitable puts an edit there back and keeps it in the journal")
    void toBitable(Engine engine) {
        shop(engine);
        item("I-1", "one", "new");
        var pair = world.pair(oneWay("to-bitable", ""));
        pair.settle();
        pair.base.edit(pair.recordOf("I-1"), "Title", "mine");
        pair.settle();

        assertThat(pair.cell("I-1", "Title")).isEqualTo("one");
        assertThat(pair.journal())
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry).containsEntry("losing", "mine").containsEntry("why", "put_back"));
    }

    private static String oneWay(String direction, String more) {
        return declared("pair: items", "pair: items\ndirection: " + direction + "\n" + more)
                .replace(", owner: both, on-conflict: sql", "")
                .replace(", owner: sql", "");
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("to Bitable can ignore an edit there until SQL changes the value")
    void ignoredEdit(Engine engine) {
        shop(engine);
        item("I-1", "one", "new");
        var pair = world.pair(oneWay("to-bitable", "foreign-edits: ignore"));
        pair.settle();
        pair.base.edit(pair.recordOf("I-1"), "Title", "mine");
        pair.settle();
        assertThat(pair.cell("I-1", "Title")).isEqualTo("mine");
        assertThat(value("I-1", "title")).isEqualTo("one");
        assertThat(pair.sync.verify().divergent()).isZero();

        set("I-1", "title", "two");
        pair.settle();
        assertThat(pair.cell("I-1", "Title")).isEqualTo("two");
        assertThat(pair.journal())
                .singleElement()
                .satisfies(entry -> assertThat(entry).containsEntry("losing", "mine"));
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("to SQL makes, changes and deletes rows, and puts an edit of SQL back")
    void toSql(Engine engine) {
        shop(engine);
        item("I-0", "stays in SQL", "new");
        var pair = world.pair(oneWay("to-sql", ""));
        pair.sync.prepare();
        var record = pair.base.add(Map.of("Id", "I-1", "Title", "one", "State", "new"));
        pair.base.add(Map.of("Id", "I-2"));
        pair.settle();
        assertThat(value("I-1", "title")).isEqualTo("one");
        assertThat(pair.base.recordIds()).hasSize(2);

        set("I-1", "title", "mine");
        pair.settle();
        assertThat(value("I-1", "title")).isEqualTo("one");
        assertThat(pair.cell("I-1", "Title")).isEqualTo("one");

        pair.base.delete(record);
        pair.settle();
        assertThat(value("I-1", "title")).isNull();
        assertThat(rows()).isEqualTo(2);
        assertThat(pair.sync.verify().divergent()).isZero();
    }

    // ---- rows made in Bitable

    private static final String BOTH = ITEMS + """
            creates: both
            deletes: {policy: both}
            """;

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("makes a row of a new record, once, with the key that the record names")
    void newRecord(Engine engine) {
        shop(engine);
        item("I-0", "zero", "new");
        var pair = world.pair(BOTH);
        pair.settle();
        var record = pair.base.add(Map.of("Id", "I-1", "Title", "one", "State", "done"));
        pair.settle();

        assertThat(value("I-1", "title")).isEqualTo("one");
        assertThat(value("I-1", "state")).isEqualTo("done");
        assertThat(pair.recordOf("I-1")).isEqualTo(record);
        assertThat(pair.cell("I-1", "Sync ID")).isNotBlank();
        assertThat(pair.base.recordIds()).hasSize(2);
        assertThat(pair.sync.verify().equal()).isEqualTo(2);

        // a copy keeps nothing but the values until it has a key of its own
        var copy = pair.base.copy(record);
        pair.settle();
        assertThat(rows()).isEqualTo(2);
        assertThat(pair.reasons()).singleElement().asString().contains("a copy");
        pair.base.edit(copy, "Id", "I-2");
        pair.settle();
        assertThat(value("I-2", "title")).isEqualTo("one");
        assertThat(pair.cell("I-2", "Sync ID")).isNotEqualTo(pair.cell("I-1", "Sync ID"));
        assertThat(pair.recordOf("I-1")).isEqualTo(record);
        assertThat(pair.reasons()).isEmpty();
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("parks a record that SQL refuses with its reason, and makes its row when that is mended")
    void refusedRecord(Engine engine) {
        shop(engine);
        var pair = world.pair(BOTH);
        pair.sync.prepare();
        var record = pair.base.add(Map.of("Id", "I-1", "Title", "refuse me"));
        var blank = pair.base.add(Map.of("Title", "no key"));
        pair.settle();
        assertThat(rows()).isZero();
        assertThat(pair.reasons()).hasSize(2).anyMatch(reason -> reason.contains("shop.items refuses the row"));
        assertThat(pair.reasons()).anyMatch(reason -> reason.contains("its Id is blank"));

        pair.base.edit(record, "Title", "fine");
        pair.base.edit(blank, "Id", "I-2");
        pair.settle();
        assertThat(value("I-1", "title")).isEqualTo("fine");
        assertThat(value("I-2", "title")).isEqualTo("no key");
        assertThat(pair.reasons()).isEmpty();
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("takes the key from the database and writes it to the record, for a copied record too")
    void generatedKey(Engine engine) {
        shop(engine, "id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, link varchar(40)");
        var yaml = BOTH.replace("key: id,", "key: id, new-key: generated, link: link,");
        var pair = world.pair(yaml);
        pair.sync.prepare();
        var record = pair.base.add(Map.of("Title", "one"));
        pair.settle();
        assertThat(rows()).isEqualTo(1);
        var key = pair.base.text(record, "Id");
        assertThat(pair.recordOf(key)).isEqualTo(record);

        var copy = pair.base.copy(record);
        var typed = pair.base.add(Map.of("Id", "77", "Title", "seven"));
        pair.settle();
        assertThat(rows()).isEqualTo(2);
        assertThat(pair.base.text(copy, "Id")).isNotEqualTo(key);
        assertThat(pair.reasons()).singleElement().asString().contains("77 is unknown");
        pair.base.delete(typed);
        pair.settle();
        assertThat(pair.sync.verify().equal()).isEqualTo(2);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("takes a UUID for the key that follows from the record")
    void uuidKey(Engine engine) {
        shop(engine, "id uuid PRIMARY KEY");
        var pair = world.pair(BOTH.replace("key: id,", "key: id, new-key: uuid,"));
        pair.sync.prepare();
        var record = pair.base.add(Map.of("Title", "one"));
        pair.settle();

        var key = RowInserts.pairIdOf("items", record).toString();
        assertThat(pair.base.text(record, "Id")).isEqualTo(key);
        assertThat(pair.recordOf(key)).isEqualTo(record);
        assertThat(pair.sync.verify().equal()).isEqualTo(1);
    }

    @ParameterizedTest(name = "new-key {0}")
    @ValueSource(strings = {"generated", "uuid", "record"})
    @DisplayName("goes on with a row of another database that was made of a record just before the process was killed")
    void halfMadeRow(String newKey) {
        shop(
                Engine.H2,
                newKey.equals("generated")
                        ? "id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, link varchar(40)"
                        : "id varchar(40) PRIMARY KEY");
        var pair = world.pair(BOTH.replace(
                "key: id,", "key: id, new-key: " + newKey + "," + (newKey.equals("generated") ? " link: link," : "")));
        pair.sync.prepare();
        var record =
                pair.base.add(newKey.equals("record") ? Map.of("Id", "I-1", "Title", "one") : Map.of("Title", "one"));
        world.own.execute("CREATE FUNCTION feishu.killed() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN RAISE EXCEPTION ''killed''; END'");
        world.own.execute("CREATE TRIGGER killed BEFORE INSERT ON feishu.sync_link"
                + " FOR EACH ROW EXECUTE FUNCTION feishu.killed()");
        assertThatThrownBy(pair::settle).hasMessageContaining("killed");
        world.own.execute("DROP FUNCTION feishu.killed CASCADE");
        assertThat(rows()).isEqualTo(1);
        pair.base.edit(record, "State", "done");
        pair.base.edit(record, "Title", "edited before the next try");
        pair.settle();

        assertThat(pair.base.recordIds()).containsExactly(record);
        assertThat(rows()).isEqualTo(1);
        var key = pair.base.text(record, "Id");
        assertThat(pair.recordOf(key)).isEqualTo(record);
        assertThat(value(key, "state")).isEqualTo("done");
        // two values that nobody has compared: the policy decides, and the loser is kept
        assertThat(value(key, "title")).isEqualTo("one");
        assertThat(pair.journal())
                .singleElement()
                .satisfies(entry -> assertThat(entry)
                        .containsEntry("losing", "edited before the next try")
                        .containsEntry("why", "first_meeting"));
        assertThat(pair.sync.verify().divergent()).isZero();
        assertThat(world.own.queryForList("SELECT * FROM feishu.sync_outbox WHERE state = 'pending'"))
                .isEmpty();
    }

    // ---- deletions

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("deletes the row of a deleted record after a second look, and brings the whole row back when asked")
    void deletedRecord(Engine engine) {
        shop(engine);
        item("I-0", "zero", "new");
        item("I-1", "one", "done");
        world.erp.update("UPDATE shop.items SET secret = 'hidden' WHERE id = 'I-1'");
        var pair = world.pair(BOTH);
        pair.settle();
        pair.base.delete(pair.recordOf("I-1"));
        pair.sync.hint(pair.base.events.poll());
        world.clock.pass(java.time.Duration.ofSeconds(10));
        pair.sync.drain(RowTransform.NONE);
        assertThat(value("I-1", "title")).as("one look is not enough").isEqualTo("one");

        pair.settle();
        assertThat(rows()).isEqualTo(1);
        assertThat(pair.journal())
                .anySatisfy(entry -> assertThat(entry)
                        .containsEntry("field", "secret")
                        .containsEntry("losing", "hidden")
                        .containsEntry("why", "deleted")
                        .containsEntry("side", "sql"));

        var entry = pair.sync.overwritten("I-1", 0, 1).items().get(0);
        pair.sync.undo(entry.id());
        assertThat(value("I-1", "secret")).isEqualTo("hidden");
        pair.settle();
        assertThat(pair.cell("I-1", "Title")).isEqualTo("one");
        assertThat(pair.sync.verify().equal()).isEqualTo(2);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName(
            "brings the record of a deleted row back when asked, once, and with it the row, as if somebody had entered it")
    void recordOfADeletedRow(Engine engine) {
        shop(engine);
        item("I-0", "zero", "new");
        item("I-1", "one", "done");
        var pair = world.pair(BOTH);
        pair.settle();
        world.erp.update("DELETE FROM shop.items WHERE id = 'I-1'");
        passComparisons(pair);
        assertThat(pair.base.recordIds()).hasSize(1);

        var entries = pair.sync.overwritten("I-1", 0, 10).items();
        assertThat(entries).extracting(Overwritten::field).contains("title", "state");
        pair.sync.undo(entries.get(1).id());
        assertThatThrownBy(() -> pair.sync.undo(entries.get(0).id()))
                .isInstanceOf(UndoRefusedException.class)
                .hasMessage("there is a record with the key I-1 again");
        assertThat(pair.base.recordIds()).hasSize(2);
        pair.settle();
        assertThat(value("I-1", "title")).isEqualTo("one");
        assertThat(value("I-1", "state")).isEqualTo("done");
        passComparisons(pair);
        assertThat(pair.sync.verify().equal()).isEqualTo(2);
        assertThat(pair.reasons()).isEmpty();
        assertThatThrownBy(() -> pair.sync.undo(entries.get(0).id()))
                .isInstanceOf(UndoRefusedException.class)
                .hasMessage("there is a row with the key I-1 again");
    }

    @Test
    @DisplayName("does not bring a record back that would be deleted again for want of a row, and says what does")
    void recordWithoutARow() {
        for (var declared : List.of(ITEMS, BOTH.replace("key: id,", "key: id, new-key: uuid,"))) {
            shop(Engine.POSTGRESQL, declared.equals(ITEMS) ? "id varchar(80) PRIMARY KEY" : "id uuid PRIMARY KEY");
            var id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
            world.erp.update(
                    "INSERT INTO shop.items (id, title) VALUES (cast(? AS "
                            + (declared.equals(ITEMS) ? "varchar" : "uuid") + "), 'one')",
                    id);
            var pair = world.pair(declared);
            pair.settle();
            world.erp.update("DELETE FROM shop.items");
            passComparisons(pair);
            assertThat(pair.base.recordIds()).isEmpty();

            var entry = pair.sync.overwritten(id, 0, 1).items().get(0);
            assertThatThrownBy(() -> pair.sync.undo(entry.id()))
                    .isInstanceOf(UndoRefusedException.class)
                    .hasMessageContaining("make it there, and its record is made too");
        }
    }

    @Test
    @DisplayName("makes no option for a record that comes back")
    void recordWithAnOptionThatIsGone() {
        shop(Engine.POSTGRESQL);
        world.erp.execute("ALTER TABLE shop.items ADD COLUMN tags text");
        item("I-1", "one", "new");
        world.erp.update("UPDATE shop.items SET tags = '[\"a\",\"b\"]'");
        var pair = world.pair(BOTH.replace(
                "creates:",
                "  tags: {field: Tags, type: multi-select, options: [a, b], owner: both, on-conflict: sql}\ncreates:"));
        pair.settle();
        world.erp.update("DELETE FROM shop.items");
        passComparisons(pair);
        pair.base.removeField("Tags");
        pair.base.addField("Tags", 4, List.of("a"));

        var entry = pair.sync.overwritten("I-1", 0, 1).items().get(0);
        assertThatThrownBy(() -> pair.sync.undo(entry.id()))
                .isInstanceOf(UndoRefusedException.class)
                .hasMessage("the field has no option b any more");
        assertThat(pair.base.recordIds()).isEmpty();
    }

    private void passComparisons(DeclaredPair pair) {
        for (var look = 0; look < 3; look++) {
            pair.settle();
            world.passComparison();
        }
        pair.settle();
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("lets a mass deletion of records wait for a person, who refuses or approves it")
    void massDeletion(Engine engine) {
        shop(engine);
        for (var i = 0; i < 30; i++) {
            item("I-" + i, "item", "new");
        }
        var pair = world.pair(BOTH);
        pair.settle();
        var records = pair.base.recordIds();
        records.subList(0, 25).forEach(pair.base::delete);
        pair.settle();
        assertThat(rows()).isEqualTo(30);
        assertThat(pair.sync.status().pendingDeletes()).isEqualTo(25);

        assertThat(pair.sync.refuseDeletes()).hasSize(25);
        pair.settle();
        assertThat(rows()).isEqualTo(30);
        assertThat(pair.base.recordIds()).hasSize(30);
        assertThat(pair.sync.status().parked()).isZero();

        pair.base.recordIds().subList(0, 25).forEach(pair.base::delete);
        pair.settle();
        assertThat(pair.sync.approveDeletes()).hasSize(25);
        pair.settle();
        assertThat(rows()).isEqualTo(5);
        assertThat(pair.sync.verify().equal()).isEqualTo(5);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("takes no missing record for deleted while no other record can be read")
    void nothingReadable(Engine engine) {
        shop(engine);
        item("I-1", "one", "new");
        var pair = world.pair(BOTH);
        pair.settle();
        pair.base.delete(pair.recordOf("I-1"));
        pair.settle();

        assertThat(rows()).isEqualTo(1);
        assertThat(pair.sync.status().pendingDeletes()).isEqualTo(1);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("lets an edit win over a deletion, on either side")
    void editWins(Engine engine) {
        shop(engine);
        item("I-0", "zero", "new");
        item("I-1", "one", "new");
        item("I-2", "two", "new");
        var pair = world.pair(BOTH);
        pair.settle();
        pair.base.delete(pair.recordOf("I-1"));
        set("I-1", "title", "edited");
        world.erp.update("DELETE FROM shop.items WHERE id = 'I-2'");
        pair.base.edit(pair.recordOf("I-2"), "Title", "edited too");
        for (var look = 0; look < 3; look++) {
            world.passComparison();
            pair.settle();
        }

        assertThat(pair.cell("I-1", "Title")).isEqualTo("edited");
        assertThat(value("I-2", "title")).isEqualTo("edited too");
        assertThat(value("I-2", "state")).isEqualTo("new");
        assertThat(pair.journal()).anySatisfy(entry -> assertThat(entry).containsEntry("why", "edit_won"));
        assertThat(pair.sync.verify().equal()).isEqualTo(3);
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("makes a deleted row again where only Bitable deletes, and leaves halves alone where nobody does")
    void otherPolicies(Engine engine) {
        shop(engine);
        item("I-0", "zero", "new");
        item("I-1", "one", "new");
        var bitable = world.pair(ITEMS + "deletes: {policy: bitable}\n");
        bitable.settle();
        world.erp.update("DELETE FROM shop.items WHERE id = 'I-1'");
        for (var look = 0; look < 3; look++) {
            world.passComparison();
            bitable.settle();
        }
        assertThat(value("I-1", "title")).isEqualTo("one");
        assertThat(bitable.sync.verify().equal()).isEqualTo(2);

        shop(engine);
        item("I-0", "zero", "new");
        item("I-1", "one", "new");
        item("I-2", "two", "new");
        var nobody = world.pair(ITEMS + "deletes: {policy: none}\n");
        nobody.settle();
        world.erp.update("DELETE FROM shop.items WHERE id = 'I-1'");
        nobody.base.delete(nobody.recordOf("I-2"));
        for (var look = 0; look < 3; look++) {
            world.passComparison();
            nobody.settle();
        }
        assertThat(nobody.base.recordIds()).hasSize(2);
        assertThat(rows()).isEqualTo(2);
        assertThat(nobody.reasons())
                .hasSize(2)
                .anyMatch(reason -> reason.contains("deletions there do not reach Bitable"))
                .anyMatch(reason -> reason.contains("deletions do not reach shop.items"));
    }

    // ---- the Bitable side

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("takes up the records that its filter admits, and leaves the row of one that leaves it")
    void recordFilter(Engine engine) {
        shop(engine);
        var pair = world.pair(BOTH.replace(
                "table: Orders}", "table: Orders, filter: {conditions: [{field: State, operator: is, value: done}]}}"));
        pair.sync.prepare();
        var record = pair.base.add(Map.of("Id", "I-1", "Title", "one", "State", "new"));
        pair.settle();
        assertThat(rows()).isZero();
        assertThat(pair.reasons()).isEmpty();

        pair.base.edit(record, "State", "done");
        pair.settle();
        assertThat(value("I-1", "state")).isEqualTo("done");

        pair.base.edit(record, "State", "void");
        set("I-1", "title", "two");
        pair.settle();
        assertThat(value("I-1", "state")).isEqualTo("done");
        assertThat(pair.base.text(record, "Title")).isEqualTo("one");
        assertThat(pair.reasons()).singleElement().asString().contains("outside the filter");

        pair.base.edit(record, "State", "done");
        pair.settle();
        assertThat(pair.cell("I-1", "Title")).isEqualTo("two");
        assertThat(pair.reasons()).isEmpty();
    }

    @ParameterizedTest(name = "on {0}")
    @EnumSource
    @DisplayName("takes up the records that a view shows, and can delete the row of one that leaves it")
    void view(Engine engine) {
        shop(engine);
        var pair = world.pair(BOTH.replace("table: Orders}", "table: Orders, view: vew1}")
                .replace("{policy: both}", "{policy: both, leaving-filter: delete}"));
        pair.base.views.put("vew1", new java.util.ArrayList<>());
        pair.sync.prepare();
        var stays = pair.base.add(Map.of("Id", "I-0"));
        var leaves = pair.base.add(Map.of("Id", "I-1"));
        pair.settle();
        assertThat(rows()).isZero();
        pair.base.views.get("vew1").addAll(List.of(stays, leaves));
        pair.base.edit(stays, "Title", "touched");
        pair.settle();
        assertThat(rows()).isEqualTo(2);

        pair.base.views.get("vew1").remove(leaves);
        pair.base.edit(leaves, "Title", "touched");
        pair.settle();
        assertThat(rows()).isEqualTo(1);
        assertThat(pair.base.recordIds()).contains(leaves);
    }
}
