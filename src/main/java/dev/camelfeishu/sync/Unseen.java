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
     * What an update was to replace.
     *
     * @param bitable what Bitable held when it was decided on
     * @param agreed the last agreed values then
     * @param echoed whether its echo has been seen, or is not waited for any more
     */
    record Replaced(String bitable, Agreed agreed, boolean echoed) {

        Replaced seen() {
            return new Replaced(bitable, agreed, true);
        }
    }

    /**
     * A write of one cell.
     *
     * @param wrote what was written, as Bitable shows it
     * @param since when it was decided on
     */
    record Written(long requestId, UUID pairId, String column, String wrote, Replaced replaced, Instant since) {

        /** Compares what it replaced, as an event or the history tells, with what it was to replace; null when it is the same. */
        Unseen replaced(String before) {
            return Objects.equals(before, replaced.bitable())
                    ? null
                    : new Unseen(pairId, column, before, wrote, replaced.agreed());
        }
    }
}
