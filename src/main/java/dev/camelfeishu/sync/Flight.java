package dev.camelfeishu.sync;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * A call that is under way on a thread of its own.
 *
 * @param <T> what is asked
 * @param <R> what comes back
 */
final class Flight<T, R> {

    private final FutureTask<R> task;
    private final Thread thread;

    Flight(T asked, Function<T, R> call) {
        task = new FutureTask<>(() -> call.apply(asked));
        thread = new Thread(task, Thread.currentThread().getName() + "-call");
        thread.setDaemon(true);
        thread.start();
    }

    /** What came back, or what the call threw. Who is interrupted meanwhile interrupts the call, and waits for its end. */
    R await() {
        var interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException stop) {
                    interrupted = true;
                    thread.interrupt();
                } catch (ExecutionException failed) {
                    if (failed.getCause() instanceof Error error) {
                        throw error;
                    }
                    throw failed.getCause() instanceof RuntimeException cause
                            ? cause
                            : new IllegalStateException(failed.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
