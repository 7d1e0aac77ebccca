package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML file as a tree whose every place knows its line. A place is a JSON pointer. */
public final class Yaml {

    private static final Pattern TAB = Pattern.compile("(?m)^ *\\t");

    private final String file;
    private final Map<String, Integer> lines = new HashMap<>();
    private JsonNode root = MissingNode.getInstance();

    private Yaml(String file) {
        this.file = file;
    }

    /** Reads a file; what is wrong goes to the findings, and then there may be nothing to read. */
    public static Optional<Yaml> read(SourceFile source, Consumer<Finding> findings) {
        var tab = TAB.matcher(source.text());
        if (tab.find()) {
            int line = (int) source.text().substring(0, tab.end()).lines().count();
            findings.accept(new Finding(
                    source.name(),
                    line,
                    Rule.TAB,
                    "The line is indented by a tab",
                    "Write spaces, two for each level."));
            return Optional.empty();
        }
        Yaml yaml = new Yaml(source.name());
        try {
            var settings = LoadSettings.builder().setLabel(source.name()).build();
            for (Node document : new Compose(settings).composeAllFromString(source.text())) {
                yaml.root = yaml.tree(document, "", findings);
            }
            return Optional.of(yaml);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark()
                    .or(e::getContextMark)
                    .map(mark -> mark.getLine() + 1)
                    .orElse(1);
            findings.accept(
                    new Finding(source.name(), line, Rule.YAML_SYNTAX, "This is not YAML: " + problem(e), mend(e)));
        } catch (YamlEngineException e) {
            findings.accept(new Finding(
                    source.name(), 1, Rule.YAML_SYNTAX, "This is not YAML: " + e.getMessage(), "Correct the file."));
        }
        return Optional.empty();
    }

    private static String problem(MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem());
        return e.getContext() == null ? problem : e.getContext() + ", " + problem;
    }

    private static String mend(MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem());
        if (problem.contains("mapping values are not allowed")) {
            return "Put a text that contains a colon in quotes, or correct the indentation.";
        }
        if (problem.contains("block end") || problem.contains("block mapping")) {
            return "Correct the indentation of this line: it fits none of the lines above.";
        }
        if (problem.contains("cannot start any token")) {
            return "Put a text that begins with this character in quotes.";
        }
        return "Correct this line or the one above: quotes, brackets and indentation.";
    }

    private JsonNode tree(Node node, String place, Consumer<Finding> findings) {
        lines.putIfAbsent(place, line(node));
        if (node instanceof MappingNode mapping) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (NodeTuple entry : mapping.getValue()) {
                String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                String child = place + "/" + key.replace("~", "~0").replace("/", "~1");
                int line = line(entry.getKeyNode());
                if (object.has(key)) {
                    findings.accept(new Finding(
                            file,
                            line,
                            Rule.DUPLICATE_KEY,
                            "The key " + key + " stands here a second time, first in line " + lines.get(child),
                            "Keep one of the two."));
                }
                lines.put(child, line);
                object.set(key, tree(entry.getValueNode(), child, findings));
            }
            return object;
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            for (Node item : sequence.getValue()) {
                array.add(tree(item, place + "/" + array.size(), findings));
            }
            return array;
        }
        return scalar((ScalarNode) node);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static JsonNode scalar(ScalarNode scalar) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        String value = scalar.getValue();
        if (scalar.getTag().equals(Tag.NULL)) {
            return json.nullNode();
        }
        if (scalar.getTag().equals(Tag.BOOL)) {
            return json.booleanNode(Boolean.parseBoolean(value));
        }
        if (scalar.getTag().equals(Tag.INT) && value.length() < 18) {
            try {
                return json.numberNode(Long.parseLong(value));
            } catch (NumberFormatException e) {
                // such as 0x1f
                return json.textNode(value);
            }
        }
        if (scalar.getTag().equals(Tag.FLOAT)) {
            try {
                return json.numberNode(new java.math.BigDecimal(value));
            } catch (NumberFormatException e) {
                // such as .inf
                return json.textNode(value);
            }
        }
        return json.textNode(value);
    }

    /** Its last document. */
    public JsonNode root() {
        return root;
    }

    public String file() {
        return file;
    }

    /** The line of a place, or of the nearest one around it. */
    public int line(String place) {
        for (String at = place; ; at = at.substring(0, at.lastIndexOf('/'))) {
            Integer line = lines.get(at);
            if (line != null || at.isEmpty()) {
                return line == null ? 1 : line;
            }
        }
    }

    Finding finding(String place, Rule rule, String cause, String mend) {
        return new Finding(file, line(place), rule, cause, mend);
    }

    /** Where each member of these names is, anywhere below. */
    List<String> placesOf(String member) {
        return lines.keySet().stream()
                .filter(place -> place.endsWith("/" + member))
                .sorted()
                .toList();
    }
}
