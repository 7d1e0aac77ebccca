package dev.camelfeishu.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The JSON Schema of cards 2.0, for editors")
class CardSchemaFileTest {

    private static final Path FILE = Path.of("src/main/resources/feishu/card-2.0.schema.json");

    @Test
    @DisplayName("says what the validator says; -Dupdate.docs=true writes it anew")
    void isCurrent() throws IOException {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        JsonNode schema = CardSchema.V2.schema();
        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(FILE, json.writeValueAsString(schema) + "\n");
        }
        assertThat(json.readTree(FILE.toFile())).isEqualTo(json.readTree(schema.toString()));
    }

    @Test
    @DisplayName("refers to nothing that it does not define, and defines every tag")
    void references() {
        JsonNode schema = CardSchema.V2.schema();
        Set<String> defined = new TreeSet<>();
        schema.path("$defs").fieldNames().forEachRemaining(name -> defined.add("#/$defs/" + name));
        assertThat(defined).containsAll(new TreeSet<>(schema.findValuesAsText("$ref")));
        assertThat(defined).contains("#/$defs/button", "#/$defs/column", "#/$defs/table", "#/$defs/element");
        assertThat(schema.at("/$defs/button/properties/tag/enum").toString()).isEqualTo("[\"button\"]");
        assertThat(schema.at("/$defs/hr/additionalProperties").asBoolean(true)).isFalse();
    }
}
