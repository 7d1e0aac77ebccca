package dev.camelfeishu.connector;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** The connectors of config/connectors, by name. */
public final class Connectors {

    private final Map<String, Connector> connectors = new LinkedHashMap<>();

    /**
     * @param files YAML by the name of its file
     * @param placeholders replaces what stands in ${…}
     * @param source where the queries run
     * @throws IllegalArgumentException for a mistake in a file, naming it and its place
     */
    public Connectors(
            Map<String, String> files,
            UnaryOperator<String> placeholders,
            DataSource source,
            MeterRegistry meters,
            Clock clock) {
        var declarations = new ConnectorDeclarations(placeholders);
        files.forEach((file, yaml) -> {
            var connector = new Connector(declarations.read(file, yaml), source, meters, clock);
            if (connectors.put(connector.name(), connector) != null) {
                throw new IllegalArgumentException(file + ": there are two connectors " + connector.name());
            }
        });
    }

    /**
     * Reads a file and does nothing with it.
     *
     * @throws IllegalArgumentException for a mistake, naming the file and its place
     */
    public static void check(String file, String yaml, UnaryOperator<String> placeholders) {
        new ConnectorDeclarations(placeholders).read(file, yaml);
    }

    /**
     * @throws IllegalArgumentException when no file declares it; the message names those there are
     */
    public Connector named(String name) {
        var connector = connectors.get(name);
        if (connector == null) {
            throw new IllegalArgumentException(
                    "There is no connector \"" + name + "\": config/connectors declares " + connectors.keySet());
        }
        return connector;
    }
}
