package dev.camelfeishu.ops.routetest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.ops.lint.HomeOfTheProject;
import dev.camelfeishu.ops.lint.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Tests that travel with routes")
class RouteTestsTest {

    private static TestDatabase postgres;
    private static Connection erp;
    private static RouteTests tests;

    /** The ERP's reference schema, for statements to be prepared against. */
    @BeforeAll
    static void start() throws IOException, SQLException {
        postgres = new TestDatabase();
        erp = postgres.dataSource().getConnection();
        try (var statement = erp.createStatement()) {
            statement.execute(Files.readString(Path.of("src/main/resources/db/erp/schema.sql")));
        }
        tests = new RouteTests(HomeOfTheProject.home(), HomeOfTheProject.settings(), RouteTestsTest::prepare);
    }

    @AfterAll
    static void stop() throws IOException, SQLException {
        tests.close();
        erp.close();
        postgres.close();
    }

    /** PostgreSQL reads the statement: its tables, columns and types. */
    private static void prepare(String sql) {
        try (var statement = erp.prepareStatement(sql)) {
            statement.getParameterMetaData();
            statement.getMetaData();
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL refuses " + sql + ": " + e.getMessage(), e);
        }
    }

    @Test
    @DisplayName("all pass, every file of routes has some, and every step of every route has run")
    void shipped() {
        List<String> failures = new ArrayList<>();
        for (SourceFile file : HomeOfTheProject.home().tests()) {
            List<Result> results = tests.run(file);
            assertThat(results).as(file.name()).isNotEmpty();
            results.stream()
                    .filter(result -> !result.passed())
                    .forEach(result -> failures.add(result.test() + " " + result.differences()));
        }
        assertThat(failures).isEmpty();
        Coverage coverage = tests.coverage();
        coverage.lines().forEach(System.out::println);
        assertThat(coverage.lines()).noneMatch(line -> line.startsWith("    not "));
        assertThat(HomeOfTheProject.home().routes())
                .extracting(SourceFile::name)
                .filteredOn(name -> !name.startsWith("routes/_shared/"))
                .allSatisfy(name -> assertThat(Path.of(name.replace(".camel.yaml", ".test.yaml")))
                        .exists());
    }

    @Test
    @DisplayName("say what was sent in place of what was expected")
    void anotherSend() {
        assertThat(differences("""
                - test: x
                  message: /order
                  sends:
                    - message/send: {msg_type: text}
                """))
                .singleElement()
                .asString()
                .startsWith("sent message/reply {")
                .endsWith("in place of message/send");
    }

    @Test
    @DisplayName("say which value differs, which words are missing, and what came besides")
    void values() {
        assertThat(differences("""
                - test: x
                  message: /order
                  sends:
                    - message/reply: {msg_type: interactive, message_id: om_test, contains: [nowhere]}
                - test: y
                  message: /help
                """))
                .hasSize(3)
                .anyMatch(line -> line.equals("message/reply: msg_type is \"text\" and not \"interactive\""))
                .anyMatch(line -> line.startsWith("message/reply does not contain \"nowhere\": {"))
                .anyMatch(line -> line.startsWith("sent and not expected: message/reply {"));
    }

    @Test
    @DisplayName("say what nobody has answered, with the line to add")
    void unanswered() {
        assertThat(differences("""
                - test: x
                  message: /order SO-1
                """))
                .singleElement()
                .asString()
                .contains("the test does not say what the database answers")
                .endsWith("add it under sql, as {match: some words of it, rows: [...]}");
    }

    @Test
    @DisplayName("say when a route fails, does not fail, or does not take what is given")
    void failures() {
        assertThat(differences("""
                - test: x
                  message: /order SO-1
                  sql: [{match: erp.orders, fails: no ERP}]
                  sends: [message/reply]
                - test: y
                  message: /help
                  sends: [message/reply]
                  fails: no ERP
                - test: z
                  event: {type: contact.user.created_v3, event: {}}
                """))
                .hasSize(3)
                .anyMatch(line -> line.startsWith("the route fails: ") && line.contains("no ERP"))
                .contains(
                        "the route does not fail; expected: no ERP",
                        "no route of routes/bot.camel.yaml takes this contact.user.created_v3");
    }

    @Test
    @DisplayName("name file and line of a test that is not YAML")
    void notYaml() {
        assertThat(differences("- test: x: y\n"))
                .singleElement()
                .asString()
                .startsWith("routes/bot.test.yaml:1: error: ");
    }

    private static List<String> differences(String yaml) {
        return tests.run(new SourceFile("routes/bot.test.yaml", yaml)).stream()
                .flatMap(result -> result.differences().stream())
                .toList();
    }
}
