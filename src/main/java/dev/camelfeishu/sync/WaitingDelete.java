package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * A record whose row is gone, and whose deletion waits for a person.
 *
 * @param values what the record held at the last cycle, canonical, by column
 */
public record WaitingDelete(
        String key, @JsonProperty("record_id") String recordId, Map<String, String> values) {}
