package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.component.Spelling;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is allowed by Camel and not in this house, in one file. */
final class HouseRules {

    static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*([^{}]+?)\\s*}}");

    /** A value in SQL that is no bound parameter. */
    private static final Pattern CONCATENATED = Pattern.compile("(?<!:#)(?<!:\\?)\\$\\{");

    private static final Pattern SECRET_NAME = Pattern.compile(
            "(?i).*(password|passwd|secret|api[-_]?key|access[-_]?key|private[-_]?key|authorization|(^|[-_.a-z])token)");
    private static final List<Pattern> SECRET_TEXT = List.of(
            Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY"),
            Pattern.compile("(?i)\\bbearer\\s+[A-Za-z0-9._~+/-]{16,}"),
            Pattern.compile("://[^/\\s:@{}$]+:[^/\\s@{}$]+@"),
            Pattern.compile("/open-apis/bot/v2/hook/[0-9a-f-]{30,}"),
            Pattern.compile("\\b[tu]-[A-Za-z0-9_-]{30,}"),
            Pattern.compile("\\bAKIA[0-9A-Z]{16}\\b"));
    /** Names that look like a secret's and are those of documents and ids. */
    private static final Set<String> NOT_SECRET = Set.of(
            "app_token",
            "file_token",
            "pagetoken",
            "page_token",
            "node_token",
            "folder_token",
            "wiki_token",
            "obj_token",
            "orders.app-token");

    /** Routes that begin so are told of a failure by whoever sent, who keeps what failed or hears of it. */
    private static final Set<String> ANSWERED =
            Set.of("direct", "kamelet", "platform-http", "rest", "netty-http", "rest-openapi");

    private final RouteFile file;
    private final Yaml yaml;
    private final Names names;
    private final Settings settings;

    HouseRules(RouteFile file, Names names, Settings settings) {
        this.file = file;
        this.yaml = file.yaml();
        this.names = names;
        this.settings = settings;
    }

    void check(Consumer<Finding> findings) {
        placeholders(findings);
        secrets(findings);
        beans(findings);
        delays(findings);
        sql(findings);
        for (RouteFile.Route route : file.routes()) {
            route(route, findings);
        }
    }

    private void route(RouteFile.Route route, Consumer<Finding> findings) {
        if (route.id().isBlank()) {
            findings.accept(yaml.finding(
                    route.place(),
                    Rule.ROUTE_ID,
                    "The route has no id",
                    "Add id: and a name of the business, under which logs, health and dead letters show it."));
        }
        JsonNode definition = route.definition();
        String policy = definition.path("routeConfigurationId").asText();
        for (String named : policy.split(",")) {
            if (!named.isBlank()
                    && !named.contains("*")
                    && !names.configurations().contains(named.strip())) {
                findings.accept(yaml.finding(
                        route.place() + "/routeConfigurationId",
                        Rule.ERROR_POLICY,
                        "There is no route configuration " + named.strip(),
                        didYouMean(named.strip(), names.configurations())));
            }
        }
        JsonNode uri = definition.at("/from/uri");
        String from = uri.isTextual() ? uri.asText() : definition.path("from").asText();
        String scheme = from.contains(":") ? from.substring(0, from.indexOf(':')) : from;
        boolean kept = scheme.equals("feishu") && !from.startsWith("feishu:bitable/changes");
        boolean says = !policy.isBlank()
                || definition.has("errorHandler")
                || definition.path("onException").size() > 0
                || yaml.root().findValue("onException") != null && topLevel("onException")
                || topLevel("errorHandler");
        if (!from.isBlank() && !kept && !ANSWERED.contains(scheme) && !says) {
            findings.accept(yaml.finding(
                    route.place(),
                    Rule.ERROR_POLICY,
                    "Nothing says what becomes of a failure of route " + route.id(),
                    "Add routeConfigurationId: keep-failures, so that it becomes a dead letter."));
        }
    }

    private boolean topLevel(String name) {
        for (JsonNode entry : yaml.root()) {
            if (entry.has(name)) {
                return true;
            }
        }
        return false;
    }

    private void placeholders(Consumer<Finding> findings) {
        Collection<String> own =
                file.isKamelet() ? Names.keys(yaml.root().at("/spec/definition/properties")) : templateParameters();
        for (RouteFile.Text text : file.texts("")) {
            Matcher placeholder = PLACEHOLDER.matcher(text.value());
            while (placeholder.find()) {
                String key = placeholder.group(1);
                boolean optional = key.startsWith("?") || key.startsWith("!") || key.indexOf(':') >= 0;
                if (!optional && !own.contains(key) && !settings.declares(key)) {
                    Set<String> known = new LinkedHashSet<>(settings.keys());
                    known.addAll(own);
                    findings.accept(yaml.finding(
                            text.place(),
                            Rule.PLACEHOLDER,
                            "No setting is named " + key,
                            Spelling.near(key, known)
                                    .map(near -> "Did you mean {{" + near + "}}?")
                                    .orElse("Add it to config/application.yaml, or write a default: {{" + key
                                            + ":value}}.")));
                }
            }
        }
    }

    private List<String> templateParameters() {
        return yaml.root().findValues("routeTemplate").stream()
                .flatMap(template -> java.util.stream.StreamSupport.stream(
                        template.path("parameters").spliterator(), false))
                .map(parameter -> parameter.path("name").asText())
                .toList();
    }

    private void secrets(Consumer<Finding> findings) {
        for (RouteFile.Text text : file.texts("")) {
            boolean setting = text.value().isBlank()
                    || PLACEHOLDER.matcher(text.value()).find()
                    || text.value().startsWith("#")
                    || text.value().contains("${");
            boolean described =
                    text.place().contains("/spec/definition/") || text.place().contains("/metadata/");
            String name = text.key().equals("constant")
                            || text.key().equals("simple")
                            || text.key().equals("expression")
                    ? nameBeside(text.place())
                    : text.key();
            boolean named = SECRET_NAME.matcher(name).matches()
                    && !NOT_SECRET.contains(name.toLowerCase(java.util.Locale.ROOT));
            boolean looks = SECRET_TEXT.stream()
                    .anyMatch(pattern -> pattern.matcher(text.value()).find());
            if (!described && (looks || named && !setting)) {
                findings.accept(yaml.finding(
                        text.place(),
                        Rule.SECRET,
                        "Here stands a secret" + (named ? ", " + name : ""),
                        "Write it as a setting, {{my.secret}}, with its value in the environment, and change the secret: it"
                                + " has been seen."));
            }
        }
    }

    /** The name of a header or variable whose value stands at a place. */
    private String nameBeside(String place) {
        String at = place;
        for (int i = 0; i < 3 && at.lastIndexOf('/') > 0; i++) {
            at = at.substring(0, at.lastIndexOf('/'));
            JsonNode name = yaml.root().at(at + "/name");
            if (name.isTextual()) {
                return name.asText();
            }
        }
        return "";
    }

    private void beans(Consumer<Finding> findings) {
        for (RouteFile.Endpoint endpoint : file.endpoints()) {
            endpoint.allOptions().forEach((option, value) -> bean(value, endpoint.placeOf(option), findings));
            if (endpoint.scheme().equals("jdbc")) {
                bean("#" + endpoint.path(), endpoint.place(), findings);
            }
        }
        for (String member : List.of("idempotentRepository", "aggregationRepository")) {
            for (String place : yaml.placesOf(member)) {
                bean(yaml.root().at(place).asText(), place, findings);
            }
        }
    }

    private void bean(String value, String place, Consumer<Finding> findings) {
        if (!value.startsWith("#") || value.contains("{{")) {
            return;
        }
        String name = value.substring(1).replaceFirst("^bean:", "");
        if (name.contains(":") || names.beans().contains(name)) {
            return;
        }
        findings.accept(yaml.finding(place, Rule.BEAN, "There is no bean " + name, didYouMean(name, names.beans())));
    }

    private static String didYouMean(String name, Collection<String> known) {
        return Spelling.near(name, known)
                .map(near -> "Did you mean " + near + "?")
                .orElse("There are: " + String.join(", ", known) + ".");
    }

    private void delays(Consumer<Finding> findings) {
        for (String place : yaml.placesOf("delay")) {
            boolean step = place.matches(".*/steps/\\d+/delay");
            if (step && !yaml.root().at(place).path("asyncDelayed").asBoolean()) {
                findings.accept(
                        yaml.finding(
                                place,
                                Rule.DELAY,
                                "The step delay holds the thread that other events wait for",
                                "Let a schedule look later (timer: or quartz:), or limit calls by the endpoint's own options."));
            }
        }
    }

    private void sql(Consumer<Finding> findings) {
        for (RouteFile.Endpoint endpoint : file.endpoints()) {
            if (endpoint.scheme().equals("sql")
                    && CONCATENATED.matcher(endpoint.uri()).find()) {
                findings.accept(yaml.finding(
                        endpoint.place(),
                        Rule.SQL_TEXT,
                        "A value is written into the text of the SQL, where it can change the statement",
                        "Bind it: write :#${...} in place of ${...}, without quotes around it."));
            }
        }
        for (RouteFile.Text text : file.texts("")) {
            boolean header = nameBeside(text.place()).equals("CamelSqlQuery");
            boolean beforeJdbc =
                    text.place().matches(".*/setBody/(expression/)?simple(/expression)?") && nextIsJdbc(text.place());
            if ((header || beforeJdbc) && text.value().contains("${")) {
                findings.accept(yaml.finding(
                        text.place(),
                        Rule.SQL_TEXT,
                        "A value is written into the text of the SQL, where it can change the statement",
                        "Use sql: with :#${...}, or jdbc: with useHeadersAsParameters and :?name."));
            }
        }
    }

    private boolean nextIsJdbc(String place) {
        Matcher step = Pattern.compile("(.*/steps/)(\\d+)/setBody/.*").matcher(place);
        if (!step.matches()) {
            return false;
        }
        String next = step.group(1) + (Integer.parseInt(step.group(2)) + 1);
        return file.endpoints().stream()
                .anyMatch(endpoint ->
                        endpoint.scheme().equals("jdbc") && endpoint.place().startsWith(next + "/"));
    }
}
