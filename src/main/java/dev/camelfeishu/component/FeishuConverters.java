package dev.camelfeishu.component;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.camelfeishu.component.typed.TypedEvent;
import dev.camelfeishu.event.FeishuEvent;
import java.util.Map;
import org.apache.camel.Converter;
import org.apache.camel.Exchange;
import org.apache.camel.spi.TypeConverterRegistry;

/** Turns events and JSON into maps, which YAML routes can read with simple, and back; events into records. */
@Converter(generateLoader = true)
public final class FeishuConverters {

    /** Keeps decimals exact: an amount must not pass through a double. */
    static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

    private FeishuConverters() {}

    @Converter
    public static Map<String, Object> toMap(JsonNode json) {
        return JSON.convertValue(json, MAP);
    }

    @Converter
    public static Map<String, Object> toMap(FeishuEvent event) {
        return toMap(event.event());
    }

    /** The common events as records: from the body of an event or a click, or from the event itself. */
    @Converter(fallback = true)
    public static <T> T toTyped(Class<T> type, Exchange exchange, Object value, TypeConverterRegistry registry) {
        if (!TypedEvent.class.isAssignableFrom(type)) {
            return null;
        }
        JsonNode event = null;
        if (value instanceof FeishuEvent stored) {
            event = stored.event();
        } else if (value instanceof JsonNode || value instanceof Map<?, ?>) {
            event = toJson(value);
        }
        return event == null ? null : TypedEvent.read(type, event).orElse(null);
    }

    /** Text, number, boolean, list or map: what a template or a simple expression can read. */
    static Object plain(JsonNode json) {
        return JSON.convertValue(json, Object.class);
    }

    /** A JSON tree of any body made of maps, lists, text, numbers, dates and null. */
    static JsonNode toJson(Object body) {
        return JSON.valueToTree(body);
    }
}
