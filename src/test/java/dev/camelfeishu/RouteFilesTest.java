package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.ops.Flow;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class RouteFilesTest {

    @TempDir
    Path home;

    private final StandardEnvironment environment = new StandardEnvironment();

    @BeforeEach
    void settings() {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "config",
                        Map.of(
                                "orders.app-token", "${BITABLE_APP_TOKEN_OF_THIS_TEST:}",
                                "orders.table-id", "${BITABLE_TABLE_OF_THIS_TEST:}",
                                "orders.sync-period", "5s")));
    }

    @Test
    void aFlowWithAllItsSettingsIsLoaded() throws IOException {
        Path file = route("orders", "timer:x?period={{orders.sync-period}}");
        RouteFiles chosen = choose();
        assertThat(chosen.includePattern()).isEqualTo("file:" + file.toRealPath());
        assertThat(chosen.flows()).containsExactly(new Flow("orders", "routes/orders.camel.yaml", true, List.of()));
    }

    @Test
    void aFlowWhoseVariableIsMissingIsLeftOutAndTheOthersStay(CapturedOutput output) throws IOException {
        route("orders", "timer:x?period={{orders.sync-period}}&token={{orders.app-token}}");
        Path other = route("sales/other", "timer:y");
        RouteFiles chosen = choose();
        assertThat(chosen.includePattern()).isEqualTo("file:" + other.toRealPath());
        assertThat(chosen.flows())
                .containsExactly(
                        new Flow("orders", "routes/orders.camel.yaml", true, List.of("BITABLE_APP_TOKEN_OF_THIS_TEST")),
                        new Flow("sales/other", "routes/sales/other.camel.yaml", true, List.of()));
        assertThat(output)
                .contains("flow orders (routes/orders.camel.yaml) does not start:"
                        + " BITABLE_APP_TOKEN_OF_THIS_TEST is not set");
    }

    @Test
    void aSettingWithADefaultOrMarkedOptionalIsNotRequired() throws IOException {
        route("orders", "timer:x?a={{orders.table-id:}}&b={{?orders.app-token}}&c={{env:NOT_SET_HERE:5}}");
        assertThat(choose().flows()).allMatch(flow -> flow.missing().isEmpty());
    }

    @Test
    void aPlaceholderInACommentIsNotRequired() throws IOException {
        Path file = route("orders", "timer:x");
        Files.writeString(file, "# {{orders.app-token}}\n" + Files.readString(file));
        assertThat(choose().flows()).allMatch(flow -> flow.missing().isEmpty());
    }

    @Test
    void aKeyWithoutAVariableIsNamedItself() throws IOException {
        route("orders", "timer:x?a={{orders.typo}}&b={{env:NOT_SET_HERE}}");
        assertThat(choose().flows())
                .singleElement()
                .extracting(Flow::missing)
                .isEqualTo(List.of("orders.typo", "NOT_SET_HERE"));
    }

    @Test
    void aFileThatIsNotYamlIsLeftForCamelToExplain() throws IOException {
        Path file = route("orders", "timer:x");
        Files.writeString(file, "- route:\n   from: {\n");
        assertThat(choose().includePattern()).isEqualTo("file:" + file.toRealPath());
    }

    @Test
    void withoutAnyRouteCamelLooksForNone() {
        assertThat(choose().includePattern()).isEqualTo("false");
    }

    private RouteFiles choose() {
        return RouteFiles.choose(new HomeFiles(home, new URLClassLoader(new URL[0], null)), environment);
    }

    private Path route(String name, String uri) throws IOException {
        Path file = home.resolve("routes/" + name + ".camel.yaml");
        Files.createDirectories(file.getParent());
        return Files.writeString(file, """
                - route:
                    from:
                      uri: "%s"
                      steps:
                        - log: "x"
                """.formatted(uri));
    }
}
