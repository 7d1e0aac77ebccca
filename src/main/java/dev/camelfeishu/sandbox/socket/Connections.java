package dev.camelfeishu.sandbox.socket;

import dev.camelfeishu.sandbox.push.Attempt;
import dev.camelfeishu.sandbox.push.LongConnection;
import dev.camelfeishu.sandbox.push.Push;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open connections of the app. Each push goes to one of them, whichever; to none twice at a time. */
public final class Connections implements LongConnection {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final SocketProperties properties;
    private final SocketFaults faults;
    private final SecureRandom random = new SecureRandom();
    private final Set<String> tickets = ConcurrentHashMap.newKeySet();
    private final List<Connection> open = new CopyOnWriteArrayList<>();

    public Connections(SocketProperties properties, SocketFaults faults) {
        this.properties = properties;
        this.faults = faults;
    }

    @Override
    public boolean carries(Push push) {
        // the old card callback is a webhook's: the SDKs' clients do not know it
        return switch (properties.eventMode()) {
            case "socket" -> !push.type().equals("card.action.trigger_v1");
            case "both" -> push.kind().equals(Push.EVENT);
            default -> false;
        };
    }

    @Override
    public Attempt send(Push push) {
        List<Connection> now = List.copyOf(open);
        if (now.isEmpty()) {
            return new Attempt(Instant.now(), 0, "no connection", null, 0);
        }
        return now.get(ThreadLocalRandom.current().nextInt(now.size()))
                .send(push.plain(), properties.socket().partSize());
    }

    /** An access key and a ticket, as the query of an address. */
    String ticket() {
        String ticket = hex();
        tickets.add(ticket);
        return "access_key=" + hex() + "&ticket=" + ticket;
    }

    /** Whether the ticket was issued and not used yet. */
    boolean take(String ticket) {
        return ticket != null && tickets.remove(ticket);
    }

    boolean full() {
        return open.size() >= properties.socket().connections();
    }

    SocketProperties.Connection settings() {
        return properties.socket();
    }

    SocketFaults faults() {
        return faults;
    }

    String eventMode() {
        return properties.eventMode();
    }

    void opened(Connection connection) {
        open.add(connection);
        LOG.info("A client of the long connection has come; {} now", open.size());
    }

    void closed(Connection connection, String how) {
        if (open.remove(connection)) {
            LOG.info("A client of the long connection has gone ({}); {} now", how, open.size());
        }
    }

    List<Connection> all() {
        return List.copyOf(open);
    }

    Optional<Connection> find(String deviceId) {
        return open.stream()
                .filter(connection -> connection.deviceId().equals(deviceId))
                .findFirst();
    }

    private String hex() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
