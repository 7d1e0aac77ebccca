package dev.camelfeishu.event.socket;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Puts split messages together, whatever the order of their parts. Bounded: by bytes for each message, by bytes and count for
 * all, by time. A message that does not fit is forgotten; the platform sends it again.
 */
final class Parts {

    private static final int MOST_PARTS = 1024;
    private static final int MOST_MESSAGES = 64;

    private static final class Message {
        private final byte[][] parts;
        private final long begun;
        private int missing;
        private int bytes;

        private Message(int sum, long now) {
            parts = new byte[sum][];
            missing = sum;
            begun = now;
        }

        private byte[] whole() {
            byte[] whole = new byte[bytes];
            int at = 0;
            for (byte[] part : parts) {
                System.arraycopy(part, 0, whole, at, part.length);
                at += part.length;
            }
            return whole;
        }
    }

    /** The oldest first. */
    private final Map<String, Message> messages = new LinkedHashMap<>();

    private final int largestMessage;
    private final int largestSum;
    private final long life;
    private final LongSupplier nanos;
    private long held;

    /**
     * @param largestMessage in bytes
     * @param largestSum of all messages that wait, in bytes
     */
    Parts(int largestMessage, int largestSum, Duration life, LongSupplier nanos) {
        this.largestMessage = largestMessage;
        this.largestSum = largestSum;
        this.life = life.toNanos();
        this.nanos = nanos;
    }

    /**
     * Takes a part.
     *
     * @return the whole payload when it was the last one missing
     * @throws IllegalArgumentException when the part fits no message, or the message is too large; it is forgotten
     */
    synchronized Optional<byte[]> add(String id, int sum, int seq, byte[] part) {
        long now = nanos.getAsLong();
        while (!messages.isEmpty() && now - oldest().begun > life) {
            forget(oldestId());
        }
        Message message = messages.get(id);
        if (sum < 2 || sum > MOST_PARTS || seq < 0 || seq >= sum || message != null && message.parts.length != sum) {
            forget(id);
            throw new IllegalArgumentException("part " + seq + " of " + sum + " fits no message");
        }
        if (message == null) {
            message = new Message(sum, now);
            messages.put(id, message);
        }
        if (message.parts[seq] == null) {
            if (message.bytes + part.length > largestMessage) {
                forget(id);
                throw new IllegalArgumentException("the parts are larger than " + largestMessage + " bytes");
            }
            message.parts[seq] = part;
            message.bytes += part.length;
            message.missing--;
            held += part.length;
        }
        if (message.missing == 0) {
            forget(id);
            return Optional.of(message.whole());
        }
        while (messages.size() > MOST_MESSAGES || held > largestSum) {
            forget(oldestId());
        }
        return Optional.empty();
    }

    synchronized int waiting() {
        return messages.size();
    }

    private Message oldest() {
        return messages.values().iterator().next();
    }

    private String oldestId() {
        return messages.keySet().iterator().next();
    }

    private void forget(String id) {
        Message message = messages.remove(id);
        if (message != null) {
            held -= message.bytes;
        }
    }
}
