package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.camelfeishu.component.Spelling;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A JSON schema that YAML files are checked with: Camel's own for its YAML DSL, or one of ours. */
final class DslSchema {

    /** Fields that stand one level too far to the left. */
    private static final Set<String> BELONG_ABOVE =
            Set.of("parameters", "uri", "steps", "when", "otherwise", "expression");

    private static final String ROUTE_TESTS = "/routes/_shared/route-test.schema.json";
    private static final String YAML_DSL = "/schema/camelYamlDsl.json";

    private final JsonNode source;
    private final JsonSchema schema;

    private DslSchema(String resource) {
        try (InputStream in = DslSchema.class.getResourceAsStream(resource)) {
            this.source = new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the schema " + resource + " cannot be read", e);
        }
        this.schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
                .getSchema(
                        source,
                        SchemaValidatorsConfig.builder()
                                .pathType(PathType.JSON_POINTER)
                                // Camel's schema refers to itself: made beforehand, every way into it takes 260 MB and
                                // seconds
                                .preloadJsonSchema(false)
                                .build());
    }

    static DslSchema ofRouteTests() {
        return new DslSchema(ROUTE_TESTS);
    }

    static DslSchema ofRoutes() {
        return new DslSchema(YAML_DSL);
    }

    /** @param around place in the file of what is checked */
    List<Finding> check(Yaml yaml, JsonNode tree, String around) {
        Set<ValidationMessage> messages = schema.validate(tree);
        Set<String> seen = new HashSet<>();
        List<Finding> findings = new ArrayList<>();
        for (ValidationMessage message : messages) {
            String place = message.getInstanceLocation().toString();
            // what Camel reads as text may be written as a number or a switch, and the other way round
            JsonNode value = tree.at(place);
            String rule = message.getEvaluationPath().toString();
            if ((rule.contains("/oneOf/") || rule.contains("/anyOf/"))
                    && (message.getType().equals("required")
                            || message.getType().equals("type") && value.isValueNode())) {
                // one of several shapes, of which another may be meant
                continue;
            }
            Optional<Finding> finding = switch (message.getType()) {
                case "additionalProperties" -> unknown(yaml, around + place, message, tree.at(place));
                case "required" -> missing(yaml, around + place, message);
                case "type" ->
                    value.isContainerNode()
                            ? Optional.of(yaml.finding(
                                    around + place,
                                    Rule.SHAPE,
                                    "Here stands a " + (value.isArray() ? "list" : "map") + " where a "
                                            + expected(message) + " is wanted",
                                    "Correct the indentation or the dashes."))
                            : wantsContainer(message)
                                    ? Optional.of(yaml.finding(
                                            around + place,
                                            Rule.SHAPE,
                                            "Here stands a value where a " + expected(message) + " is wanted",
                                            "Correct the indentation or the dashes."))
                                    : Optional.empty();
                case "maxProperties" ->
                    Optional.of(yaml.finding(
                            around + place,
                            Rule.SHAPE,
                            "One dash begins several things: " + names(tree.at(place)),
                            "Give each a dash of its own."));
                case "enum" ->
                    Optional.of(yaml.finding(
                            around + place,
                            Rule.OPTION_VALUE,
                            value.asText() + " is none of the values of " + place.substring(place.lastIndexOf('/') + 1),
                            choices(message)));
                default -> Optional.empty();
            };
            finding.filter(found -> seen.add(found.toString())).ifPresent(findings::add);
        }
        return withoutEchoes(findings);
    }

    /** A choice between shapes reports each shape that was not meant: what is no field is the mistake. */
    private static List<Finding> withoutEchoes(List<Finding> findings) {
        boolean unknown = findings.stream().anyMatch(finding -> finding.rule() == Rule.UNKNOWN_FIELD);
        return findings.stream()
                .filter(finding -> !unknown
                        || finding.rule() == Rule.UNKNOWN_FIELD
                        || findings.stream()
                                .noneMatch(other -> other.rule() == Rule.UNKNOWN_FIELD
                                        && Math.abs(other.line() - finding.line()) <= 3))
                .toList();
    }

    private Optional<Finding> unknown(Yaml yaml, String place, ValidationMessage message, JsonNode value) {
        String field = message.getProperty();
        JsonNode known = message.getSchemaNode() == null ? null : around(message);
        Set<String> names = new TreeSet<>();
        if (known != null) {
            known.path("properties").fieldNames().forEachRemaining(names::add);
        }
        String where = place.isEmpty() || place.matches("/\\d+") ? "the file" : name(place);
        String mend = BELONG_ABOVE.contains(field)
                ? "It belongs to the step above: indent it below that step's name."
                : Spelling.near(field, names)
                        .map(near -> "Did you mean " + near + "?")
                        .orElseGet(() -> names.size() > 0 && names.size() <= 12
                                ? "There are: " + String.join(", ", names) + "."
                                : "See the steps and fields of Camel's YAML DSL, and look at the indentation.");
        return Optional.of(yaml.finding(
                place + "/" + field,
                Rule.UNKNOWN_FIELD,
                names.contains("to") || names.contains("route")
                        ? field + " is no " + (names.contains("route") ? "part of a route file" : "step")
                        : "There is no field " + field + " in " + where,
                mend));
    }

    /** The schema node that forbids other fields. */
    private JsonNode around(ValidationMessage message) {
        String location = message.getSchemaLocation().getFragment().toString();
        int end = location.lastIndexOf('/');
        return source.at(end < 0 ? "" : location.substring(0, end));
    }

    private static Optional<Finding> missing(Yaml yaml, String place, ValidationMessage message) {
        return Optional.of(yaml.finding(
                place,
                Rule.MISSING_FIELD,
                name(place) + " has no " + message.getProperty(),
                "Add " + message.getProperty() + ", indented below it."));
    }

    /** The last name in a place. */
    private static String name(String place) {
        String[] parts = place.split("/");
        for (int i = parts.length - 1; i > 0; i--) {
            if (!parts[i].matches("\\d+")) {
                return parts[i];
            }
        }
        return "The file";
    }

    private static String expected(ValidationMessage message) {
        String type = message.getArguments().length > 1 ? String.valueOf(message.getArguments()[1]) : "";
        return type.contains("array") ? "list" : type.contains("object") ? "map" : "value";
    }

    private static boolean wantsContainer(ValidationMessage message) {
        return !expected(message).equals("value");
    }

    private static String names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return String.join(", ", names);
    }

    private static String choices(ValidationMessage message) {
        JsonNode node = message.getSchemaNode();
        if (node == null || !node.isArray()) {
            return "See Camel's YAML DSL.";
        }
        List<String> values = new ArrayList<>();
        node.forEach(value -> values.add(value.asText()));
        return "There are: " + values.stream().collect(Collectors.joining(", ")) + ".";
    }
}
