package dev.camelfeishu.openapi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Turns counted in this process: the catalog's rate of each endpoint, and the five messages per second that Feishu allows
 * to one chat or user and the five updates per second of one message. Other nodes of the same app are not seen; what they
 * use up comes back as 99991400 and is waited for by the client.
 */
public final class LocalTurns implements Turns {

    private static final String SEND = "POST /open-apis/im/v1/messages";
    private static final String UPDATE = "PATCH /open-apis/im/v1/messages/:message_id";
    private static final Rate PER_TARGET = new Rate(5, Duration.ofSeconds(1));

    /** Chats, users and messages remembered; forgetting one that was quiet for long costs nothing. */
    private static final int TARGETS = 10_000;

    private final LongSupplier nanoTime;
    private final Map<String, List<Window>> endpoints = new LinkedHashMap<>();
    private final Map<String, Window> targets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > TARGETS;
        }
    };

    public LocalTurns() {
        this(System::nanoTime);
    }

    LocalTurns(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized Duration take(
            Endpoint endpoint, Map<String, String> variables, ApiRequest request, Duration patience) {
        var windows = new ArrayList<>(endpoints.computeIfAbsent(
                endpoint.name(), e -> endpoint.rates().stream().map(Window::new).toList()));
        var target = target(endpoint, variables, request);
        if (target != null) {
            windows.add(targets.computeIfAbsent(target, t -> new Window(PER_TARGET)));
        }
        var now = nanoTime.getAsLong();
        var wait = 0L;
        for (var window : windows) {
            wait = Math.max(wait, window.free(now) - now);
        }
        if (wait <= patience.toNanos()) {
            for (var window : windows) {
                window.use(now + wait);
            }
        }
        return Duration.ofNanos(wait);
    }

    private static String target(Endpoint endpoint, Map<String, String> variables, ApiRequest request) {
        return switch (endpoint.name()) {
            case SEND ->
                request.body() == null
                        ? null
                        : "to " + request.body().path("receive_id").asText();
            case UPDATE -> "update " + variables.get("message_id");
            default -> null;
        };
    }

    /** The last turns of one rate: a new one is free when the oldest of them is a whole period ago. */
    private static final class Window {
        private final long[] used;
        private final long periodNanos;
        private int oldest;
        private int count;

        Window(Rate rate) {
            this.used = new long[rate.permits()];
            this.periodNanos = rate.period().toNanos();
        }

        long free(long now) {
            return count < used.length ? now : Math.max(now, used[oldest] + periodNanos);
        }

        void use(long at) {
            used[oldest] = at;
            oldest = (oldest + 1) % used.length;
            count = Math.min(count + 1, used.length);
        }
    }
}
