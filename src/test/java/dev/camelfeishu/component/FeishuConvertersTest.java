package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.apache.camel.TypeConverter;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** Events and JSON as maps, and back. */
class FeishuConvertersTest {

    @Test
    void anAmountStaysExact() {
        JsonNode json = FakeFeishu.json("{'amount': 12345678901234.17, 'lines': [{'n': 1}], 'note': null}");

        assertThat(FeishuConverters.toMap(json))
                .containsEntry("amount", new BigDecimal("12345678901234.17"))
                .containsEntry("lines", List.of(Map.of("n", 1)))
                .containsEntry("note", null);
    }

    @Test
    void plainValuesAreWhatATemplateReads() {
        assertThat(FeishuConverters.plain(FakeFeishu.json("'text'"))).isEqualTo("text");
        assertThat(FeishuConverters.plain(FakeFeishu.json("true"))).isEqualTo(true);
        assertThat(FeishuConverters.plain(FakeFeishu.json("null"))).isNull();
    }

    @Test
    void camelFindsThem() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.start();
            TypeConverter converter = camel.getTypeConverter();

            assertThat(converter.mandatoryConvertTo(Map.class, Events.event("x", "{'chat_id': 'oc_1'}")))
                    .isEqualTo(Map.of("chat_id", "oc_1"));
            assertThat(converter.mandatoryConvertTo(Map.class, FakeFeishu.json("{'a': 1}")))
                    .isEqualTo(Map.of("a", 1));
        }
    }
}
