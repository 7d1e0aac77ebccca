package dev.camelfeishu;

import dev.camelfeishu.ops.Flow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.StringUtils;

/**
 * Which route files are loaded: every {@code routes/**}{@code /*.camel.yaml} whose required settings are there. A setting is
 * required by a file that names it as <code>{{key}}</code> without a default; it is missing when it is unset or empty.
 *
 * @param flows one for each file, loaded or not
 * @param includePattern the loaded ones, for {@code camel.main.routes-include-pattern}
 */
record RouteFiles(List<Flow> flows, String includePattern) {

    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);

    private static final String SUFFIX = ".camel.yaml";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*([^{}]+?)\\s*}}");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}:]+)(?::[^}]*)?}");

    static RouteFiles choose(HomeFiles files, ConfigurableEnvironment environment) {
        List<Flow> flows = new ArrayList<>();
        List<String> included = new ArrayList<>();
        for (HomeFile file : files.find("routes/**/*" + SUFFIX)) {
            String name = file.name().substring("routes/".length(), file.name().length() - SUFFIX.length());
            Set<String> missing = missing(file, environment);
            flows.add(new Flow(name, file.name(), file.fromDisk(), List.copyOf(missing)));
            if (missing.isEmpty()) {
                LOG.info("{}: {}", file.name(), file.fromDisk() ? "from " + files.home() : "the packed copy");
                included.add(location(file));
            } else {
                LOG.warn(
                        "flow {} ({}) does not start: {} {} not set",
                        name,
                        file.name(),
                        String.join(", ", missing),
                        missing.size() == 1 ? "is" : "are");
            }
        }
        // Camel reads "false" as none; an empty pattern would be its default
        return new RouteFiles(List.copyOf(flows), included.isEmpty() ? "false" : String.join(",", included));
    }

    static String location(HomeFile file) {
        if (!file.fromDisk()) {
            return "classpath:" + file.name();
        }
        try {
            return "file:" + file.resource().getFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> missing(HomeFile file, ConfigurableEnvironment environment) {
        try {
            return missing(file.resource().getContentAsString(StandardCharsets.UTF_8), environment);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.name(), e);
        }
    }

    /** The variables, or the keys where no variable stands behind them, that a file's content needs and that are not set. */
    static Set<String> missing(String content, ConfigurableEnvironment environment) {
        Set<String> missing = new LinkedHashSet<>();
        for (String text : texts(content)) {
            Matcher placeholder = PLACEHOLDER.matcher(text);
            while (placeholder.find()) {
                String key = placeholder.group(1);
                if (key.startsWith("env:") && key.indexOf(':', 4) < 0) {
                    key = key.substring(4);
                }
                boolean required = !key.startsWith("?") && !key.startsWith("!") && key.indexOf(':') < 0;
                if (required && !StringUtils.hasText(environment.getProperty(key))) {
                    missing.add(variable(key, environment));
                }
            }
        }
        return missing;
    }

    /** Every text in the file; comments are none. */
    private static List<String> texts(String content) {
        List<String> texts = new ArrayList<>();
        try {
            new Load(LoadSettings.builder().build())
                    .loadAllFromString(content)
                    .forEach(document -> collect(document, texts));
        } catch (YamlEngineException e) {
            // Camel will name the mistake and its line
            LOG.debug("A file of routes is not YAML", e);
            return List.of();
        }
        return texts;
    }

    private static void collect(Object node, List<String> texts) {
        if (node instanceof Map<?, ?> map) {
            map.keySet().forEach(key -> collect(key, texts));
            map.values().forEach(value -> collect(value, texts));
        } else if (node instanceof Iterable<?> list) {
            list.forEach(item -> collect(item, texts));
        } else if (node != null) {
            texts.add(node.toString());
        }
    }

    private static String variable(String key, ConfigurableEnvironment environment) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            // the attached source answers for all the others, with their placeholders resolved
            Object raw = ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)
                    ? null
                    : source.getProperty(key);
            if (raw != null) {
                Matcher variable = VARIABLE.matcher(raw.toString());
                return variable.find() ? variable.group(1) : key;
            }
        }
        return key;
    }
}
