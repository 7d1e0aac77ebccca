package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.spi.DataType;
import org.apache.camel.spi.DataTypeTransformer;
import org.apache.camel.spi.Transformer;

/**
 * Data type {@code feishu:application-cloudevents+json}: the body becomes a CloudEvent 1.0 in its JSON format, with what the body
 * was as {@code data}.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">JSON format</a>
 */
@DataTypeTransformer(
        name = "feishu:application-cloudevents+json",
        description = "Makes a Feishu event a CloudEvent in JSON")
public class CloudEventJson extends Transformer {

    @Override
    public void transform(Message message, DataType from, DataType to) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        CloudEventHeaders.attributes(message).forEach(event::put);
        event.set("data", FeishuConverters.toJson(message.getBody()));
        message.setBody(event.toString());
        message.setHeader(Exchange.CONTENT_TYPE, "application/cloudevents+json");
    }
}
