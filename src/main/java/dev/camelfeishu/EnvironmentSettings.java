package dev.camelfeishu;

import dev.camelfeishu.ops.lint.Settings;
import java.util.Collection;
import java.util.TreeSet;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/** What the application's settings declare, for the linter. */
record EnvironmentSettings(ConfigurableEnvironment environment) implements Settings {

    @Override
    public boolean declares(String key) {
        return environment.containsProperty(key);
    }

    @Override
    public String value(String key) {
        return environment.getProperty(key);
    }

    @Override
    public Collection<String> keys() {
        TreeSet<String> keys = new TreeSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            // variables and the machine's own properties are not what a route names
            if (source instanceof EnumerablePropertySource<?> names
                    && source.getName().startsWith("Config resource")) {
                keys.addAll(java.util.List.of(names.getPropertyNames()));
            }
        }
        return keys;
    }
}
