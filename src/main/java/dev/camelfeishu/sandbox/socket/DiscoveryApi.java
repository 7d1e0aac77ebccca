package dev.camelfeishu.sandbox.socket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where a client finds its WebSocket. The HTTP status of a refusal is not documented: 200. The address leads back to the host
 * that the client has called.
 */
public final class DiscoveryApi implements Api {
    private static final int AUTH_FAILED = 514;
    private static final int SERVICE = 33554678;

    private final Connections connections;
    private final SandboxProperties properties;

    public DiscoveryApi(Connections connections, SandboxProperties properties) {
        this.connections = connections;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/callback/ws/endpoint", this::endpoint);
    }

    private Answer endpoint(Call call) {
        Optional<SocketFaults.Refused> fault = connections.faults().nextDiscovery();
        if (fault.isPresent()) {
            return refused(fault.get().code(), "injected fault");
        }
        JsonNode body = Json.parse(new String(call.body(), StandardCharsets.UTF_8));
        if (body == null
                || !properties.appId().equals(body.path("AppID").asText())
                || !MessageDigest.isEqual(
                        properties.appSecret().getBytes(StandardCharsets.UTF_8),
                        body.path("AppSecret").asText().getBytes(StandardCharsets.UTF_8))) {
            return refused(AUTH_FAILED, "auth failed");
        }
        long device = ThreadLocalRandom.current().nextLong(1_000_000_000_000_000_000L, Long.MAX_VALUE);
        ObjectNode answer = Json.object().put("code", 0).put("msg", "ok");
        answer.putObject("data")
                .put(
                        "URL",
                        "ws://" + call.headers().get("host") + Handshake.PATH + "?device_id=" + device + "&service_id="
                                + SERVICE + "&" + connections.ticket())
                .set("ClientConfig", clientConfig(connections.settings()));
        return Answer.of(200, answer);
    }

    private static Answer refused(int code, String msg) {
        return Answer.of(200, Json.object().put("code", code).put("msg", msg));
    }

    static ObjectNode clientConfig(SocketProperties.Connection settings) {
        return Json.object()
                .put("ReconnectCount", settings.reconnectCount())
                .put("ReconnectInterval", (int) settings.reconnectInterval().toSeconds())
                .put("ReconnectNonce", (int) settings.reconnectNonce().toSeconds())
                .put("PingInterval", (int) settings.pingInterval().toSeconds());
    }
}
