package dev.camelfeishu.component;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** A key for the platform that is the same whenever the same delivery does the same thing again. */
final class DeliveryKey {

    private DeliveryKey() {}

    /**
     * 36 characters that follow from the delivery (outside of one: from the exchange), its replay and the parts.
     *
     * @param parts what is done, and to what
     */
    static String of(Exchange exchange, Object... parts) {
        Message in = exchange.getMessage();
        return of(
                in.getHeader(FeishuConstants.REFERENCE, exchange.getExchangeId(), String.class),
                in.getHeader(FeishuConstants.REPLAY, "0", String.class),
                Arrays.stream(parts).map(String::valueOf).collect(Collectors.joining("\n")));
    }

    /** 36 characters that follow from the parts alone. */
    static String of(String... parts) {
        return UUID.nameUUIDFromBytes(String.join("\n", parts).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
