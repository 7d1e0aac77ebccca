package dev.camelfeishu.event;

import java.time.Duration;

/**
 * How the journal works. {@link #of} gives what suits one to a few nodes.
 *
 * @param node names this process among those that share the database, the same after a restart and unlike every other's: a
 *     process that starts takes back at once what its killed predecessor of the same name was working on
 * @param lanes threads that work on deliveries
 * @param queue how many characters of payloads may wait for the writer
 * @param batch how many appends one commit may hold
 * @param appendTimeout how long an append may take before its sender is told to try again; less than the three seconds
 *     that Feishu waits
 * @param lease how long a claimed delivery stays with a process that no longer renews it
 * @param poll how often the journal is looked at when nothing wakes it
 * @param firstBackOff after the first failure; doubled with each further one, with a jitter of a quarter
 * @param longestBackOff its upper bound
 * @param shutdown how long {@code close()} waits for running handlers before it interrupts them
 */
public record JournalSettings(
        String node,
        int lanes,
        int queue,
        int batch,
        Duration appendTimeout,
        Duration lease,
        Duration poll,
        Duration firstBackOff,
        Duration longestBackOff,
        Duration shutdown) {

    public JournalSettings {
        if (node == null || node.isBlank()) {
            throw new IllegalArgumentException("The journal's node has no name");
        }
        if (lanes < 1 || queue < 1 || batch < 1) {
            throw new IllegalArgumentException("lanes, queue and batch must be 1 or more");
        }
    }

    public static JournalSettings of(String node) {
        return new JournalSettings(
                node,
                8,
                32 << 20,
                256,
                Duration.ofMillis(2_500),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofSeconds(20));
    }

    public JournalSettings withLanes(int lanes) {
        return new JournalSettings(
                node, lanes, queue, batch, appendTimeout, lease, poll, firstBackOff, longestBackOff, shutdown);
    }

    public JournalSettings withQueue(int queue, int batch) {
        return new JournalSettings(
                node, lanes, queue, batch, appendTimeout, lease, poll, firstBackOff, longestBackOff, shutdown);
    }

    public JournalSettings withLease(Duration lease) {
        return new JournalSettings(
                node, lanes, queue, batch, appendTimeout, lease, poll, firstBackOff, longestBackOff, shutdown);
    }

    public JournalSettings withBackOff(Duration first, Duration longest) {
        return new JournalSettings(node, lanes, queue, batch, appendTimeout, lease, poll, first, longest, shutdown);
    }

    public JournalSettings withShutdown(Duration shutdown) {
        return new JournalSettings(
                node, lanes, queue, batch, appendTimeout, lease, poll, firstBackOff, longestBackOff, shutdown);
    }
}
