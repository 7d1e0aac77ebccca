package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.Download;
import dev.camelfeishu.openapi.FeishuClient;
import java.io.InputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.util.IOHelper;

/** What a declared call leaves as the exchange's body. */
sealed interface AnswerBody {

    /** For the documentation. */
    String description();

    Object of(FeishuClient client, ApiRequest request, Exchange exchange);

    /** The member {@code data}; an empty object where the platform answers none. */
    record Data(String description) implements AnswerBody {
        @Override
        public JsonNode of(FeishuClient client, ApiRequest request, Exchange exchange) {
            JsonNode data = client.call(request).data();
            return data.isMissingNode() || data.isNull() ? JsonNodeFactory.instance.objectNode() : data;
        }
    }

    /** A member of {@code data}. */
    record Member(String name, String description) implements AnswerBody {
        @Override
        public JsonNode of(FeishuClient client, ApiRequest request, Exchange exchange) {
            JsonNode member = client.call(request).data().path(name);
            return member.isMissingNode() ? JsonNodeFactory.instance.nullNode() : member;
        }
    }

    /** The items of all pages, read while they are asked for. */
    record Paged(String member, int pageSize, String description) implements AnswerBody {
        @Override
        public Pages of(FeishuClient client, ApiRequest request, Exchange exchange) {
            return new Pages(client, request, member);
        }
    }

    /** A file, as a stream that Camel closes when the exchange is done. */
    record File(String description) implements AnswerBody {
        @Override
        public InputStream of(FeishuClient client, ApiRequest request, Exchange exchange) {
            Download file = client.open(request);
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onDone(Exchange done) {
                    IOHelper.close(file.body());
                }
            });
            Message message = exchange.getMessage();
            setOrRemove(message, Exchange.FILE_NAME, file.fileName());
            setOrRemove(message, Exchange.CONTENT_TYPE, file.contentType());
            setOrRemove(message, Exchange.FILE_LENGTH, file.length() < 0 ? null : file.length());
            return file.body();
        }

        private static void setOrRemove(Message message, String header, Object value) {
            if (value == null) {
                message.removeHeader(header);
            } else {
                message.setHeader(header, value);
            }
        }
    }
}
