package dev.camelfeishu;

import dev.camelfeishu.ops.lint.Finding;
import dev.camelfeishu.ops.lint.Home;
import dev.camelfeishu.ops.lint.Linter;
import dev.camelfeishu.ops.lint.SourceFile;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code lint [paths]}: prints what is wrong with routes, kamelets, cards, texts and pairs, one line for each thing. Without a
 * path it looks at all of the home folder; a path is a file or a folder. It needs neither a database nor credentials.
 */
final class LintCommand {

    private LintCommand() {}

    /** @return the process's exit status: 0, 1 when there is an error, 2 when a path leads nowhere */
    static int run(String[] args, List<String> paths, PrintStream out, PrintStream err) {
        try (var context = SettingsOnly.open(args)) {
            var environment = context.getEnvironment();
            HomeFiles files = new HomeFiles(HomeFolder.of(environment));
            List<SourceFile> named = named(files.home(), paths);
            Set<String> chosen = new LinkedHashSet<>();
            named.forEach(file -> chosen.add(file.name()));
            List<Finding> findings = new Linter(new EnvironmentSettings(environment))
                    .lint(home(files).with(named), file -> paths.isEmpty() || chosen.contains(file));
            findings.forEach(out::println);
            long errors = findings.stream().filter(Finding::isError).count();
            out.println(
                    findings.isEmpty()
                            ? "Nothing is wrong"
                            : errors + (errors == 1 ? " error, " : " errors, ") + (findings.size() - errors)
                                    + " warnings");
            return errors == 0 ? 0 : 1;
        } catch (NoSuchFileException e) {
            err.println("There is no file or folder " + e.getFile());
            return 2;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that people edit, each file from where the application would take it. */
    static Home home(HomeFiles files) {
        List<SourceFile> sources = new ArrayList<>();
        for (String pattern : List.of(
                "routes/**/*.yaml",
                "config/cards/*.json",
                "config/texts/*.yaml",
                "config/pairs/*.yaml",
                "config/connectors/*.yaml")) {
            for (HomeFile file : files.find(pattern)) {
                sources.add(new SourceFile(file.name(), read(file)));
            }
        }
        return new Home(sources);
    }

    private static String read(HomeFile file) {
        try {
            return file.resource().getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.name(), e);
        }
    }

    /** The files that somebody has named; one in the home folder goes by its name there. */
    static List<SourceFile> named(Path home, List<String> paths) throws IOException {
        List<SourceFile> files = new ArrayList<>();
        for (String path : paths) {
            Path given = Path.of(path).toAbsolutePath().normalize();
            if (!Files.exists(given)) {
                throw new NoSuchFileException(path);
            }
            try (Stream<Path> below = Files.walk(given)) {
                for (Path file : below.filter(Files::isRegularFile).sorted().toList()) {
                    String name = file.startsWith(home) ? home.relativize(file).toString() : file.toString();
                    files.add(new SourceFile(name.replace('\\', '/'), Files.readString(file)));
                }
            }
        }
        return files;
    }
}
