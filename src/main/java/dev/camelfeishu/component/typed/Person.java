package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Who.
 *
 * @param openId {@code ou_…}, one for each person and app
 * @param unionId {@code on_…}
 * @param userId of the tenant; "" unless the app may see employee ids
 */
public record Person(String openId, String unionId, String userId) {

    static Person of(JsonNode ids) {
        return new Person(
                ids.path("open_id").asText(""),
                ids.path("union_id").asText(""),
                ids.path("user_id").asText(""));
    }
}
