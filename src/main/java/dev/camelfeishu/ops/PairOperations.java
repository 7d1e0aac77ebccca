package dev.camelfeishu.ops;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What an operator may ask of the pairs of SQL rows and Bitable records. */
public interface PairOperations {

    /**
     * {@code {"items":[{"name","table_id","linked",…,"waiting","lag_seconds","problems":["a sentence"],
     * "first_link":{"state":"WAITING|RUNNING|DONE","rows","linked","preview"}}],"total"}}.
     */
    JsonNode list();

    /** One item of {@link #list}, empty when there is no pair of that name. */
    Optional<JsonNode> state(String name);

    /** {@code {"items":[{"key","record_id","code","reason","since"}],"total"}}, empty when there is no pair of that name. */
    Optional<JsonNode> parked(String name, int page, int size);

    /**
     * Gives parked rows another try: those of the key, of the record, or all. Answers {@code {"marked"}}, empty when there is
     * no pair of that name.
     *
     * @param key or null
     * @param recordId or null
     */
    Optional<JsonNode> retryParked(String name, String key, String recordId);

    /**
     * Conflicts that wait for a person: {@code {"items":[{"id","key","record_id","field","sql","bitable","since","take"}],
     * "total"}}, empty when there is no pair of that name.
     */
    Optional<JsonNode> conflicts(String name, int page, int size);

    /**
     * Decides a conflict and answers it; empty when there is no such pair or conflict, or its values have changed.
     *
     * @param take {@code sql}, {@code bitable} or {@code value}
     * @param value with {@code value}: what both sides get, null for empty
     * @throws dev.camelfeishu.sync.DecisionRefusedException when the field cannot hold the value
     */
    Optional<JsonNode> decide(String name, long id, String take, String value, String by);

    /** {@code {"items":[{"key","record_id","values"}],"total"}}, empty when there is no pair of that name. */
    Optional<JsonNode> deletes(String name, int page, int size);

    /**
     * Overwritten values, the latest first: {@code {"items":[{"id","key","field","side","losing","winning","why","at"}],
     * "total"}}; empty when there is no pair of that name.
     *
     * @param key of one row, or null for all
     */
    Optional<JsonNode> journal(String name, String key, int page, int size);

    /**
     * Brings an overwritten value back and answers its entry, empty when there is no such pair or entry.
     *
     * @throws dev.camelfeishu.sync.UndoRefusedException when another value stands there by now, or the sync would take it away
     *     again
     */
    Optional<JsonNode> undo(String name, long id);

    /**
     * {@code {"linked","parked","conflicts","pending_deletes","divergent","last_verify"}}, empty when there is no pair of
     * that name.
     */
    Optional<JsonNode> status(String name);

    /**
     * Decides about the deletions that wait for a person: carries them out, or keeps the records. Answers {@code {"keys":[…]}},
     * empty when there is no pair of that name.
     */
    Optional<JsonNode> decideDeletes(String name, boolean approve);

    /** Compares both sides in full and answers the report, empty when there is no pair of that name. */
    Optional<JsonNode> verify(String name);

    /**
     * Finds out what the first link would do, or what is left of it, and writes nothing: {@code {"at","makes","rows","records",
     * "linked","link","create","insert","left_alone","fill_bitable","fill_sql","overwrite_bitable","overwrite_sql","conflicts",
     * "unwritable","calls","minutes","monthly_share","samples":[{"key","column","side","losing","winning"}]}}; empty when there
     * is no pair of that name.
     */
    Optional<JsonNode> dryRun(String name);

    /** Lets a first link begin that waits for a person; answers the state, empty when there is no pair of that name. */
    Optional<JsonNode> start(String name);

    /** Figures of the full comparisons, the latest first: {@code {"items","total"}}; empty when there is no pair of that name. */
    Optional<JsonNode> reports(String name, int page, int size);

    /**
     * {@code {"id","digest","intact","chained","signed","key","signature","text","report"}}, empty when there is no such pair or
     * report.
     */
    Optional<JsonNode> report(String name, long id);

    /**
     * The SQL with which a DBA lets triggers note what changes in the pair's table, empty when there is no pair of that name.
     *
     * @throws IllegalStateException when the ERP's database has no such triggers
     */
    Optional<String> captureSql(String name);
}
