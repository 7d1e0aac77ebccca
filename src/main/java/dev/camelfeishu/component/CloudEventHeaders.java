package dev.camelfeishu.component;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Message;
import org.apache.camel.spi.DataType;
import org.apache.camel.spi.DataTypeTransformer;
import org.apache.camel.spi.Transformer;

/**
 * Data type {@code feishu:application-cloudevents}: sets the headers by which Camel knows a CloudEvent 1.0 ({@code CamelCloudEventID}
 * and so on) from those of a {@code feishu:} consumer. The body stays as it is.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md">CloudEvents</a>
 */
@DataTypeTransformer(
        name = "feishu:application-cloudevents",
        description = "Sets the CloudEvents headers of a Feishu event")
public class CloudEventHeaders extends Transformer {

    private static final Map<String, String> HEADERS = Map.of(
            "specversion", "CamelCloudEventVersion",
            "id", "CamelCloudEventID",
            "source", "CamelCloudEventSource",
            "type", "CamelCloudEventType",
            "subject", "CamelCloudEventSubject",
            "time", "CamelCloudEventTime",
            "datacontenttype", "CamelCloudEventDataContentType",
            "dataschema", "CamelCloudEventSchemaURL");

    @Override
    public void transform(Message message, DataType from, DataType to) {
        attributes(message).forEach((name, value) -> {
            if (HEADERS.containsKey(name)) {
                message.setHeader(HEADERS.get(name), value);
            }
        });
    }

    /**
     * The event's attributes by the names of the specification.
     *
     * @throws IllegalArgumentException when the exchange does not come from a consumer of events
     */
    static Map<String, String> attributes(Message message) {
        String id = message.getHeader(FeishuConstants.EVENT_ID, String.class);
        String type = message.getHeader(FeishuConstants.EVENT_TYPE, String.class);
        if (id == null || type == null) {
            throw new IllegalArgumentException("This is no Feishu event: the headers " + FeishuConstants.EVENT_ID
                    + " and " + FeishuConstants.EVENT_TYPE + " are not set");
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("specversion", "1.0");
        attributes.put("id", id);
        attributes.put(
                "source",
                "feishu:" + message.getHeader(FeishuConstants.APP_NAME, "", String.class) + "/"
                        + message.getHeader(FeishuConstants.TENANT_KEY, "", String.class));
        attributes.put("type", type);
        attributes.put("subject", message.getHeader(FeishuConstants.EVENT_KEY, id, String.class));
        Instant time = message.getHeader(FeishuConstants.EVENT_TIME, Instant.class);
        if (time != null) {
            attributes.put("time", time.toString());
        }
        attributes.put("datacontenttype", "application/json");
        // Feishu publishes no schemas; a type's version is part of its name, and so of this one
        attributes.put("dataschema", "urn:feishu:event:" + type);
        String trace = message.getHeader(FeishuConstants.TRACE_PARENT, String.class);
        if (trace != null) {
            attributes.put("traceparent", trace);
        }
        return attributes;
    }
}
