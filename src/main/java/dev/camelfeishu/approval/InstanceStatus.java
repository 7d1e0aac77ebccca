package dev.camelfeishu.approval;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Where an approval instance is. In the order of {@link #outranks}: of two statuses seen of one instance, whichever way
 * round, the later one in this list holds.
 */
public enum InstanceStatus {
    PENDING,
    APPROVED,
    REJECTED,
    CANCELED,
    DELETED,
    REVERTED;

    /**
     * The true status of an instance that was read. Feishu never says REVERTED there: a flag does, and it outranks.
     *
     * @throws IllegalStateException when the status is one that this version does not know: nothing may be concluded from it
     */
    static InstanceStatus of(JsonNode instance) {
        if (instance.path("reverted").asBoolean()) {
            return REVERTED;
        }
        String status = instance.path("status").asText();
        for (InstanceStatus known : values()) {
            if (known.name().equals(status)) {
                return known;
            }
        }
        throw new IllegalStateException(
                "Feishu answered an approval instance without a known status: " + Ids.shown(status));
    }

    boolean outranks(InstanceStatus other) {
        return compareTo(other) > 0;
    }
}
