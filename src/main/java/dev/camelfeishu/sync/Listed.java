package dev.camelfeishu.sync;

import java.util.List;

/**
 * A part of a list.
 *
 * @param total length of the whole list
 */
public record Listed<T>(List<T> items, long total) {

    public Listed {
        items = List.copyOf(items);
    }
}
