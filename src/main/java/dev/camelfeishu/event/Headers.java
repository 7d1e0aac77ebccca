package dev.camelfeishu.event;

import java.util.Map;
import java.util.TreeMap;

/** The headers of a request; their names do not tell upper from lower case. */
@FunctionalInterface
public interface Headers {

    Headers NONE = name -> null;

    /** The header's value, or null when it was not sent. */
    String first(String name);

    /** Over a map whose values are strings, whatever the case of its keys. */
    static Headers of(Map<String, ?> headers) {
        Map<String, Object> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byName.putAll(headers);
        return name -> byName.get(name) instanceof String value ? value : null;
    }
}
