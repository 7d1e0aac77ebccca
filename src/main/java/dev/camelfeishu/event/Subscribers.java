package dev.camelfeishu.event;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Who wants events in this process, by name. */
final class Subscribers {

    private final ConcurrentMap<String, Subscriber> byName = new ConcurrentSkipListMap<>();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final Runnable changed;

    /** @param changed called when a subscriber may have become able to take deliveries */
    Subscribers(Runnable changed) {
        this.changed = changed;
    }

    EventJournal.Subscription add(
            String name, EventJournal.Options options, EventJournal.Filter filter, EventJournal.Handler handler) {
        Subscriber subscriber = new Subscriber(name, options, filter, handler);
        byName.compute(name, (taken, other) -> {
            if (other != null && !other.left) {
                throw new IllegalStateException(
                        "There is a subscription '" + name + "' already; give this one another name");
            }
            return subscriber;
        });
        changed.run();
        return subscriber;
    }

    EventJournal.Hold hold(Collection<String> names) {
        held.addAll(names);
        return () -> {
            held.removeAll(names);
            names.forEach(name -> byName.computeIfPresent(name, (same, other) -> other.cancelled ? null : other));
        };
    }

    Collection<Subscriber> all() {
        return byName.values();
    }

    Subscriber find(String name) {
        return byName.get(name);
    }

    List<String> names() {
        return List.copyOf(byName.keySet());
    }

    List<String> taking() {
        return byName.values().stream()
                .filter(subscriber -> !subscriber.paused)
                .map(Subscriber::name)
                .toList();
    }

    final class Subscriber implements EventJournal.Subscription {

        private final String name;
        private final EventJournal.Options options;
        private final EventJournal.Filter filter;
        private final EventJournal.Handler handler;
        private volatile boolean paused;
        /** It accepts, and makes place for another of its name. */
        private volatile boolean left;

        private volatile boolean cancelled;

        private Subscriber(
                String name, EventJournal.Options options, EventJournal.Filter filter, EventJournal.Handler handler) {
            this.name = name;
            this.options = options;
            this.filter = filter;
            this.handler = handler;
        }

        String name() {
            return name;
        }

        int attempts() {
            return options.attempts();
        }

        EventJournal.Filter filter() {
            return filter;
        }

        EventJournal.Handler handler() {
            return handler;
        }

        boolean takes() {
            return !paused && byName.get(name) == this;
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void leave() {
            paused = true;
            left = true;
        }

        @Override
        public void resume() {
            left = false;
            paused = false;
            changed.run();
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (held.contains(name)) {
                leave();
            } else {
                byName.remove(name, this);
            }
        }
    }
}
