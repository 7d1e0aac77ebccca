package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.camelfeishu.event.DeadLetters;
import java.util.Map;
import org.apache.camel.Exchange;

/** Keeping what a scheduled route could not do, and deciding about what was kept. */
final class DeadLetterOperations {

    /** Set on an exchange that was kept: its completion must not resolve it. */
    private static final String KEPT = "CamelFeishuDeadLetterKept";

    private DeadLetterOperations() {}

    /**
     * {@code dead-letter}: keeps the exchange's body and the exception it failed with, under the route's id and a key: the
     * body's column named by the option {@code key}, else the variable {@code key}. The same failure of the same key is kept
     * once and counted.
     */
    static void keep(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (failure == null) {
            throw new IllegalStateException(
                    "feishu:dead-letter stands in an error handler: there is no failure to keep here");
        }
        exchange.setProperty(KEPT, true);
        platform.deadLetters().add(flow(exchange), key(exchange, options), payload(exchange), failure);
    }

    /** {@code dead-letter/resolve}: what was kept for this route and key is done, unless this exchange itself has failed. */
    static void resolve(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        if (!exchange.getProperty(KEPT, false, Boolean.class)) {
            platform.deadLetters().resolve(flow(exchange), key(exchange, options));
        }
    }

    /** {@code dead-letter/replay}: delivers the dead letter named by the click's {@code value.id} once more. */
    static void replay(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        platform.deadLetters().replay(clickedId(exchange));
    }

    /** {@code dead-letter/discard}: ends the dead letter named by the click's {@code value.id}. */
    static void discard(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        platform.deadLetters()
                .discard(
                        clickedId(exchange),
                        "discarded in the chat by "
                                + exchange.getMessage().getHeader(FeishuConstants.OPERATOR_ID, String.class));
    }

    private static String flow(Exchange exchange) {
        return exchange.getFromRouteId();
    }

    private static String key(Exchange exchange, FeishuConfiguration options) {
        Object key = exchange.getVariable("key");
        if (options.getKey() != null && exchange.getMessage().getBody() instanceof Map<?, ?> row) {
            key = row.get(options.getKey());
        }
        return key == null ? null : key.toString();
    }

    private static JsonNode payload(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        try {
            return FeishuConverters.toJson(body);
        } catch (IllegalArgumentException e) {
            // a body that has no JSON form is kept as text: the failure matters more than its shape
            return TextNode.valueOf(exchange.getMessage().getBody(String.class));
        }
    }

    private static long clickedId(Exchange exchange) {
        JsonNode id = FeishuConverters.toJson(exchange.getMessage().getBody()).at("/value/id");
        if (!id.canConvertToLong() && !id.asText().matches("\\d{1,18}")) {
            throw new DeadLetters.UndecidableException("The button names no dead letter");
        }
        return id.asLong();
    }
}
