package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * A page of a list whose items have a place in an order.
 *
 * @param size how many items it has at most
 * @param after the place of the last item of the page before, or null for the first page
 */
record Paging(int size, Long after) {
    /** @throws dev.camelfeishu.sandbox.Refusal 230001 for a size that is not from 1 to {@code most}, and for a bad token */
    static Paging of(Call call, int size, int most) {
        long asked = number(call, "page_size", size);
        if (asked < 1 || asked > most) {
            throw Content.invalid("page_size must be from 1 to " + most);
        }
        return new Paging(
                (int) asked,
                call.query("page_token", null) == null ? null : Long.valueOf(number(call, "page_token", 0)));
    }

    /** A number of the query. */
    static long number(Call call, String name, long otherwise) {
        String value = call.query(name, null);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("\\d{1,15}")) {
            throw Content.invalid(name + " is not a number");
        }
        return Long.parseLong(value);
    }

    /** Where the page begins in ascending order. */
    long begin() {
        return after == null ? 0 : after;
    }

    /** {@code {"items","has_more","page_token"}}, the last only when there is more. {@code found} has one item too many then. */
    <T> ObjectNode page(List<T> found, ToLongFunction<T> place, Function<T, ObjectNode> shown) {
        boolean more = found.size() > size;
        List<T> page = more ? found.subList(0, size) : found;
        ObjectNode data = Json.object();
        ArrayNode items = data.putArray("items");
        page.forEach(item -> items.add(shown.apply(item)));
        data.put("has_more", more);
        if (more) {
            data.put("page_token", Long.toString(place.applyAsLong(page.get(size - 1))));
        }
        return data;
    }
}
