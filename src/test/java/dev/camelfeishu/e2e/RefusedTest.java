package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code -Dupdate.docs=true} writes the table anew. */
@DisplayName("docs/ingress.md lists what WebhookIT sends")
class RefusedTest {

    private static final Path PAGE = Path.of("docs/ingress.md");
    private static final String BEGIN = "<!-- table: refused -->\n";
    private static final String END = "<!-- end -->";

    @Test
    void every_kind_of_refused_request_is_in_the_table_with_its_status() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END, begin);
        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
            return;
        }
        assertThat(page.substring(begin, end)).isEqualTo(table());
    }

    private static String table() {
        return "| | Request | Answer |\n| --- | --- | --- |\n"
                + Stream.of(Refused.values())
                        .map(kind -> "| %d | %s | %d |\n".formatted(kind.ordinal() + 1, kind.what, kind.status))
                        .collect(Collectors.joining());
    }
}
