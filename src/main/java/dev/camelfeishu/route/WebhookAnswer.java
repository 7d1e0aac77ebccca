package dev.camelfeishu.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.concurrent.CompletionException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;

/** What a webhook says back: a status and a small JSON body that tells a stranger nothing. */
final class WebhookAnswer {

    private WebhookAnswer() {}

    static void ok(Exchange exchange) {
        text(exchange, 200, "{\"msg\":\"success\"}");
    }

    static void set(Exchange exchange, int status, JsonNode body) {
        text(exchange, status, body.toString());
    }

    static void text(Exchange exchange, int status, String json) {
        // nothing of the request goes back
        Message message = new DefaultMessage(exchange.getContext());
        exchange.setMessage(message);
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json; charset=utf-8");
        message.setBody(json);
    }

    static void refuse(Exchange exchange, int status) {
        String reason = switch (status) {
            case 400 -> "not an event";
            case 401 -> "not verified";
            case 413 -> "too large";
            default -> "not stored, try again";
        };
        set(exchange, status, JsonNodeFactory.instance.objectNode().put("msg", reason));
    }

    /** What a log line says of a failure; a timeout has no message of its own. */
    static String cause(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
