package dev.camelfeishu.sync;

import java.util.ArrayList;
import java.util.List;

/** A list in pieces of at most so many. */
final class Chunks {

    private Chunks() {}

    static <T> List<List<T>> of(List<T> all, int most) {
        var chunks = new ArrayList<List<T>>();
        for (var from = 0; from < all.size(); from += most) {
            chunks.add(all.subList(from, Math.min(all.size(), from + most)));
        }
        return chunks;
    }
}
