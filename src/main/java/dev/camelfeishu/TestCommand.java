package dev.camelfeishu;

import dev.camelfeishu.ops.lint.Home;
import dev.camelfeishu.ops.lint.SourceFile;
import dev.camelfeishu.ops.routetest.Coverage;
import dev.camelfeishu.ops.routetest.Result;
import dev.camelfeishu.ops.routetest.RouteTests;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code test [paths]}: runs the tests that lie beside routes and prints what differed, and which steps ran. A path is a test, a file of
 * routes, or a folder; without one it runs all of the home folder. It needs neither a database, nor credentials, nor a network.
 */
final class TestCommand {

    private static final String ROUTES = ".camel.yaml";
    private static final String TESTS = ".test.yaml";

    private final PrintStream out;
    private int tests;
    private int failed;

    private TestCommand(PrintStream out) {
        this.out = out;
    }

    /** @return the process's exit status: 0, 1 when a test fails or routes cannot be built, 2 when a path leads nowhere */
    static int run(String[] args, List<String> paths, PrintStream out, PrintStream err) {
        try (var context = SettingsOnly.open(args)) {
            var environment = context.getEnvironment();
            HomeFiles files = new HomeFiles(HomeFolder.of(environment));
            List<SourceFile> named = LintCommand.named(files.home(), paths);
            Home home = LintCommand.home(files).with(named);
            Set<String> chosen = named.stream()
                    .map(file -> file.name().replace(ROUTES, TESTS))
                    .collect(Collectors.toSet());
            try (RouteTests routes = new RouteTests(home, new EnvironmentSettings(environment), sql -> {})) {
                return new TestCommand(out)
                        .run(
                                routes,
                                home.tests().stream()
                                        .filter(file -> paths.isEmpty() || chosen.contains(file.name()))
                                        .toList());
            }
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return 1;
        } catch (NoSuchFileException e) {
            err.println("There is no file or folder " + e.getFile());
            return 2;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int run(RouteTests routes, List<SourceFile> files) {
        for (SourceFile file : files) {
            for (Result result : routes.run(file)) {
                tests++;
                out.println((result.passed() ? "ok      " : "FAILED  ") + result.test());
                result.differences().forEach(difference -> out.println("        " + difference));
                failed += result.passed() ? 0 : 1;
            }
        }
        out.println();
        Set<String> beside =
                files.stream().map(file -> file.name().replace(TESTS, ROUTES)).collect(Collectors.toSet());
        Coverage coverage = routes.coverage().of(beside);
        coverage.lines().forEach(out::println);
        out.println(
                tests + " tests, " + failed + " failed; " + coverage.ran() + " of " + coverage.steps() + " steps ran");
        return failed == 0 ? 0 : 1;
    }
}
