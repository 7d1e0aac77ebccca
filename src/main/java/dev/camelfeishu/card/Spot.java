package dev.camelfeishu.card;

import java.util.ArrayList;
import java.util.List;

/**
 * A place in a card while it is checked.
 *
 * @param schema the version's table of tags
 * @param path such as {@code body.elements[2]}
 * @param containers the tags around it, outermost first
 */
record Spot(CardSchema schema, Findings findings, String path, List<String> containers) {

    static Spot root(CardSchema schema, Findings findings) {
        return new Spot(schema, findings, "", List.of());
    }

    Spot property(String name) {
        return new Spot(schema, findings, path.isEmpty() ? name : path + "." + name, containers);
    }

    Spot item(int index) {
        return new Spot(schema, findings, path + "[" + index + "]", containers);
    }

    Spot inside(String tag) {
        var around = new ArrayList<>(containers);
        around.add(tag);
        return new Spot(schema, findings, path, List.copyOf(around));
    }

    void fault(String message) {
        findings.add(new Fault(path, message));
    }
}
