package dev.camelfeishu.event;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what became of deliveries, in the order of their ends. Those that are done share a commit, so that a lane does not
 * wait for the disk. What cannot be written is delivered again when its lease ends.
 */
final class Transitions {

    private static final Logger LOG = LoggerFactory.getLogger(Transitions.class);

    private static final int GROUP = 256;
    private static final int WRITE_ATTEMPTS = 5;
    private static final Duration WRITE_PAUSE = Duration.ofMillis(200);

    private final DeliveryTable table;
    private final Listener listener;
    private final BlockingQueue<Transition> queue = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "feishu-journal-transitions");
    private volatile boolean closing;

    /** Hears of what was written. */
    @FunctionalInterface
    interface Listener {
        /**
         * @param outcome done, failed, dead, released; lost when the lease was, or when it could not be written
         * @param over whether the turn has ended
         */
        void written(Claimed claimed, String outcome, boolean over);
    }

    private sealed interface Transition {
        Claimed claimed();
    }

    private record Done(Claimed claimed) implements Transition {}

    private record Failed(Claimed claimed, Failure failure, Duration backOff) implements Transition {}

    private record Dead(Claimed claimed, Failure failure) implements Transition {}

    private record Released(Claimed claimed) implements Transition {}

    Transitions(DeliveryTable table, Listener listener) {
        this.table = table;
        this.listener = listener;
    }

    void start() {
        thread.start();
    }

    void done(Claimed claimed) {
        queue.add(new Done(claimed));
    }

    /** Ends the turn, as the next two do. */
    void failed(Claimed claimed, Failure failure, Duration backOff) {
        queue.add(new Failed(claimed, failure, backOff));
    }

    void dead(Claimed claimed, Failure failure) {
        queue.add(new Dead(claimed, failure));
    }

    void released(Claimed claimed) {
        queue.add(new Released(claimed));
    }

    /** Writes what waits, then ends. */
    void close(Duration patience) throws InterruptedException {
        closing = true;
        thread.interrupt();
        thread.join(patience.toMillis());
    }

    private void run() {
        List<Transition> taken = new ArrayList<>(GROUP);
        while (!(closing && queue.isEmpty())) {
            try {
                taken.add(queue.take());
            } catch (InterruptedException e) {
                // close() woke us: what still waits is written before the thread ends
                continue;
            }
            queue.drainTo(taken, GROUP - 1);
            write(taken);
            taken.clear();
        }
    }

    private void write(List<Transition> taken) {
        List<Claimed> done = new ArrayList<>();
        for (Transition transition : taken) {
            if (transition instanceof Done) {
                done.add(transition.claimed());
            } else {
                writeDone(done);
                done.clear();
                writeOne(transition);
            }
        }
        writeDone(done);
    }

    private void writeDone(List<Claimed> done) {
        if (done.isEmpty()) {
            return;
        }
        Set<Long> ours = new HashSet<>();
        boolean written = persistently(done.size() + " deliveries are done", () -> ours.addAll(table.done(done)));
        for (Claimed claimed : done) {
            boolean kept = ours.contains(claimed.id());
            if (written && !kept) {
                LOG.warn("Delivery {} was done after its lease was lost; it is delivered again", claimed.id());
            }
            listener.written(claimed, kept ? "done" : "lost", claimed.last());
        }
    }

    private void writeOne(Transition transition) {
        Claimed claimed = transition.claimed();
        boolean[] kept = new boolean[1];
        String outcome;
        Write write;
        if (transition instanceof Failed failed) {
            outcome = "failed";
            write = () -> kept[0] = table.failed(claimed, failed.failure(), failed.backOff());
        } else if (transition instanceof Dead dead) {
            outcome = "dead";
            write = () -> kept[0] = table.dead(claimed, dead.failure());
        } else {
            outcome = "released";
            write = () -> kept[0] = table.released(claimed);
        }
        if (persistently("delivery " + claimed.id() + " is " + outcome, write) && !kept[0]) {
            LOG.warn("Delivery {} was {} after its lease was lost; it is delivered again", claimed.id(), outcome);
        }
        listener.written(claimed, kept[0] ? outcome : "lost", true);
    }

    @FunctionalInterface
    private interface Write {
        void run() throws SQLException;
    }

    /** The database may be away for a moment; when it stays away the lease ends and the delivery is made again. */
    private boolean persistently(String what, Write write) {
        for (int attempt = 1; ; attempt++) {
            try {
                write.run();
                return true;
            } catch (SQLException | RuntimeException | Error e) {
                if (attempt == WRITE_ATTEMPTS) {
                    LOG.error("That {} could not be stored; it is delivered again", what, e);
                    return false;
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(WRITE_PAUSE.toMillis() << attempt);
            } catch (InterruptedException e) {
                // close() is waiting; the next attempt is made at once
                LOG.debug("Interrupted while the database was away", e);
            }
        }
    }
}
