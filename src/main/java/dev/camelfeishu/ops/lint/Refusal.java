package dev.camelfeishu.ops.lint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** What Camel says when it does not build a route, as a line of the file. */
public final class Refusal {

    private Refusal() {}

    /** What Camel has said of a file. */
    public static Finding of(Throwable failure, SourceFile file) {
        return of(failure, file, RouteFile.read(file));
    }

    /** @param route the file as it was read, for the lines of its routes */
    static Finding of(Throwable failure, SourceFile file, Optional<RouteFile> route) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException yaml) {
                int line = yaml.getProblemMark()
                        .or(yaml::getContextMark)
                        .map(mark -> mark.getLine() + 1)
                        .orElse(1);
                return finding(file, line, String.valueOf(yaml.getProblem()));
            }
            if (cause instanceof FailedToCreateRouteException refused) {
                return refused(file, route, refused.getRouteId(), refused);
            }
            if (cause instanceof FailedToStartRouteException refused) {
                return refused(file, route, refused.getRouteId(), refused);
            }
        }
        return finding(file, 1, reason(failure));
    }

    private static Finding refused(SourceFile file, Optional<RouteFile> route, String routeId, Throwable refused) {
        int line = route.map(read -> line(read, routeId, refused)).orElse(1);
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof SimpleIllegalSyntaxException simple) {
                return new Finding(
                        file.name(),
                        line,
                        Rule.REFUSED,
                        "The expression " + simple.getExpression() + " of route " + routeId
                                + " is not in the language simple",
                        "Look at its braces, quotes and operators.");
            }
        }
        return finding(file, line, "route " + routeId + ": " + reason(refused));
    }

    private static Finding finding(SourceFile file, int line, String reason) {
        return new Finding(
                file.name(),
                line,
                Rule.REFUSED,
                "Camel refuses it: " + Linter.withoutStop(reason),
                "Correct this line.");
    }

    /** The innermost cause that says something, without the chain that leads to it. */
    public static String reason(Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        for (Throwable cause = failure.getCause();
                cause != null && cause != cause.getCause();
                cause = cause.getCause()) {
            reason = cause.getMessage() == null ? reason : cause.getMessage();
        }
        int chain = reason.lastIndexOf(" due to: ");
        return (chain < 0 ? reason : reason.substring(chain + " due to: ".length()))
                .lines()
                .findFirst()
                .orElse("");
    }

    /** Where the text stands that the innermost of the failures quotes, else the route. */
    private static int line(RouteFile file, String routeId, Throwable refused) {
        List<String> messages = new ArrayList<>();
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            messages.add(0, String.valueOf(cause.getMessage()));
        }
        for (RouteFile.Route route : file.routes()) {
            if (route.id().equals(routeId)) {
                return messages.stream()
                        .flatMap(message -> quoted(file, route, message).stream())
                        .findFirst()
                        .map(text -> file.yaml().line(text.place()))
                        .orElseGet(() -> file.yaml().line(route.place()));
            }
        }
        return 1;
    }

    private static Optional<RouteFile.Text> quoted(RouteFile file, RouteFile.Route route, String message) {
        return file.texts(route.place()).stream()
                .filter(text ->
                        text.value().length() > 2 && !text.value().equals(route.id()) && message.contains(text.value()))
                .max(Comparator.comparingInt(text -> text.value().length()));
    }
}
