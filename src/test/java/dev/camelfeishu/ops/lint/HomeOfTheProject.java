package dev.camelfeishu.ops.lint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;

/** What is shipped in routes/ and config/, with the settings of config/application.yaml. */
public final class HomeOfTheProject {

    private HomeOfTheProject() {}

    public static Home home() {
        List<SourceFile> files = new ArrayList<>();
        for (Path folder : List.of(Path.of("routes"), Path.of("config"))) {
            try (Stream<Path> below = Files.walk(folder)) {
                for (Path file : below.filter(Files::isRegularFile).toList()) {
                    files.add(new SourceFile(file.toString(), Files.readString(file)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Home(files);
    }

    public static Settings settings() {
        StandardEnvironment environment = new StandardEnvironment();
        List<String> keys = new ArrayList<>();
        try {
            new YamlPropertySourceLoader()
                    .load("config", new FileSystemResource("config/application.yaml"))
                    .forEach(source -> {
                        environment.getPropertySources().addLast(source);
                        keys.addAll(List.of(((EnumerablePropertySource<?>) source).getPropertyNames()));
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Settings() {
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
                return keys;
            }
        };
    }
}
