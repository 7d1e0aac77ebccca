package dev.camelfeishu.sync;

import java.util.List;

/**
 * What one cycle works on, claimed under the lease of its pair.
 *
 * @param fence number of the lease; a commit under an older one is refused
 * @param urgency of all its marks
 */
public record Batch(String pair, long fence, Urgency urgency, List<Mark> marks) {

    /** Where a change was seen. */
    public enum Side {
        SQL,
        BITABLE
    }

    /** How soon a mark is worked on: the first kind goes first. */
    public enum Urgency {
        /** A person has just edited a record. */
        HINT,
        /** A row or record has changed. */
        CHANGE,
        /** It is there since before the pair began, or a full comparison found it. */
        BACKFILL
    }

    /**
     * Something that has to be looked at.
     *
     * @param identity key of the row, or record id
     * @param marks number of times it was marked, to tell a mark made meanwhile
     * @param attempts cycles that failed on it
     */
    public record Mark(Side side, String identity, long marks, int attempts) {}

    public Batch {
        marks = List.copyOf(marks);
    }

    public int size() {
        return marks.size();
    }
}
