package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("capture-ddl: what a DBA runs for a pair")
class CaptureCommandTest {

    @TempDir
    Path home;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @AfterAll
    static void logAgain() {
        ScopesCommandTest.logAgain();
    }

    private int run(String pair, String... options) {
        var args = new String[options.length + 3];
        args[0] = "capture-ddl";
        args[1] = pair;
        args[2] = "--CAMEL_FEISHU_HOME=" + home;
        System.arraycopy(options, 0, args, 3, options.length);
        return CaptureCommand.run(pair, args, new PrintStream(out), new PrintStream(err));
    }

    @Test
    @DisplayName("SQL and nothing else, for the shipped pair and the ERP's user")
    void shippedPair() {
        assertThat(run("orders", "--erp.datasource.username=integration")).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("-- Notes which rows of erp.orders change, for the pair orders.")
                .contains("CREATE TRIGGER \"feishu_truncate_orders\" AFTER TRUNCATE ON \"erp\".\"orders\"")
                .contains("GRANT SELECT, DELETE ON feishu_capture.\"orders\" TO \"integration\";")
                .endsWith("COMMIT;\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    @DisplayName("the pairs there are, when there is none of that name")
    void unknownPair() {
        assertThat(run("order")).isEqualTo(1);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("There is no pair \"order\": config/pairs declares [orders]");
    }

    @Test
    @DisplayName("the line of a mistake in a declaration")
    void mistake() throws IOException {
        Files.createDirectories(home.resolve("config/pairs"));
        Files.writeString(home.resolve("config/pairs/a.yaml"), "pair: a\nsql: {capture: magic}\n");

        assertThat(run("orders")).isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("config/pairs/a.yaml:2: ");
    }
}
