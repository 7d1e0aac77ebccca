package dev.camelfeishu.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;
import org.springframework.core.io.DefaultResourceLoader;

/** Says which file and line of a route is wrong, what is wrong with it, and what to do. */
class RouteFailureAnalyzer implements FailureAnalyzer {

    private static final Logger LOG = LoggerFactory.getLogger(RouteFailureAnalyzer.class);

    private static final Pattern LINE = Pattern.compile(":(\\d+)$");
    private static final Pattern FAILED_STEP = Pattern.compile(">>> \\w+\\[(.*?)] <<<", Pattern.CASE_INSENSITIVE);
    private static final Pattern UNKNOWN_OPTION = Pattern.compile("Unknown parameters=\\[\\{(\\w+)=");

    private final Environment environment;

    RouteFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    public FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException yaml) {
                return malformed(yaml, failure);
            }
            if (cause instanceof FailedToCreateRouteException route) {
                return refused(route, route.getRouteId(), route.getLocation(), failure);
            }
            if (cause instanceof FailedToStartRouteException route) {
                return refused(route, route.getRouteId(), route.getLocation(), failure);
            }
        }
        return null;
    }

    private static FailureAnalysis malformed(MarkedYamlEngineException yaml, Throwable failure) {
        String problem = yaml.getProblem() == null ? yaml.getMessage() : yaml.getProblem();
        String what = yaml.getProblemMark()
                .or(yaml::getContextMark)
                .map(at -> path(at.getName()) + ", line " + (at.getLine() + 1) + ": " + problem + System.lineSeparator()
                        + at.createSnippet())
                .orElse("A route file: " + problem);
        return new FailureAnalysis(
                what, "Correct that line (names and indentation as in Camel's YAML DSL) and start again.", failure);
    }

    private FailureAnalysis refused(Throwable route, String id, String location, Throwable failure) {
        String message = String.valueOf(route.getMessage());
        return new FailureAnalysis(
                place(id, location, message) + ", route " + id + ": " + reason(route), action(message), failure);
    }

    private static String action(String message) {
        Matcher option = UNKNOWN_OPTION.matcher(message);
        if (option.find()) {
            return "Correct the option \"" + option.group(1) + "\": the endpoint has none of that name.";
        }
        if (message.contains("No endpoint could be found for")) {
            return "Correct the word before the first colon of the endpoint: no component has that name.";
        }
        return "Correct the route and start again.";
    }

    /** The innermost cause that says something, without the chain that leads to it. */
    private static String reason(Throwable route) {
        String reason = route.getMessage();
        for (Throwable cause = route.getCause(); cause != null; cause = cause.getCause()) {
            reason = cause.getMessage() == null ? reason : cause.getMessage();
        }
        int chain = reason.lastIndexOf(" due to: ");
        return chain < 0 ? reason : reason.substring(chain + " due to: ".length());
    }

    /** Camel names the file and the line of some failures only; the rest is looked up by the route's id. */
    private String place(String id, String location, String message) {
        Pattern own =
                Pattern.compile("\\s*-?\\s*id:\\s*[\"']?" + Pattern.quote(String.valueOf(id)) + "[\"']?\\s*(#.*)?");
        for (String file : files()) {
            List<String> lines = lines(file);
            int start = first(lines, 0, own);
            if (start >= 0) {
                return path(file) + ", line " + line(lines, start, location, message);
            }
        }
        return location == null ? "A route" : path(location);
    }

    private static int line(List<String> lines, int start, String location, String message) {
        Matcher option = UNKNOWN_OPTION.matcher(message);
        if (option.find()) {
            int at = first(lines, start, Pattern.compile(".*\\b" + option.group(1) + "\\b.*"));
            if (at >= 0) {
                return at + 1;
            }
        }
        Matcher step = FAILED_STEP.matcher(message);
        if (step.find()) {
            String endpoint = step.group(1).replaceFirst("://", ":").replaceFirst("\\?.*", "");
            int at = first(lines, start, Pattern.compile(".*" + Pattern.quote(endpoint) + ".*"));
            if (at >= 0) {
                return at + 1;
            }
        }
        Matcher named = LINE.matcher(location == null ? "" : location);
        return named.find() ? Integer.parseInt(named.group(1)) : start + 1;
    }

    private static int first(List<String> lines, int from, Pattern pattern) {
        for (int i = from; i < lines.size(); i++) {
            if (pattern.matcher(lines.get(i)).matches()) {
                return i;
            }
        }
        return -1;
    }

    private List<String> files() {
        String pattern = environment.getProperty("camel.main.routes-include-pattern", "false");
        return pattern.equals("false") ? List.of() : Arrays.asList(pattern.split(","));
    }

    private static List<String> lines(String file) {
        try {
            return new DefaultResourceLoader()
                    .getResource(file)
                    .getContentAsString(StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            LOG.debug("{} cannot be read to find a line in it", file, e);
            return List.of();
        }
    }

    private static String path(String location) {
        return location.replaceFirst("^(file|classpath):", "");
    }
}
