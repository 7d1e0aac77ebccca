package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.camelfeishu.component.CommandNames;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.ops.RouteRuns;
import dev.camelfeishu.ops.apply.ChangeLog;
import dev.camelfeishu.ops.apply.RouteChange;
import dev.camelfeishu.ops.apply.RouteChange.Action;
import dev.camelfeishu.ops.apply.RouteChange.Outcome;
import dev.camelfeishu.ops.apply.RouteChanges;
import dev.camelfeishu.ops.apply.RouteWatch;
import dev.camelfeishu.ops.lint.HomeOfTheProject;
import dev.camelfeishu.ops.lint.Linter;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;

@DisplayName("A folder of routes that is watched")
class RouteWatchTest {

    private static final String FILE = "routes/greeting.camel.yaml";

    @TempDir
    Path folder;

    private final TestDatabase database = new TestDatabase();
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final ChangeLog log = new ChangeLog(new JdbcTemplate(database.dataSource()));

    private Path home;
    private Path file;
    private HomeRouteFolder routes;
    private RouteWatch watch;

    @BeforeEach
    void watching() throws IOException {
        home = Files.createDirectories(folder.resolve("home"));
        file = Files.createDirectories(home.resolve("routes")).resolve("greeting.camel.yaml");
        // nothing is packed
        HomeFiles files = new HomeFiles(home, new URLClassLoader(new URL[0], null));
        routes = new HomeRouteFolder(files, new StandardEnvironment());
        camel.start();
        watch = new RouteWatch(new RouteChanges(
                camel,
                routes,
                new Linter(HomeOfTheProject.settings()),
                log,
                new NoEvents(),
                new CommandNames(),
                new RouteRuns(),
                "here",
                Clock.systemUTC()));
    }

    @AfterEach
    void close() throws IOException {
        watch.close();
        camel.close();
        database.close();
    }

    @Test
    @DisplayName("a file is applied when it is there, edited or gone, once it has stayed the same for a look")
    void applied() throws IOException {
        Files.writeString(file, greeting("one"));
        watch.look();
        assertThat(camel.getRoute("greeting")).as("perhaps it is half written").isNull();
        watch.look();
        assertThat(greeted()).isEqualTo("one");

        Files.writeString(file, greeting("two"));
        watch.look();
        watch.look();
        assertThat(greeted()).isEqualTo("two");

        Files.delete(file);
        watch.look();
        watch.look();
        assertThat(camel.getRoute("greeting")).isNull();

        watch.look();
        assertThat(changes())
                .extracting(RouteChange::action)
                .containsExactly(Action.REMOVE, Action.APPLY, Action.APPLY);
        assertThat(changes())
                .allMatch(RouteChange::isDone)
                .extracting(RouteChange::operator)
                .containsOnly("feishu.routes.watch");
    }

    @Test
    @DisplayName("a file that grows from look to look waits until it is whole")
    void halfWritten() throws IOException {
        String whole = greeting("whole");
        for (int part = 1; part <= 4; part++) {
            Files.writeString(file, whole.substring(0, whole.length() * part / 4));
            watch.look();
        }
        assertThat(changes()).isEmpty();
        watch.look();
        assertThat(greeted()).isEqualTo("whole");
        assertThat(changes()).hasSize(1);
    }

    @Test
    @DisplayName("a broken file is refused once, and what ran goes on until it is mended")
    void broken() throws IOException {
        Files.writeString(file, greeting("one"));
        watch.look();
        watch.look();
        Files.writeString(file, greeting("broken").replace("setBody", "setBodi"));
        for (int look = 0; look < 4; look++) {
            watch.look();
        }
        assertThat(greeted()).isEqualTo("one");
        assertThat(changes()).extracting(RouteChange::outcome).containsExactly(Outcome.REFUSED, Outcome.DONE);
        assertThat(changes().get(0).message())
                .startsWith(FILE + ":6: error: setBodi is no step. Did you mean setBody?");

        Files.writeString(file, greeting("mended"));
        watch.look();
        watch.look();
        assertThat(greeted()).isEqualTo("mended");
    }

    @Test
    @DisplayName("nothing outside the folder is taken or written, also by a link")
    void outside() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Path stranger = Files.writeString(elsewhere.resolve("greeting.camel.yaml"), greeting("a stranger"));
        Files.createSymbolicLink(file, stranger);
        Files.createSymbolicLink(home.resolve("routes/more"), elsewhere);
        Files.writeString(home.resolve("greeting.camel.yaml"), greeting("beside"));
        watch.look();
        watch.look();
        assertThat(camel.getRoutes()).isEmpty();
        assertThat(changes()).isEmpty();

        for (String name : List.of(FILE, "routes/more/new.camel.yaml", "routes/more/greeting.camel.yaml")) {
            assertThatThrownBy(() -> routes.write(name, greeting("written")))
                    .as(name)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("leads out of");
            assertThatThrownBy(() -> routes.remove(name)).as(name).isInstanceOf(IOException.class);
        }
        assertThat(stranger).content().isEqualTo(greeting("a stranger"));
        try (var left = Files.list(elsewhere)) {
            assertThat(left).containsExactly(stranger);
        }
    }

    private List<RouteChange> changes() {
        return log.list(null, 0, 10);
    }

    private String greeted() {
        return camel.createProducerTemplate().requestBody("direct:greeting", "", String.class);
    }

    private static String greeting(String text) {
        return """
                - route:
                    id: greeting
                    from:
                      uri: direct:greeting
                      steps:
                        - setBody:
                            constant: %s
                """.formatted(text);
    }

    /** No event comes here. */
    private static final class NoEvents implements EventJournal {

        @Override
        public CompletableFuture<Appended> append(FeishuEvent event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Awaited> appendCallback(FeishuEvent callback) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Subscription subscribe(String name, Options options, Filter filter, Handler handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void open() {
            throw new UnsupportedOperationException();
        }
    }
}
