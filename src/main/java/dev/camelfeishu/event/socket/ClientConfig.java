package dev.camelfeishu.event.socket;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/**
 * What the platform wants of a client: {@code ClientConfig} of the discovery's answer and of a pong. What is missing or out
 * of all proportion has the value of the official clients.
 *
 * @param pingInterval between two pings
 * @param reconnectInterval the longest back-off
 * @param reconnectNonce the most that chance adds to a wait; zero for none
 * @param reconnectCount how often to try again before it is hopeless; negative for ever
 */
record ClientConfig(Duration pingInterval, Duration reconnectInterval, Duration reconnectNonce, int reconnectCount) {

    static final ClientConfig DEFAULT =
            new ClientConfig(Duration.ofSeconds(120), Duration.ofSeconds(120), Duration.ofSeconds(30), -1);

    private static final int LONGEST_SECONDS = 3600;

    static ClientConfig of(JsonNode json) {
        return new ClientConfig(
                seconds(json, "PingInterval", 1, DEFAULT.pingInterval),
                seconds(json, "ReconnectInterval", 1, DEFAULT.reconnectInterval),
                seconds(json, "ReconnectNonce", 0, DEFAULT.reconnectNonce),
                json.path("ReconnectCount").isInt()
                        ? json.path("ReconnectCount").intValue()
                        : DEFAULT.reconnectCount);
    }

    private static Duration seconds(JsonNode json, String name, int least, Duration otherwise) {
        JsonNode value = json.path(name);
        return value.isInt() && value.intValue() >= least && value.intValue() <= LONGEST_SECONDS
                ? Duration.ofSeconds(value.intValue())
                : otherwise;
    }
}
