package dev.camelfeishu;

import java.util.List;
import org.springframework.boot.Banner;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationExcludeFilter;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.autoconfigure.websocket.servlet.WebSocketServletAutoConfiguration;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;

/** Starts the application. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = {UserDetailsServiceAutoConfiguration.class, WebSocketServletAutoConfiguration.class})
// The sandbox brings itself in by its auto-configuration: nothing here may reach it.
@ComponentScan(
        excludeFilters = {
            @Filter(type = FilterType.CUSTOM, classes = TypeExcludeFilter.class),
            @Filter(type = FilterType.CUSTOM, classes = AutoConfigurationExcludeFilter.class),
            @Filter(type = FilterType.REGEX, pattern = "dev\\.camelfeishu\\.sandbox\\..*")
        })
public class Application {

    public static void main(String[] args) {
        List<String> commands = new DefaultApplicationArguments(args).getNonOptionArgs();
        if (commands.equals(List.of("scopes"))) {
            System.exit(ScopesCommand.run(args, System.out, System.err));
        }
        if (!commands.isEmpty() && commands.get(0).equals("lint")) {
            System.exit(LintCommand.run(args, commands.subList(1, commands.size()), System.out, System.err));
        }
        if (!commands.isEmpty() && commands.get(0).equals("test")) {
            System.exit(TestCommand.run(args, commands.subList(1, commands.size()), System.out, System.err));
        }
        if (commands.size() == 2 && commands.get(0).equals("capture-ddl")) {
            System.exit(CaptureCommand.run(commands.get(1), args, System.out, System.err));
        }
        if (commands.equals(List.of("doctor"))) {
            System.exit(DoctorCommand.run(args, System.out));
        }
        if (!commands.isEmpty()) {
            // serving all the same would surprise whoever asked for a report
            System.err.println("This version has no command \"" + String.join(" ", commands)
                    + "\": it serves, without an argument, or prints what its routes need (scopes), what is wrong in them"
                    + " (lint) or with the set-up (doctor), whether they do what their tests say (test), or the SQL of a pair's"
                    + " triggers (capture-ddl <pair>)");
            System.exit(2);
        }
        try {
            run(args);
        } catch (NotStartedException e) {
            e.lines().forEach(System.err::println);
            System.exit(1);
        } catch (RuntimeException e) {
            // Spring has said what is wrong; a thread that something left behind must not keep the process
            System.exit(1);
        }
    }

    /**
     * Starts it in this process.
     *
     * @param args Spring's, such as {@code --spring.profiles.active=sandbox} or {@code --CAMEL_FEISHU_HOME=folder}
     * @throws NotStartedException when a person has to mend the set-up first
     */
    public static ConfigurableApplicationContext run(String... args) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.addInitializers(new StartUp());
        return application.run(args);
    }
}
