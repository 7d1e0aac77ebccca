package dev.camelfeishu.ops.apply;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies files of routes when somebody has edited them. A file is taken once it has stayed the same from one look to the next; one
 * that was refused is not tried again until it is edited.
 */
public final class RouteWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouteWatch.class);
    private static final String OPERATOR = "feishu.routes.watch";
    private static final long LOOK_SECONDS = 2;

    private final RouteChanges changes;
    private final Map<String, String> seen = new HashMap<>();
    private final Map<String, String> refused = new HashMap<>();
    private final ScheduledExecutorService looks =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "route-watch"));

    public RouteWatch(RouteChanges changes) {
        this.changes = changes;
    }

    public void start() {
        looks.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** One look; the clock asks for it every two seconds. */
    public void look() {
        try {
            Map<String, String> changed = changes.changed();
            seen.keySet().retainAll(changed.keySet());
            refused.keySet().retainAll(changed.keySet());
            changed.forEach((file, text) -> {
                boolean whole = text.equals(seen.put(file, text));
                if (whole && !text.equals(refused.get(file))) {
                    RouteChange change =
                            text.isEmpty() ? changes.remove(file, OPERATOR) : changes.apply(file, null, OPERATOR);
                    if (!change.isDone()) {
                        refused.put(file, text);
                        LOG.error("{} was edited and is not applied; what ran goes on: {}", file, change.message());
                    }
                }
            });
        } catch (RuntimeException e) {
            // the next look may find the folder or the database again
            LOG.warn("The folder of routes could not be looked at", e);
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
