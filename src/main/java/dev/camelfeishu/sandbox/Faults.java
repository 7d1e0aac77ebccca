package dev.camelfeishu.sandbox;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Failures to be made on purpose. Kept in memory. */
public final class Faults {
    /** What goes wrong. */
    public enum Kind {
        /** Another HTTP status, before the endpoint does anything. */
        STATUS,
        /** Another code in the envelope, before the endpoint does anything. */
        CODE,
        /** The connection is closed without an answer, before the endpoint does anything. */
        DROP,
        /** The endpoint answers later. */
        DELAY,
        /** The endpoint does its work, then the connection is closed without an answer. */
        AFTER_DROP
    }

    /**
     * A fault.
     *
     * @param method HTTP method, or null for any
     * @param path a template of the catalog, or the beginning of a path
     * @param status HTTP status of STATUS and CODE
     * @param code code of STATUS and CODE
     * @param msg message of STATUS and CODE
     * @param delayMs how long DELAY waits
     * @param probability how probable it is that a call which fits fails, above 0 and up to 1
     * @param left how many more calls fail
     */
    public record Fault(
            long id,
            String method,
            String path,
            Kind kind,
            int status,
            int code,
            String msg,
            long delayMs,
            double probability,
            AtomicInteger left,
            Map<String, String> headers) {
        boolean fits(String callMethod, String callPath, String template) {
            return (method == null || method.equalsIgnoreCase(callMethod))
                    && (path.equals(template) || callPath.startsWith(path));
        }

        private boolean take() {
            return left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
        }
    }

    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final AtomicLong ids = new AtomicLong();

    public long nextId() {
        return ids.incrementAndGet();
    }

    public void add(Fault fault) {
        faults.add(fault);
    }

    /** The faults that have calls left. */
    public List<Fault> all() {
        faults.removeIf(fault -> fault.left().get() == 0);
        return List.copyOf(faults);
    }

    public int clear() {
        int count = all().size();
        faults.clear();
        return count;
    }

    Optional<Fault> next(String method, String path, String template) {
        for (Fault fault : faults) {
            if (fault.fits(method, path, template)
                    && ThreadLocalRandom.current().nextDouble() < fault.probability()
                    && fault.take()) {
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}
