package dev.camelfeishu;

import dev.camelfeishu.event.socket.LongConnection;
import java.util.List;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * The long connections, one for each app. Opened when the application is ready: before, nobody would work on what comes;
 * closed before anything else stops, so that what was taken is acknowledged.
 *
 * <p>DOWN in the health view while one is not open. Readiness does not ask it: webhooks and the journal work without.
 */
final class LongConnections implements SmartLifecycle, HealthIndicator {

    private final List<LongConnection> connections;
    private volatile boolean running;

    LongConnections(List<LongConnection> connections) {
        this.connections = List.copyOf(connections);
    }

    @EventListener(ApplicationReadyEvent.class)
    @Override
    public void start() {
        if (!running) {
            running = true;
            connections.forEach(LongConnection::start);
        }
    }

    @Override
    public void stop() {
        running = false;
        // each takes a few seconds at most; together no longer than one
        connections.parallelStream().forEach(LongConnection::close);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public boolean isAutoStartup() {
        return false;
    }

    /** The last to start is the first to stop. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Health health() {
        boolean open = connections.stream()
                .allMatch(connection -> connection.status().state() == LongConnection.State.CONNECTED);
        Health.Builder health = open ? Health.up() : Health.down();
        for (LongConnection connection : connections) {
            health.withDetail(connection.app(), connection.status());
        }
        return health.build();
    }
}
