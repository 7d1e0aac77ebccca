package dev.camelfeishu.ops.routetest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** A journal that delivers at once, on the thread of the test. */
final class StagedJournal implements EventJournal {

    private record Wish(Filter filter, Handler handler) {}

    private final Map<String, Wish> wishes = new LinkedHashMap<>();
    private final Stage stage;
    private long deliveries;

    StagedJournal(Stage stage) {
        this.stage = stage;
    }

    /** @return the routes that took it; throws what one of them fails with */
    Set<String> deliver(FeishuEvent event, Set<String> routes) throws Exception {
        Set<String> taken = new TreeSet<>();
        for (String route : routes) {
            Wish wish = wishes.get(route);
            if (wish != null && wish.filter().accepts(event)) {
                taken.add(route);
                wish.handler().handle(new Delivery(++deliveries, route, event, 1, 0));
            }
        }
        return taken;
    }

    @Override
    public Subscription subscribe(String name, Options options, Filter filter, Handler handler) {
        wishes.put(name, new Wish(filter, handler));
        return new Subscription() {
            @Override
            public void pause() {
                // a test delivers when it wants
            }

            @Override
            public void resume() {
                // a test delivers when it wants
            }

            @Override
            public void cancel() {
                wishes.remove(name);
            }
        };
    }

    @Override
    public void open() {
        // it is open
    }

    /** What a route appends is noted and not delivered: the route that takes it has tests of its own. */
    @Override
    public CompletableFuture<Appended> append(FeishuEvent event) {
        ObjectNode values =
                JsonNodeFactory.instance.objectNode().put("type", event.type()).put("event_id", event.eventId());
        values.set("event", event.event());
        stage.sent().add(new Sent("event/append", values));
        return CompletableFuture.completedFuture(new Appended(1, false, 1));
    }

    @Override
    public CompletableFuture<Awaited> appendCallback(FeishuEvent callback) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("routes append no callbacks"));
    }
}
