package dev.camelfeishu.ops;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What an operator may ask of the pairs of SQL rows and Bitable records. */
public interface PairOperations {

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
}
