package dev.camelfeishu.ops.lint;

import java.util.Locale;

/** What the linter looks at. */
public enum Rule {
    TAB("Lines are indented by spaces"),
    YAML_SYNTAX("A file is YAML"),
    DUPLICATE_KEY("A key stands once in its map"),
    UNKNOWN_FIELD("Steps and their fields are those of Camel's YAML DSL"),
    MISSING_FIELD("A step has what it cannot do without"),
    SHAPE("A list, a map or a value stands where the YAML DSL wants one"),
    ROUTE_ID("Every route has an id"),
    DUPLICATE_ROUTE("A route's id is its own, in all files"),
    UNKNOWN_COMPONENT("An endpoint begins with the name of a component of this application"),
    UNKNOWN_OPTION("An endpoint's options exist"),
    OPTION_VALUE("An option has a value of its kind"),
    MISSING_OPTION("An endpoint has its required options"),
    OPTIONS_TWICE("Options stand in the uri or under parameters"),
    FEISHU("A feishu: endpoint is an operation, with what that operation needs"),
    PLACEHOLDER("A setting in double braces is declared"),
    BEAN("A bean that is named exists"),
    KAMELET("A kamelet exists and gets its properties"),
    DIRECT("A direct: endpoint has a route that begins with it"),
    ERROR_POLICY("A route that begins by itself says what becomes of a failure"),
    TIMER_NAME("A timer or schedule has a name of its own"),
    DELAY("A route does not hold its thread"),
    SQL_TEXT("Values reach SQL as parameters"),
    SECRET("A secret is a setting and not written in a file"),
    REFUSED("Camel builds the route"),
    CARD("A card is one, and its texts exist"),
    TEXTS("Texts are a flat map"),
    PAIR("A pair declaration is valid"),
    CONNECTOR("A connector declaration is valid"),
    ROUTE_TEST("A route test is one"),
    UNUSED_DIRECT("A route that begins with direct: is called", Severity.WARNING);

    /** Whether the application is better off without the file. */
    public enum Severity {
        ERROR,
        WARNING;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final String demand;
    private final Severity severity;

    Rule(String demand) {
        this(demand, Severity.ERROR);
    }

    Rule(String demand, Severity severity) {
        this.demand = demand;
        this.severity = severity;
    }

    /** As findings and the documentation name it: {@code unknown-option}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What must be so, a sentence without its full stop. */
    public String demand() {
        return demand;
    }

    public Severity severity() {
        return severity;
    }
}
