package dev.camelfeishu.ops.console;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * One page of a list and the addresses of its neighbours, with the filter kept.
 *
 * @param next null on the last page
 * @param previous null on the first
 * @param first and last: counted from 1; both 0 when the list is empty
 */
public record Paging(long first, long last, long total, String previous, String next) {

    static final int SIZE = 50;

    /** @param page begins at 0 */
    static Paging of(String path, Map<String, String> filter, int page, int items, long total) {
        long before = (long) page * SIZE;
        return new Paging(
                items == 0 ? 0 : before + 1,
                before + items,
                total,
                page == 0 ? null : address(path, filter, Map.of("page", Integer.toString(page - 1))),
                before + items >= total ? null : address(path, filter, Map.of("page", Integer.toString(page + 1))));
    }

    record Part<T>(List<T> items, Paging paging) {}

    /** The items of one page of a list that is in memory. */
    static <T> Part<T> part(List<T> all, String path, Map<String, String> filter, int page) {
        int number = within(page);
        List<T> items = all.stream().skip((long) number * SIZE).limit(SIZE).toList();
        return new Part<>(items, of(path, filter, number, items.size(), all.size()));
    }

    /** Of a list whose whole number nobody counts. */
    static Paging open(String path, Map<String, String> filter, boolean begins, int items, Long next) {
        return new Paging(
                items == 0 ? 0 : 1,
                items,
                -1,
                begins ? null : address(path, filter, Map.of()),
                next == null ? null : address(path, filter, Map.of("before", next.toString())));
    }

    static int within(int page) {
        return Math.max(0, Math.min(page, 1_000_000));
    }

    static String address(String path, Map<String, String> filter, Map<String, String> more) {
        UriComponentsBuilder address = UriComponentsBuilder.fromPath(path);
        Map<String, String> values = new LinkedHashMap<>(filter);
        values.putAll(more);
        values.values().removeIf(value -> value == null || value.isEmpty());
        values.keySet().forEach(name -> address.queryParam(name, "{" + name + "}"));
        return address.encode().buildAndExpand(values).toUriString();
    }
}
