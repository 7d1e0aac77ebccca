package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The properties of an object: which it needs, which it may have, of which groups it needs one. Immutable; each method
 * answers a copy.
 *
 * @param open whether properties that are not listed are let pass
 */
record Fields(Map<String, Shape> required, Map<String, Shape> allowed, List<List<String>> oneOf, boolean open)
        implements Shape {

    static Fields of() {
        return new Fields(Map.of(), Map.of(), List.of(), false);
    }

    Fields needs(String name, Shape shape) {
        return new Fields(with(required, name, shape), allowed, oneOf, open);
    }

    Fields may(String name, Shape shape) {
        return new Fields(required, with(allowed, name, shape), oneOf, open);
    }

    Fields may(Fields others) {
        var all = new LinkedHashMap<>(allowed);
        all.putAll(others.required);
        all.putAll(others.allowed);
        return new Fields(required, all, oneOf, open);
    }

    Fields needsOneOf(String... names) {
        var groups = new ArrayList<>(oneOf);
        groups.add(List.of(names));
        return new Fields(required, allowed, groups, open);
    }

    Fields letPass() {
        return new Fields(required, allowed, oneOf, true);
    }

    @Override
    public void check(JsonNode value, Spot spot) {
        if (!value.isObject()) {
            spot.fault("is not an object");
            return;
        }
        required.keySet().stream().filter(name -> !value.has(name)).forEach(name -> spot.fault("needs '" + name + "'"));
        oneOf.stream()
                .filter(group -> group.stream().noneMatch(value::has))
                .forEach(group -> spot.fault("needs one of " + group));
        value.properties().forEach(property -> {
            String name = property.getKey();
            Shape shape = required.getOrDefault(name, allowed.get(name));
            Spot at = spot.property(name);
            if (shape != null) {
                shape.check(property.getValue(), at);
            } else if (!open && !spot.schema().ignoresUnknown()) {
                at.fault("is no property here; known are " + known());
            }
        });
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = Shape.type("object");
        ObjectNode properties = schema.putObject("properties");
        required.forEach((name, shape) -> properties.set(name, shape.schema()));
        allowed.forEach((name, shape) -> {
            if (!required.containsKey(name)) {
                properties.set(name, shape.schema());
            }
        });
        if (!required.isEmpty()) {
            required.keySet().forEach(schema.putArray("required")::add);
        }
        schema.put("additionalProperties", open);
        if (!oneOf.isEmpty()) {
            var groups = schema.putArray("allOf");
            oneOf.forEach(group -> {
                var any = groups.addObject().putArray("anyOf");
                group.forEach(name -> any.addObject().putArray("required").add(name));
            });
        }
        return schema;
    }

    private TreeSet<String> known() {
        var names = new TreeSet<>(required.keySet());
        names.addAll(allowed.keySet());
        return names;
    }

    private static Map<String, Shape> with(Map<String, Shape> shapes, String name, Shape shape) {
        var more = new LinkedHashMap<>(shapes);
        more.put(name, shape);
        return more;
    }
}
