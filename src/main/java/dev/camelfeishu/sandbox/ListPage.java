package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which part of a list a call asks for. A page token holds the place and what was asked; it is refused when something else
 * is asked with it. Nothing is promised about entries that come and go between two pages.
 */
public record ListPage(int from, int size, int question) {
    /**
     * The page of the query parameters {@code page_size} and {@code page_token}.
     *
     * @param sizeCode the family's code for a wrong page size
     * @param tokenCode the family's code for a wrong page token
     */
    public static ListPage of(Call call, int otherwise, int most, int sizeCode, int tokenCode) {
        var asked = new TreeMap<>(call.query());
        asked.remove("page_token");
        asked.remove("page_size");
        int question = (call.path() + asked).hashCode();
        String size = call.query("page_size", Integer.toString(otherwise));
        if (!size.matches("[1-9]\\d{0,3}") || Integer.parseInt(size) > most) {
            throw new Denial(sizeCode, "page_size is 1 to " + most);
        }
        return new ListPage(from(call.query("page_token", ""), question, tokenCode), Integer.parseInt(size), question);
    }

    private static int from(String token, int question, int code) {
        if (token.isEmpty()) {
            return 0;
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).split(":", -1);
            if (parts.length == 2 && Integer.parseInt(parts[1]) == question && Integer.parseInt(parts[0]) > 0) {
                return Integer.parseInt(parts[0]);
            }
        } catch (IllegalArgumentException e) {
            throw new Denial(code, "page_token");
        }
        throw new Denial(code, "page_token belongs to another request");
    }

    /** The page: {@code has_more}, {@code page_token} and the entries under a name. */
    public <T> ObjectNode of(List<T> all, String name, Function<T, JsonNode> json) {
        int begin = Math.min(from, all.size());
        int end = Math.min(begin + size, all.size());
        boolean more = end < all.size();
        ObjectNode data = Json.object().put("has_more", more);
        data.put(
                "page_token",
                more
                        ? Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString((end + ":" + question).getBytes(StandardCharsets.UTF_8))
                        : "");
        ArrayNode items = data.putArray(name);
        all.subList(begin, end).forEach(entry -> items.add(json.apply(entry)));
        return data;
    }
}
