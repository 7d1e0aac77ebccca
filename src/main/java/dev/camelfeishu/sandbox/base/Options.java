package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The options of a select field in their order. Names may repeat; the first one counts. */
final class Options {
    static final Options NONE = new Options(List.of());

    private final List<Option> list;
    private final Map<String, Option> byId = new HashMap<>();
    private final Map<String, Option> byName = new HashMap<>();
    private final Map<String, Integer> places = new HashMap<>();

    Options(List<Option> list) {
        this.list = List.copyOf(list);
        for (Option option : list) {
            places.put(option.id(), byId.size());
            byId.put(option.id(), option);
            byName.putIfAbsent(option.name(), option);
        }
    }

    List<Option> list() {
        return list;
    }

    /** The option, or null. */
    Option withId(String id) {
        return byId.get(id);
    }

    /** The option, or null. */
    Option named(String name) {
        return byName.get(name);
    }

    /** Its place in the order, the last for an unknown one. */
    int place(String id) {
        return places.getOrDefault(id, list.size());
    }

    Options with(Option option) {
        List<Option> more = new ArrayList<>(list);
        more.add(option);
        return new Options(more);
    }

    ArrayNode json() {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        list.forEach(
                o -> array.addObject().put("id", o.id()).put("name", o.name()).put("color", o.color()));
        return array;
    }
}
