package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * How a pair stands, with what a person should mend.
 *
 * @param tableId null until the first link is done
 * @param undecided conflicts that wait for a person
 * @param waiting rows and records that are marked and not yet worked on
 * @param lagSeconds age of the oldest of those, 0 when there is none
 * @param problems one sentence each
 * @param firstLink how far the first link is
 */
public record PairState(
        String name,
        @JsonProperty("table_id") String tableId,
        @JsonUnwrapped PairStatus status,
        long undecided,
        long waiting,
        @JsonProperty("lag_seconds") long lagSeconds,
        List<String> problems,
        @JsonProperty("first_link") FirstLink firstLink) {

    public PairState {
        problems = List.copyOf(problems);
    }
}
