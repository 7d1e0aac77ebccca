package dev.camelfeishu.sandbox.socket;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console's subscription mode, and the long connection's measures. How large a payload may be before it is split, and for
 * how long a ticket is good, is not documented: 64 KiB, and once.
 *
 * @param eventMode {@code webhook}, {@code socket} or {@code both}: events by the long connection, callbacks by webhook
 * @param socket the connection
 */
@ConfigurationProperties("feishu.sandbox")
public record SocketProperties(
        @DefaultValue("webhook") String eventMode,
        @DefaultValue Connection socket) {

    /**
     * @param connections how many one app may have open
     * @param partSize the longest payload of one frame, in bytes
     * @param pingInterval as clients are told
     * @param reconnectInterval likewise
     * @param reconnectNonce likewise
     * @param reconnectCount likewise; -1 for ever
     */
    public record Connection(
            @DefaultValue("50") int connections,
            @DefaultValue("65536") int partSize,
            @DefaultValue("120s") Duration pingInterval,
            @DefaultValue("120s") Duration reconnectInterval,
            @DefaultValue("30s") Duration reconnectNonce,
            @DefaultValue("-1") int reconnectCount) {}

    public SocketProperties {
        eventMode = eventMode.strip();
        if (!eventMode.matches("webhook|socket|both")) {
            throw new IllegalArgumentException("feishu.sandbox.event-mode is webhook, socket or both");
        }
    }
}
