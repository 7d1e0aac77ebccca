package dev.camelfeishu.event.socket;

import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A journal that stores when it is told. */
final class HeldJournal implements EventJournal {

    final List<FeishuEvent> events = new CopyOnWriteArrayList<>();
    final List<CompletableFuture<Appended>> held = new CopyOnWriteArrayList<>();
    volatile Supplier<CompletableFuture<Appended>> answer =
            () -> CompletableFuture.completedFuture(new Appended(1, false, 1));

    /** From now on every append waits in {@link #held}. */
    void hold() {
        answer = () -> {
            CompletableFuture<Appended> later = new CompletableFuture<>();
            held.add(later);
            return later;
        };
    }

    static void store(CompletableFuture<Appended> later) {
        later.complete(new Appended(1, false, 1));
    }

    @Override
    public CompletableFuture<Appended> append(FeishuEvent event) {
        events.add(event);
        return answer.get();
    }

    @Override
    public CompletableFuture<Awaited> appendCallback(FeishuEvent callback) {
        throw new UnsupportedOperationException("the responder stores callbacks");
    }

    @Override
    public Subscription subscribe(String name, Options options, Filter filter, Handler handler) {
        throw new UnsupportedOperationException("nobody subscribes here");
    }

    @Override
    public void open() {
        throw new UnsupportedOperationException("nobody opens it here");
    }
}
