package dev.camelfeishu;

import dev.camelfeishu.sync.PairDeclaration;
import dev.camelfeishu.sync.PairDeclarationException;
import dev.camelfeishu.sync.PairDeclarationParser;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.StringUtils;

/**
 * {@code capture-ddl <pair>}: prints the SQL with which a DBA lets triggers note what changes in the table of the pair. It
 * reaches no database.
 */
final class CaptureCommand {

    /** An application of nothing but its settings. */
    private static final class Nothing {}

    private CaptureCommand() {}

    /** @return the process's exit status: 0, or 1 when there is no such pair */
    static int run(String pair, String[] args, PrintStream out, PrintStream err) {
        try (var context = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                // what is printed goes to psql
                .properties(Map.of("logging.threshold.console", "off"))
                .run(args)) {
            var environment = context.getEnvironment();
            var names = new ArrayList<String>();
            var found = find(pair, environment, names);
            if (found.isEmpty()) {
                err.println("There is no pair \"" + pair + "\": config/pairs declares " + names);
                return 1;
            }
            out.print(found.get().captureSql(user(environment)));
            return 0;
        } catch (PairDeclarationException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private static Optional<PairDeclaration> find(
            String pair, ConfigurableEnvironment environment, List<String> names) {
        var parser = new PairDeclarationParser(environment::getProperty);
        Optional<PairDeclaration> found = Optional.empty();
        for (var file : new HomeFiles(HomeFolder.of(environment)).find("config/pairs/*.yaml")) {
            try {
                var declaration = parser.parse(file.name(), file.resource().getContentAsString(StandardCharsets.UTF_8));
                names.add(declaration.name());
                if (declaration.name().equals(pair)) {
                    found = Optional.of(declaration);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + file.name(), e);
            }
        }
        return found;
    }

    private static String user(ConfigurableEnvironment environment) {
        for (String name : List.of("erp.datasource.username", "spring.datasource.username")) {
            var user = environment.getProperty(name);
            if (StringUtils.hasText(user)) {
                return user;
            }
        }
        return "the_user_of_ERP_DATASOURCE_USERNAME";
    }
}
