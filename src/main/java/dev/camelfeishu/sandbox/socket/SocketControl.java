package dev.camelfeishu.sandbox.socket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import java.util.List;

/** Control calls on the long connection: who is connected, closing, breaking, refusing. */
public final class SocketControl implements Api {
    private final Connections connections;

    public SocketControl(Connections connections) {
        this.connections = connections;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/sandbox/socket", call -> Answer.of(200, shown()));
        routes.on("POST", "/sandbox/socket/close", this::close);
        routes.on("POST", "/sandbox/socket/drop", this::drop);
        routes.on("POST", "/sandbox/socket/faults", this::fault);
        routes.on("DELETE", "/sandbox/socket/faults", call -> {
            connections.faults().clear();
            return Answer.of(200, Json.object());
        });
    }

    private ObjectNode shown() {
        ObjectNode answer = Json.object().put("event_mode", connections.eventMode());
        var items = answer.putArray("connections");
        connections
                .all()
                .forEach(connection -> items.addObject()
                        .put("device_id", connection.deviceId())
                        .put("since", connection.since().toString()));
        return answer;
    }

    /** {@code {"code":1001,"device_id":…}}; without a device_id every connection. */
    private Answer close(Call call) {
        JsonNode body = body(call);
        int code = Control.number(body, "code", 1001, 1000, 4999);
        List<Connection> meant = meant(body);
        meant.forEach(connection -> connection.close(code));
        return Answer.of(200, Json.object().put("closed", meant.size()));
    }

    private Answer drop(Call call) {
        List<Connection> meant = meant(body(call));
        meant.forEach(Connection::drop);
        return Answer.of(200, Json.object().put("dropped", meant.size()));
    }

    /** {@code {"no_pong":true,"discovery":{"code":1,"times":1},"handshake":{"status":514,"autherrcode":…,"times":1}}}. */
    private Answer fault(Call call) {
        JsonNode body = Control.body(call);
        if (body.has("no_pong")) {
            connections.faults().noPong(body.path("no_pong").asBoolean());
        }
        if (body.has("discovery")) {
            connections.faults().refuseDiscovery(refused(body.path("discovery"), "code"));
        }
        if (body.has("handshake")) {
            connections.faults().refuseHandshake(refused(body.path("handshake"), "status"));
        }
        return Answer.of(200, Json.object());
    }

    private static SocketFaults.Refused refused(JsonNode fault, String code) {
        return new SocketFaults.Refused(
                Control.number(fault, code, 1, 1, Integer.MAX_VALUE),
                Control.number(fault, "autherrcode", 0, 0, Integer.MAX_VALUE),
                Control.number(fault, "times", 1, 1, Integer.MAX_VALUE));
    }

    private static JsonNode body(Call call) {
        return call.body().length == 0 ? Json.object() : Control.body(call);
    }

    private List<Connection> meant(JsonNode body) {
        return body.hasNonNull("device_id")
                ? List.of(connections
                        .find(Control.text(body, "device_id"))
                        .orElseThrow(() -> Control.bad("There is no connection with this device_id.")))
                : connections.all();
    }
}
