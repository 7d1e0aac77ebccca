package dev.camelfeishu.sync;

import java.util.Collection;
import java.util.Map;

/** The rows of another pair: known once they are linked with a record. */
final class LinkedRows implements Directory {

    private final SyncStore store;
    private final String pair;

    /** @param pair name of the other pair */
    LinkedRows(SyncStore store, String pair) {
        this.store = store;
        this.pair = pair;
    }

    @Override
    public Map<String, String> ids(Collection<String> names) {
        return store.recordsOf(pair, names);
    }

    @Override
    public Map<String, String> names(Collection<String> ids) {
        return store.keysOf(pair, ids);
    }

    @Override
    public String unknown() {
        return "waits for its row of the pair " + pair;
    }

    @Override
    public String awaits() {
        return pair;
    }
}
