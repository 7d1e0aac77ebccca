package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A row or a record that is left alone until its reason goes away.
 *
 * @param key of the row; null when the record tells none
 * @param recordId null when the row has no record
 * @param code Feishu's code, if it was Feishu that refused it, or null
 * @param since when it was last found so
 */
public record ParkedRow(
        String key, @JsonProperty("record_id") String recordId, Integer code, String reason, Instant since) {}
