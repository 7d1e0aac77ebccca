package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Call;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/**
 * Which part of a list a call asks for. A token holds the place and what was asked, and is refused with 1254002 when
 * something else is asked with it. Nothing is promised about rows that come and go between two pages.
 */
record Page(int offset, int size, int question) {
    static Page of(Call call, int otherwise, int most, Object question) {
        int hash = question.hashCode();
        return new Page(offset(call.query("page_token", ""), hash), size(call, otherwise, most), hash);
    }

    private static int size(Call call, int otherwise, int most) {
        try {
            int size = Integer.parseInt(call.query("page_size", Integer.toString(otherwise)));
            if (size > 0 && size <= most) {
                return size;
            }
        } catch (NumberFormatException e) {
            throw new Denied(1254011, "page_size is an integer");
        }
        throw new Denied(1254011, "at most " + most);
    }

    private static int offset(String token, int question) {
        if (token.isEmpty()) {
            return 0;
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).split(":", -1);
            if (parts.length == 2 && Integer.parseInt(parts[1]) == question && Integer.parseInt(parts[0]) > 0) {
                return Integer.parseInt(parts[0]);
            }
        } catch (IllegalArgumentException e) {
            throw new Denied(1254002, "page_token");
        }
        throw new Denied(1254002, "page_token belongs to another request");
    }

    /** The page with {@code items}, {@code total}, {@code has_more} and, when there is more, {@code page_token}. */
    <T> ObjectNode of(List<T> all, Function<T, JsonNode> json) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        int from = Math.min(offset, all.size());
        int to = Math.min(from + size, all.size());
        ArrayNode items = data.putArray("items");
        all.subList(from, to).forEach(entry -> items.add(json.apply(entry)));
        data.put("has_more", to < all.size()).put("total", all.size());
        if (to < all.size()) {
            data.put("page_token", token(to));
        }
        return data;
    }

    private String token(int next) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((next + ":" + question).getBytes(StandardCharsets.UTF_8));
    }
}
