package dev.camelfeishu.sync;

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

    boolean restoreSyncId;
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
        return open == 0 && !failed && !again;
    }

    int attempts() {
        return marks.stream().mapToInt(Batch.Mark::attempts).max().orElse(0);
    }
}
