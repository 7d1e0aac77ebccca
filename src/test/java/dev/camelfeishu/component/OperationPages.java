package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.Endpoint;
import dev.camelfeishu.openapi.ErrorCodes;
import dev.camelfeishu.openapi.Rate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The pages under {@code docs/feishu}: one for each operation, and a table of all. */
final class OperationPages {

    private static final Path FOLDER = Path.of("docs/feishu");
    private static final String DOCUMENTATION = "https://open.feishu.cn/document/server-docs/";

    private final JsonNode metadata;
    private final Map<String, ? extends SortedSet<String>> tests;

    /**
     * @param metadata feishu.json
     * @param tests which tests run which operation
     */
    OperationPages(JsonNode metadata, Map<String, ? extends SortedSet<String>> tests) {
        this.metadata = metadata;
        this.tests = tests;
    }

    /** File to text. */
    Map<Path, String> pages() {
        Map<Path, String> pages = new TreeMap<>();
        Operations.all().forEach(operation -> pages.put(FOLDER.resolve(operation.name() + ".md"), page(operation)));
        pages.put(FOLDER.resolve("README.md"), table(Operations.all()));
        return pages;
    }

    private String table(Collection<Operation> operations) {
        var text = new StringBuilder("""
                # Operations of `feishu:`

                Everything that a route can send to, with the endpoint of the Open Platform that it calls and the test that runs it against
                the sandbox over HTTP. What they share (options, headers, errors) is in [the component](../feishu-component.md). The pages are
                written from the operations' declarations; `ComponentDocumentationTest` fails when one is stale and writes them anew with
                `-Dupdate.docs=true`.

                | Operation | What it does | Endpoint | Test |
                | --- | --- | --- | --- |
                """);
        for (Operation operation : operations) {
            row(
                    text,
                    "[`feishu:" + operation.name() + "`](" + operation.name() + ".md)",
                    cell(operation.description()),
                    operation.endpoints().stream()
                            .map(endpoint -> code(endpoint.name()))
                            .collect(Collectors.joining("<br>")),
                    tests.containsKey(operation.name())
                            ? tests.get(operation.name()).stream()
                                    .map(OperationPages::code)
                                    .collect(Collectors.joining("<br>"))
                            : "none");
        }
        return text.toString();
    }

    private String page(Operation operation) {
        var text = new StringBuilder("# `feishu:" + operation.name() + "`\n\n" + operation.description() + "\n\n");
        for (Endpoint endpoint : operation.endpoints()) {
            text.append("* ").append(code(endpoint.name()));
            if (!endpoint.documentation().isEmpty()) {
                text.append(" ([the platform's page](")
                        .append(DOCUMENTATION)
                        .append(endpoint.documentation().replaceAll("\\.md$", ""))
                        .append("))");
            }
            text.append(endpoint.historic() ? ", superseded\n" : "\n");
        }
        text.append("\n**Body in:** ").append(operation.bodyIn()).append('\n');
        text.append("\n**Body out:** ").append(operation.bodyOut()).append('\n');
        parameters(text, operation);
        options(text, operation);
        headers(text, operation);
        text.append("\n## Example\n\n```yaml\n").append(example(operation)).append("```\n");
        if (!operation.endpoints().isEmpty()) {
            rights(text, operation);
        }
        errors(text, operation);
        text.append("\n[All operations](")
                .append(operation.name().contains("/") ? "../README.md" : "README.md")
                .append(")\n");
        return text.toString();
    }

    private static void parameters(StringBuilder text, Operation operation) {
        if (operation.parameters().isEmpty()) {
            return;
        }
        text.append("\n## Parameters\n\nEach by its option or its header; the option wins.\n\n");
        row(text, "Option", "Header", "Place", "What it is");
        row(text, "---", "---", "---", "---");
        for (Parameter parameter : operation.parameters()) {
            String option = Parameter.OPTIONS.get(parameter.name());
            row(
                    text,
                    (option == null ? "" : code(option) + " or ") + code("param." + parameter.name()),
                    code(parameter.header()),
                    switch (parameter.place()) {
                        case PATH -> "path";
                        case QUERY -> "query";
                        case REPEATED -> "query, repeated";
                        case MEMBER -> "body";
                        case PART -> "form";
                    },
                    (parameter.required() ? "**Required.** " : "")
                            + cell(parameter.description())
                            + (parameter.otherwise() == null ? "" : "; default " + code(parameter.otherwise())));
        }
    }

    private void options(StringBuilder text, Operation operation) {
        List<String> names = new ArrayList<>(operation.requiredOptions());
        names.addAll(operation.options());
        if (names.isEmpty()) {
            return;
        }
        text.append("\n## Options\n\n");
        row(text, "Option", "Default", "What it is");
        row(text, "---", "---", "---");
        for (String name : names) {
            JsonNode option = metadata.path("properties").path(name);
            row(
                    text,
                    code(name),
                    option.has("defaultValue")
                            ? code(option.path("defaultValue").asText())
                            : "",
                    (operation.requiredOptions().contains(name) ? "**Required.** " : "")
                            + cell(option.path("description").asText()));
        }
    }

    private void headers(StringBuilder text, Operation operation) {
        if (operation.headersIn().isEmpty() && operation.headersOut().isEmpty()) {
            return;
        }
        text.append("\n## Headers\n\n");
        row(text, "Header", "", "What it is");
        row(text, "---", "---", "---");
        operation.headersIn().forEach(header -> row(text, code(header), "read", meaning(header)));
        operation.headersOut().forEach(header -> row(text, code(header), "set", meaning(header)));
    }

    private String meaning(String header) {
        return cell(metadata.path("headers").path(header).path("description").asText());
    }

    private static String example(Operation operation) {
        var text = new StringBuilder("- to:\n    uri: feishu:" + operation.name() + "\n");
        Map<String, String> given = new LinkedHashMap<>();
        operation.requiredOptions().forEach(option -> given.put(option, placeholder(option)));
        operation.parameters().stream().filter(Parameter::required).forEach(parameter -> {
            String option = Parameter.OPTIONS.get(parameter.name());
            if (!given.containsKey(option)) {
                given.put(option == null ? "param." + parameter.name() : option, placeholder(parameter.name()));
            }
        });
        if (!given.isEmpty()) {
            text.append("    parameters:\n");
            given.forEach((name, value) -> text.append("      ")
                    .append(name)
                    .append(": \"")
                    .append(value)
                    .append("\"\n"));
        }
        return text.toString();
    }

    /** A property, which is how ids come into a route. */
    private static String placeholder(String name) {
        return "{{" + name.replace('_', '-') + "}}";
    }

    private static void rights(StringBuilder text, Operation operation) {
        text.append("\n## Rights and limits\n\n");
        row(text, "Endpoint", "One of these scopes", "Token", "Limit");
        row(text, "---", "---", "---", "---");
        for (Endpoint endpoint : operation.endpoints()) {
            row(
                    text,
                    code(endpoint.name()),
                    endpoint.scopes().isEmpty() ? "none" : codes(endpoint.scopes()),
                    endpoint.tokens().isEmpty() ? "none" : codes(endpoint.tokens()),
                    limit(endpoint));
        }
        SortedSet<String> fields = new TreeSet<>();
        operation.endpoints().forEach(endpoint -> fields.addAll(endpoint.fieldScopes()));
        if (!fields.isEmpty()) {
            text.append("\nSome members of the answer need a scope of their own: ")
                    .append(codes(fields))
                    .append(".\n");
        }
    }

    private static String limit(Endpoint endpoint) {
        List<String> limits =
                new ArrayList<>(endpoint.rates().stream().map(Rate::toString).toList());
        if (endpoint.specialRate()) {
            limits.add("a special one, on the platform's page");
        }
        return limits.isEmpty() ? "none published" : String.join(", ", limits);
    }

    private static void errors(StringBuilder text, Operation operation) {
        Map<Integer, String> codes = new TreeMap<>();
        operation.endpoints().forEach(endpoint -> endpoint.documentedErrors().forEach(codes::putIfAbsent));
        if (operation.errors().isEmpty() && codes.isEmpty()) {
            return;
        }
        text.append("\n## Errors\n");
        if (!operation.errors().isEmpty()) {
            text.append('\n').append(operation.errors()).append('\n');
        }
        if (!codes.isEmpty()) {
            text.append('\n');
            row(text, "Code", "The platform says", "What to do");
            row(text, "---", "---", "---");
            codes.forEach((code, message) -> row(
                    text,
                    String.valueOf(code),
                    cell(message),
                    ErrorCodes.of(code).map(known -> cell(known.hint())).orElse("")));
        }
    }

    private static void row(StringBuilder text, String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String codes(Collection<String> names) {
        return names.stream().map(OperationPages::code).collect(Collectors.joining(", "));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replaceAll("\\s+", " ").strip();
    }
}
