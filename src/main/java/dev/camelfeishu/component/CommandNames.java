package dev.camelfeishu.component;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The commands that routes have taken, each for its app, so that {@code feishu:command/*} gets none of them. A stopped route
 * keeps its command, a removed one gives it back. Thread safe.
 */
public final class CommandNames {

    private record Taken(String app, String command) {}

    /** The routes that have taken a command. */
    private final Map<Taken, Set<String>> takers = new HashMap<>();
    /** What was given back during a hold. */
    private final Map<Taken, Set<String>> leaving = new HashMap<>();

    private int holds;

    /** Ends a {@link #hold()}. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** A route that takes it again has it once. */
    synchronized void take(String app, String command, String routeId) {
        Taken taken = new Taken(app, command);
        takers.computeIfAbsent(taken, name -> new HashSet<>()).add(routeId);
        if (leaving.containsKey(taken)) {
            leaving.get(taken).remove(routeId);
        }
    }

    synchronized void giveBack(String app, String command, String routeId) {
        Taken taken = new Taken(app, command);
        if (holds > 0) {
            leaving.computeIfAbsent(taken, name -> new HashSet<>()).add(routeId);
        } else {
            end(taken, Set.of(routeId));
        }
    }

    synchronized boolean isTaken(String app, String command) {
        return takers.containsKey(new Taken(app, command));
    }

    /** While routes are replaced: what one gives back stays taken until the hold is closed. */
    public synchronized Hold hold() {
        holds++;
        return this::release;
    }

    private synchronized void release() {
        if (--holds == 0) {
            leaving.forEach(this::end);
            leaving.clear();
        }
    }

    private void end(Taken taken, Set<String> routes) {
        takers.computeIfPresent(taken, (name, all) -> {
            all.removeAll(routes);
            return all.isEmpty() ? null : all;
        });
    }
}
