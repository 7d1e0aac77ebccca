package dev.camelfeishu.event;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Who wants events in this process, by name. */
final class Subscribers {

    private final ConcurrentMap<String, Subscriber> byName = new ConcurrentSkipListMap<>();
    private final Runnable changed;

    /** @param changed called when a subscriber may have become able to take deliveries */
    Subscribers(Runnable changed) {
        this.changed = changed;
    }

    EventJournal.Subscription add(
            String name, EventJournal.Options options, EventJournal.Filter filter, EventJournal.Handler handler) {
        Subscriber subscriber = new Subscriber(name, options, filter, handler);
        if (byName.putIfAbsent(name, subscriber) != null) {
            throw new IllegalStateException(
                    "There is a subscription '" + name + "' already; give this one another name");
        }
        changed.run();
        return subscriber;
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
        public void resume() {
            paused = false;
            changed.run();
        }

        @Override
        public void cancel() {
            byName.remove(name, this);
        }
    }
}
