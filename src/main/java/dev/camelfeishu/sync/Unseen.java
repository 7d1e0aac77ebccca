package dev.camelfeishu.sync;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * A value of Bitable that an own update replaced although nobody had seen it: it was written between our look and our write.
 *
 * @param value in canonical form, null when the cell was emptied
 * @param wrote what replaced it
 * @param agreed the last agreed values before our write, null at the first meeting
 */
record Unseen(UUID pairId, String column, String value, String wrote, Agreed agreed) {

    /**
     * What a write was to replace.
     *
     * @param bitable what Bitable held when it was decided on
     * @param wrote what was written there, as Bitable shows it
     * @param agreed the last agreed values then
     * @param echoed whether its echo has been seen, or is not waited for any more
     */
    record Replaced(String bitable, String wrote, Agreed agreed, boolean echoed) {

        Replaced seen() {
            return new Replaced(bitable, wrote, agreed, true);
        }
    }

    /**
     * A write of one cell.
     *
     * @param since when it was decided on
     */
    record Written(long requestId, UUID pairId, String column, Replaced replaced, Instant since) {

        String wrote() {
            return replaced.wrote();
        }

        /** Compares what it replaced, as an event or the history tells, with what it was to replace; null when it is the same. */
        Unseen replaced(String before) {
            return Objects.equals(before, replaced.bitable())
                    ? null
                    : new Unseen(pairId, column, before, wrote(), replaced.agreed());
        }
    }
}
