package dev.camelfeishu.sync;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** One row and its record, on their way through a cycle. */
final class Work {
    final String key;
    final List<Batch.Mark> marks = new ArrayList<>();
    /** The pair id, should the row have no link yet. */
    UUID freshId = UUID.randomUUID();

    Link link;
    SqlTable.Row row;
    BitableTable.Remote remote;
    /** What SQL offers to Bitable, and Bitable to SQL, after the transform. */
    Map<String, Reading> toBitable = Map.of();

    final Map<String, String> bitableWrites = new LinkedHashMap<>();
    final Map<String, String> sqlWrites = new LinkedHashMap<>();
    final Map<String, Decision.Loss> bitableLosses = new LinkedHashMap<>();
    final Map<String, Decision.Loss> sqlLosses = new LinkedHashMap<>();
    /** Why the row as a whole stays as it is, or one of its cells does. */
    final List<String> unwritable = new ArrayList<>();
    /** Cells that a new record goes without, with the reason. */
    final List<String> leftOut = new ArrayList<>();

    /** Columns of which both sides are written, and what they hold once both have been. */
    final Map<String, Agreed> both = new LinkedHashMap<>();
    /** Columns that wait for a person. */
    final Map<String, Hold> holds = new LinkedHashMap<>();
    /** Columns that waited for a person and go on, once their writes are done. */
    final Set<String> released = new HashSet<>();
    /** Rows and records of other pairs that it names and that are not linked yet. */
    final List<SyncStore.Awaited> awaited = new ArrayList<>();

    boolean restoreSyncId;
    /** Not of this pair: nothing is remembered of it. */
    boolean left;
    /** The first look that does not find the record. */
    boolean missing;
    /** The deletion of the row waits for a person. */
    boolean waits;

    boolean deleteRow;
    /** The deleted record, should an edit of its row have won over that. */
    String outlived;
    /** When it is looked at again, or null. */
    Instant due;

    boolean create;
    boolean delete;
    int open;
    boolean failed;
    boolean again;

    Work(String key) {
        this.key = key;
    }

    /** SQL did not take its part of what both sides were to get: Bitable's part must not be written alone. */
    void dropBoth() {
        bitableWrites.keySet().removeAll(both.keySet());
        both.clear();
    }

    boolean settled() {
        return open == 0 && !failed && !again && due == null;
    }

    int attempts() {
        return marks.stream().mapToInt(Batch.Mark::attempts).max().orElse(0);
    }
}
