package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.component.FeishuComponent;
import dev.camelfeishu.component.Spelling;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.tooling.model.ComponentModel;
import org.quartz.CronExpression;

/** The endpoints in a file: components, options and what the operations of {@code feishu:} need. */
final class EndpointRules {

    private static final String COMPONENTS = "/META-INF/services/org/apache/camel/component/";
    /** What a path may hold that the catalog would take for its own syntax. */
    private static final Set<String> FREE_PATH = Set.of("sql", "bean", "class", "jdbc", "quartz", "kamelet", "feishu");

    private final CamelContext scratch;
    private final Settings settings;
    private final Names names;
    private final CamelCatalog catalog = new DefaultCamelCatalog();

    EndpointRules(CamelContext scratch, Settings settings, Names names) {
        this.scratch = scratch;
        this.settings = settings;
        this.names = names;
        catalog.addComponent(
                "feishu", FeishuComponent.class.getName(), packed("/META-INF/dev/camelfeishu/component/feishu.json"));
        catalog.setSuggestionStrategy((known, unknown) ->
                Spelling.near(unknown, known).map(near -> new String[] {near}).orElseGet(() -> new String[0]));
    }

    private static String packed(String resource) {
        try (InputStream in = EndpointRules.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the component's description " + resource + " cannot be read", e);
        }
    }

    void check(RouteFile file, Consumer<Finding> findings) {
        for (RouteFile.Endpoint endpoint : file.endpoints()) {
            List<Finding> found = new ArrayList<>();
            check(file, endpoint, found);
            found.forEach(findings);
        }
    }

    private void check(RouteFile file, RouteFile.Endpoint endpoint, List<Finding> found) {
        Yaml yaml = file.yaml();
        String scheme = endpoint.scheme();
        if (scheme.contains("{{") || scheme.contains("${") || endpoint.uri().startsWith("ref:")) {
            return;
        }
        if (!endpoint.query().isEmpty() && !endpoint.options().isEmpty()) {
            found.add(yaml.finding(
                    endpoint.place(),
                    Rule.OPTIONS_TWICE,
                    "The endpoint has options in its uri and under parameters",
                    "Move those behind the question mark under parameters."));
            return;
        }
        if (!exists(scheme)) {
            found.add(unknown(yaml, endpoint, scheme));
            return;
        }
        options(yaml, endpoint, found);
        if (scheme.equals("kamelet")) {
            kamelet(yaml, endpoint, found);
        }
        if (scheme.equals("feishu") && found.isEmpty() && !file.isKamelet() && !endpoint.isComputed()) {
            feishu(yaml, endpoint, found);
        }
    }

    private static boolean exists(String scheme) {
        return !scheme.isEmpty()
                && scheme.matches("[A-Za-z0-9+.-]+")
                && EndpointRules.class.getResource(COMPONENTS + scheme) != null;
    }

    private Finding unknown(Yaml yaml, RouteFile.Endpoint endpoint, String scheme) {
        if (catalog.findComponentNames().contains(scheme)) {
            ComponentModel model = catalog.componentModel(scheme);
            return yaml.finding(
                    endpoint.place(),
                    Rule.UNKNOWN_COMPONENT,
                    "Camel's component " + scheme + " is not part of this application",
                    "Add " + model.getGroupId() + ":" + model.getArtifactId() + " to pom.xml and build again.");
        }
        Set<String> here = new TreeSet<>(catalog.findComponentNames());
        here.removeIf(name -> !exists(name));
        return yaml.finding(
                endpoint.place(),
                Rule.UNKNOWN_COMPONENT,
                "There is no component " + scheme,
                Spelling.near(scheme, here)
                        .map(near -> "Did you mean " + near + "?")
                        .orElse("There are: " + String.join(", ", here) + "."));
    }

    private void options(Yaml yaml, RouteFile.Endpoint endpoint, List<Finding> found) {
        String scheme = endpoint.scheme();
        if (!catalog.findComponentNames().contains(scheme) || scheme.equals("kamelet")) {
            return;
        }
        Map<String, String> options = new LinkedHashMap<>(endpoint.allOptions());
        Set<String> known = new TreeSet<>();
        ComponentModel model = catalog.componentModel(scheme);
        model.getEndpointParameterOptions().forEach(option -> known.add(option.getName()));
        EndpointValidationResult result = catalog.validateEndpointProperties(uri(endpoint, options), false);
        if (result.getUnknown() != null) {
            for (String option : result.getUnknown()) {
                found.add(yaml.finding(
                        endpoint.placeOf(option),
                        Rule.UNKNOWN_OPTION,
                        "The endpoint " + shown(endpoint) + " has no option " + option,
                        Spelling.near(option, known)
                                .map(near -> "Did you mean " + near + "?")
                                .orElse("There are: " + String.join(", ", known) + ".")));
            }
        }
        wrong(
                yaml,
                endpoint,
                result.getInvalidEnum(),
                option -> "one of "
                        + String.join(", ", result.getInvalidEnumChoices().get(option)),
                found);
        wrong(yaml, endpoint, result.getInvalidBoolean(), option -> "true or false", found);
        wrong(yaml, endpoint, result.getInvalidInteger(), option -> "a whole number", found);
        wrong(yaml, endpoint, result.getInvalidNumber(), option -> "a number", found);
        wrong(yaml, endpoint, result.getInvalidDuration(), option -> "a duration such as 5s, 10m or 1h", found);
        if (scheme.equals("quartz") && options.containsKey("cron")) {
            cron(yaml, endpoint, options.get("cron"), found);
        }
        if (result.getRequired() != null && !FREE_PATH.contains(scheme)) {
            for (String option : result.getRequired()) {
                found.add(yaml.finding(
                        endpoint.place(),
                        Rule.MISSING_OPTION,
                        "The endpoint " + shown(endpoint) + " lacks " + option,
                        "Add it: " + model.getSyntax() + "."));
            }
        }
    }

    private void cron(Yaml yaml, RouteFile.Endpoint endpoint, String written, List<Finding> found) {
        if (!declared(written)) {
            return;
        }
        String cron = scratch.resolvePropertyPlaceholders(written).replace('+', ' ');
        try {
            CronExpression.validateExpression(cron);
        } catch (ParseException e) {
            found.add(yaml.finding(
                    endpoint.placeOf("cron"),
                    Rule.OPTION_VALUE,
                    "The schedule " + cron + " of " + shown(endpoint) + " is no Quartz cron: "
                            + Linter.withoutStop(e.getMessage()),
                    "Write second, minute, hour, day of month, month, day of week, such as 0 0 9 ? * MON-FRI."));
        }
    }

    private static void wrong(
            Yaml yaml,
            RouteFile.Endpoint endpoint,
            Map<String, String> values,
            java.util.function.UnaryOperator<String> wanted,
            List<Finding> found) {
        if (values == null) {
            return;
        }
        values.forEach((option, value) -> found.add(yaml.finding(
                endpoint.placeOf(option),
                Rule.OPTION_VALUE,
                "The option " + option + " of " + shown(endpoint) + " is " + value,
                "Write " + wanted.apply(option) + ".")));
    }

    /** For messages: without what may be long. */
    static String shown(RouteFile.Endpoint endpoint) {
        return endpoint.scheme().equals("sql") ? "sql" : endpoint.scheme() + ":" + endpoint.path();
    }

    private static String uri(RouteFile.Endpoint endpoint, Map<String, String> options) {
        String path = FREE_PATH.contains(endpoint.scheme()) ? "x" : endpoint.path();
        if (endpoint.scheme().equals("feishu")) {
            path = endpoint.path().isEmpty() ? "" : group(endpoint) + "/x";
        }
        StringBuilder uri = new StringBuilder(endpoint.scheme()).append(':').append(path);
        char separator = '?';
        for (Map.Entry<String, String> option : options.entrySet()) {
            String value = option.getValue();
            uri.append(separator).append(option.getKey()).append('=');
            // placeholders and beans are taken as they are
            uri.append(value.contains("{{") || value.startsWith("#") ? value.replace(" ", "") : encoded(value));
            separator = '&';
        }
        return uri.toString();
    }

    private static String group(RouteFile.Endpoint endpoint) {
        int slash = endpoint.path().indexOf('/');
        return slash < 0 ? endpoint.path() : endpoint.path().substring(0, slash);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private void kamelet(Yaml yaml, RouteFile.Endpoint endpoint, List<Finding> found) {
        String name = endpoint.path().split("/")[0];
        if (name.equals("source") || name.equals("sink") || name.contains("{{")) {
            return;
        }
        JsonNode definition = names.kamelets().get(name);
        if (definition == null) {
            if (!names.templates().contains(name)) {
                found.add(yaml.finding(
                        endpoint.place(),
                        Rule.KAMELET,
                        "There is no kamelet " + name,
                        Spelling.near(name, names.kamelets().keySet())
                                .map(near -> "Did you mean " + near + "?")
                                .orElse("Those there are lie in routes/_shared/kamelets.")));
            }
            return;
        }
        List<String> properties = new ArrayList<>(Names.keys(definition.path("properties")));
        properties.add("routeId");
        Map<String, String> given = endpoint.allOptions();
        for (String option : given.keySet()) {
            if (!properties.contains(option)) {
                found.add(yaml.finding(
                        endpoint.placeOf(option),
                        Rule.KAMELET,
                        "The kamelet " + name + " has no property " + option,
                        Spelling.near(option, properties)
                                .map(near -> "Did you mean " + near + "?")
                                .orElse("There are: " + String.join(", ", properties) + ".")));
            }
        }
        definition.path("required").forEach(required -> {
            boolean inPath =
                    required.asText().equals("routeId") && endpoint.path().contains("/");
            if (!given.containsKey(required.asText()) && !inPath) {
                found.add(yaml.finding(
                        endpoint.place(),
                        Rule.KAMELET,
                        "The kamelet " + name + " lacks its property " + required.asText(),
                        "Add it under parameters."));
            }
        });
    }

    /** The component itself says what it would say when the route starts. */
    private void feishu(Yaml yaml, RouteFile.Endpoint endpoint, List<Finding> found) {
        StringBuilder uri = new StringBuilder("feishu:").append(endpoint.path());
        char separator = '?';
        for (Map.Entry<String, String> option : endpoint.allOptions().entrySet()) {
            if (!declared(option.getValue())) {
                // said once, as the placeholder's own mistake
                return;
            }
            uri.append(separator)
                    .append(option.getKey())
                    .append("=RAW(")
                    .append(option.getValue())
                    .append(')');
            separator = '&';
        }
        if (!declared(endpoint.path())) {
            return;
        }
        try {
            Endpoint built = scratch.getEndpoint(uri.toString());
            if (endpoint.takes()) {
                built.createConsumer(exchange -> {});
            } else {
                built.createProducer();
            }
        } catch (Exception e) {
            // the list of all there are is on the component's page
            String reason = Refusal.reason(e).replaceFirst("(Did you mean [^?]+\\?).*", "$1");
            int mend = reason.indexOf(". ");
            String cause = mend < 0 ? Linter.withoutStop(reason) : reason.substring(0, mend);
            String place = endpoint.options().keySet().stream()
                    .filter(option -> cause.matches(".*\\boption (param\\.)?"
                            + java.util.regex.Pattern.quote(option.replaceFirst("^param\\.", "")) + "\\b.*"))
                    .findFirst()
                    .map(endpoint::placeOf)
                    .orElse(endpoint.place());
            found.add(yaml.finding(place, Rule.FEISHU, cause, mend < 0 ? mendOf(cause) : reason.substring(mend + 2)));
        }
    }

    private String mendOf(String cause) {
        if (cause.contains(" needs the option ")) {
            return "Add it under parameters.";
        }
        if (cause.contains("config/cards has none")) {
            return "Correct the name, or add the card to config/cards.";
        }
        if (cause.contains("config/texts has none")) {
            return "Correct the key, or add the text to every file of config/texts.";
        }
        if (cause.contains("config/pairs declares none")) {
            return "Correct the name, or declare the pair in config/pairs.";
        }
        return "See its page in docs/feishu-component.md.";
    }

    private boolean declared(String text) {
        var placeholder = HouseRules.PLACEHOLDER.matcher(text);
        while (placeholder.find()) {
            String key = placeholder.group(1);
            if (key.indexOf(':') < 0 && !key.startsWith("?") && !settings.declares(key)) {
                return false;
            }
        }
        return true;
    }
}
