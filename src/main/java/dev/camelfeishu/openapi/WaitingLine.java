package dev.camelfeishu.openapi;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Those who wait for one thing, by priority and within a priority in the order in which they came. A kind is let through once
 * for every {@value #PATIENCE} others that passed it while it could have gone. Not thread safe: its owner locks.
 *
 * @param <W> one who waits; their natural order is that in which they came
 */
final class WaitingLine<W extends Comparable<W>> {

    private static final int PATIENCE = 8;

    private final Map<Priority, TreeSet<W>> waiting = new EnumMap<>(Priority.class);
    private final int[] passed = new int[Priority.values().length];
    private int size;

    void add(Priority priority, W waiter) {
        if (waiting.computeIfAbsent(priority, p -> new TreeSet<>()).add(waiter)) {
            size++;
        }
    }

    void remove(Priority priority, W waiter) {
        var line = waiting.get(priority);
        if (line != null && line.remove(waiter)) {
            size--;
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** Anybody of them, or null. */
    W any() {
        for (var line : waiting.values()) {
            if (!line.isEmpty()) {
                return line.first();
            }
        }
        return null;
    }

    /** Takes out whose turn it is among those who may go now; null when nobody may. */
    W next(Predicate<W> mayGo) {
        var ready = new EnumMap<Priority, W>(Priority.class);
        waiting.forEach((priority, line) -> {
            for (var waiter : line) {
                if (mayGo.test(waiter)) {
                    ready.put(priority, waiter);
                    break;
                }
            }
        });
        if (ready.isEmpty()) {
            return null;
        }
        var goes = ready.keySet().iterator().next();
        for (var priority : ready.keySet()) {
            if (passed[priority.ordinal()] >= PATIENCE) {
                goes = priority;
                break;
            }
        }
        passed[goes.ordinal()] = 0;
        for (var priority : ready.keySet()) {
            if (priority.compareTo(goes) > 0) {
                passed[priority.ordinal()]++;
            }
        }
        var waiter = ready.get(goes);
        remove(goes, waiter);
        return waiter;
    }
}
