package dev.camelfeishu.sync;

import java.util.Set;

/** What Feishu answers to a batch of records, by what is to be done. */
final class RecordCodes {

    /** A batch is refused for one of its rows: the row is found by halving. */
    static final Set<Integer> ROW_CODES = Set.of(
            1254007, 1254010, 1254015, 1254060, 1254061, 1254062, 1254063, 1254064, 1254065, 1254066, 1254067, 1254068,
            1254069, 1254070, 1254072, 1254074, 1254106, 1254130, 1254303);

    static final Set<Integer> RECORD_GONE = Set.of(1254006, 1254043);
    static final Set<Integer> TOO_LARGE = Set.of(1254002, 1254104, 1254607);
    static final Set<Integer> TOKEN_USED = Set.of(1255006, 1254608);

    static final Set<Integer> SCHEMA_CHANGED = Set.of(1254009, 1254024, 1254044, 1254045);

    private RecordCodes() {}
}
