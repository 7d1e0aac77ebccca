package dev.camelfeishu.sync;

import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.openapi.Priority;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The records that have no link, by their key and by the Sync ID they carry: with it thousands of new rows find out whether
 * their record is there already by one look at all records, and not by one each. Kept in the database page by page, so that an
 * interrupted look goes on where it was.
 */
final class RecordIndex {

    /** A person's new records are seen by their events, which are worked on first. */
    private static final Duration FRESH = Duration.ofMinutes(30);
    /** How long a token of a page is trusted. */
    private static final Duration TOKEN = Duration.ofMinutes(5);

    /**
     * How far the look has come.
     *
     * @param token of the next page, null while the first has not been read
     * @param readAt when the last page was read, null before that
     * @param completeAt when the last look was complete, null before that
     */
    record Progress(String token, java.time.Instant readAt, java.time.Instant completeAt) {}

    private final PairDeclaration declaration;
    private final SyncStore store;
    private final Clock clock;

    RecordIndex(PairDeclaration declaration, SyncStore store, Clock clock) {
        this.declaration = declaration;
        this.store = store;
        this.clock = clock;
    }

    /** Ids of records that hold one of the keys or of the Sync IDs. */
    List<String> find(
            BitableTable table, PairSchema.Snapshot fields, Collection<String> keys, Collection<String> syncIds) {
        complete(table, fields);
        return store.candidates(keys, syncIds);
    }

    private void complete(BitableTable table, PairSchema.Snapshot fields) {
        var now = clock.instant();
        var progress = store.indexProgress();
        if (progress.completeAt() != null && now.isBefore(progress.completeAt().plus(FRESH))) {
            return;
        }
        var token = progress.token() != null && now.isBefore(progress.readAt().plus(TOKEN)) ? progress.token() : null;
        try {
            read(table, fields, token);
        } catch (FeishuRejectedException refused) {
            if (token == null) {
                throw refused;
            }
            // the token was too old
            read(table, fields, null);
        }
    }

    private void read(BitableTable table, PairSchema.Snapshot fields, String from) {
        if (from == null) {
            store.clearCandidates();
        }
        var token = from;
        do {
            var page = table.page(fields.tableId(), Priority.BULK, token);
            token = page.next();
            keep(fields, page.records(), token);
        } while (token != null);
    }

    private void keep(PairSchema.Snapshot fields, List<BitableTable.Remote> records, String next) {
        var linked = store
                .linksByRecords(records.stream().map(BitableTable.Remote::id).toList())
                .stream()
                .map(Link::recordId)
                .collect(Collectors.toSet());
        var free = records.stream()
                .filter(remote -> !linked.contains(remote.id()))
                .map(remote -> new SyncStore.Candidate(
                        remote.id(), fields.key(declaration.keyColumns(), remote), fields.syncId(remote)))
                .toList();
        store.saveCandidates(free, next, clock.instant());
    }
}
