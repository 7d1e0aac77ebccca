package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The schema that editors check pair declarations with")
class PairSchemaFileTest {

    private static final Path PAIRS = Path.of("config/pairs");
    private static final String COLUMN = "/properties/columns/additionalProperties/properties";

    private JsonNode schema;
    private String yaml;

    @BeforeEach
    void read() throws IOException {
        schema = new ObjectMapper().readTree(Files.readString(PAIRS.resolve("pair.schema.json")));
        yaml = Files.readString(PAIRS.resolve("orders.yaml"));
    }

    @Test
    @DisplayName("is named in the first line of the shipped declaration")
    void named() {
        assertThat(yaml).startsWith("# yaml-language-server: $schema=pair.schema.json\n");
    }

    @Test
    @DisplayName("knows the same members as the application, section by section")
    void sameMembers() {
        assertThat(members("/properties")).isEqualTo(known("pair: orders", "pair: orders\nbogus: 1"));
        assertThat(members("/properties/sql/properties"))
                .isEqualTo(known("  table: erp.orders", "  bogus: 1\n  table: erp.orders"));
        assertThat(members("/properties/bitable/properties"))
                .isEqualTo(known("  table: Orders", "  bogus: 1\n  table: Orders"));
        assertThat(members("/properties/deletes/properties"))
                .isEqualTo(known("  compare: 30s", "  bogus: 1\n  compare: 30s"));
        assertThat(members("/properties/deletes/properties/guard/properties"))
                .isEqualTo(known("    rows: 20", "    bogus: 1\n    rows: 20"));
        assertThat(members(COLUMN)).isEqualTo(known("    field: Note", "    bogus: 1\n    field: Note"));
    }

    @Test
    @DisplayName("knows the same choices as the application")
    void sameChoices() {
        assertThat(choices("type")).isEqualTo(listed(refusal("    type: datetime", "    type: bogus"), "write ", ", "));
        assertThat(choices("computed"))
                .containsExactlyInAnyOrderElementsOf(listed(
                        refusal("    type: datetime", "    type: datetime\n    computed: bogus"), "must be ", " or "));
        assertThat(choices("owner"))
                .containsExactlyInAnyOrderElementsOf(listed(
                        refusal("    owner: both\n    on-conflict: sql", "    owner: bogus"), "must be ", " or "));
        assertThat(choices("on-conflict"))
                .containsExactlyInAnyOrderElementsOf(
                        listed(refusal("    on-conflict: sql", "    on-conflict: bogus"), "must be ", " or "));
        assertThat(choices("currency")).isEqualTo(FieldType.Currency.CODES);
        assertThat(choices("by"))
                .containsExactlyInAnyOrderElementsOf(
                        listed(refusal("    type: datetime", "    type: person\n    by: bogus"), "must be ", " or "));
        assertThat(choices("/properties/direction"))
                .containsExactlyInAnyOrderElementsOf(
                        listed(refusal("pair: orders", "pair: orders\ndirection: bogus"), "must be ", " or "));
        assertThat(choices("/properties/creates"))
                .containsExactlyInAnyOrderElementsOf(
                        listed(refusal("pair: orders", "pair: orders\ncreates: bogus"), "must be ", " or "));
        assertThat(choices("/properties/sql/properties/new-key"))
                .containsExactlyInAnyOrderElementsOf(
                        listed(refusal("  key: order_id", "  key: order_id\n  new-key: bogus"), "must be ", " or "));
        assertThat(choices("/properties/deletes/properties/policy"))
                .containsExactlyInAnyOrderElementsOf(
                        listed(refusal("  compare: 30s", "  policy: bogus\n  compare: 30s"), "must be ", " or "));
        assertThat(choices("/properties/bitable/properties/filter/properties/conditions/items/properties/operator"))
                .containsExactlyInAnyOrderElementsOf(listed(
                        refusal(
                                "  table: Orders",
                                "  table: Orders\n  filter: {conditions: [{field: Note, operator: bogus}]}"),
                        "must be ",
                        " or "));
    }

    private List<String> members(String pointer) {
        var names = new ArrayList<String>();
        schema.at(pointer).fieldNames().forEachRemaining(names::add);
        return names;
    }

    private List<String> choices(String member) {
        var names = new ArrayList<String>();
        schema.at((member.startsWith("/") ? member : COLUMN + "/" + member) + "/enum")
                .forEach(name -> names.add(name.asText()));
        return names;
    }

    private List<String> known(String good, String bad) {
        return listed(refusal(good, bad), "it knows ", ", ");
    }

    private static List<String> listed(String message, String after, String between) {
        return List.of(
                message.substring(message.indexOf(after) + after.length()).split(between));
    }

    private String refusal(String good, String bad) {
        assertThat(yaml).contains(good);
        var broken = yaml.replace(good, bad);
        return catchThrowableOfType(
                        PairDeclarationException.class,
                        () -> new PairDeclarationParser(Map.of("BITABLE_APP_TOKEN", "b")::get)
                                .parse("orders.yaml", broken))
                .getMessage();
    }
}
