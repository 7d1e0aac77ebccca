package dev.camelfeishu.component;

import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A journal without a memory: the test's thread is the lane. */
final class HandJournal implements EventJournal {

    private final Map<String, Wish> wishes = new LinkedHashMap<>();
    private final Map<String, FeishuEvent> appended = new ConcurrentHashMap<>();
    private long last;

    /** What was appended under that identity, or null. */
    FeishuEvent appended(String tenantKey, String eventId) {
        return appended.get(tenantKey + "/" + eventId);
    }

    /** Delivers to whoever accepts it and takes deliveries; answers their names. Throws what a handler throws. */
    List<String> deliver(FeishuEvent event) throws Exception {
        List<String> taken = new ArrayList<>();
        for (Wish wish : List.copyOf(wishes.values())) {
            if (!wish.paused && wish.filter.accepts(event)) {
                wish.handler.handle(new Delivery(++last, wish.name, event, 1, 0));
                taken.add(wish.name);
            }
        }
        return taken;
    }

    int attempts(String subscription) {
        return wishes.get(subscription).options.attempts();
    }

    boolean isPaused(String subscription) {
        return wishes.get(subscription).paused;
    }

    boolean knows(String subscription) {
        return wishes.containsKey(subscription);
    }

    @Override
    public Subscription subscribe(String name, Options options, Filter filter, Handler handler) {
        Wish wish = new Wish(name, options, filter, handler);
        wishes.put(name, wish);
        return wish;
    }

    @Override
    public void open() {
        // it is open from the beginning
    }

    @Override
    public CompletableFuture<Appended> append(FeishuEvent event) {
        boolean duplicate = appended.putIfAbsent(event.tenantKey() + "/" + event.eventId(), event) != null;
        return CompletableFuture.completedFuture(new Appended(appended.size(), duplicate, 0));
    }

    @Override
    public CompletableFuture<Awaited> appendCallback(FeishuEvent callback) {
        throw new UnsupportedOperationException("the component appends nothing");
    }

    private final class Wish implements Subscription {

        private final String name;
        private final Options options;
        private final Filter filter;
        private final Handler handler;
        private volatile boolean paused;

        private Wish(String name, Options options, Filter filter, Handler handler) {
            this.name = name;
            this.options = options;
            this.filter = filter;
            this.handler = handler;
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void resume() {
            paused = false;
        }

        @Override
        public void cancel() {
            wishes.remove(name);
        }
    }
}
