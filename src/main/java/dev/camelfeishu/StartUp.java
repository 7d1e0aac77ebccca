package dev.camelfeishu;

import dev.camelfeishu.ops.Flows;
import dev.camelfeishu.ops.RequiredSettings;
import dev.camelfeishu.ops.SaidOnceFilter;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;
import org.springframework.util.StringUtils;

/** What must be settled before the first bean is made: settings, which routes to load, a database. */
public final class StartUp implements ApplicationContextInitializer<GenericApplicationContext> {

    @Override
    public void initialize(GenericApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        DefaultListableBeanFactory beans = context.getDefaultListableBeanFactory();
        SaidOnceFilter.install();
        setTimeZone(environment);
        List<String> missing = RequiredSettings.check(environment);
        if (!missing.isEmpty()) {
            throw new NotStartedException(missing);
        }
        HomeFiles files = new HomeFiles(HomeFolder.of(environment));
        beans.registerSingleton("homeFiles", files);

        RouteFiles routes = RouteFiles.choose(files, environment);
        beans.registerSingleton("flows", new Flows(routes.flows()));
        put(environment, "route files", Map.of("camel.main.routes-include-pattern", routes.includePattern()));

        boolean sandbox = environment.acceptsProfiles(Profiles.of("sandbox"));
        if (sandbox && !StringUtils.hasText(environment.getProperty("spring.datasource.url"))) {
            startDatabase(environment, beans, files);
        }
    }

    private static void startDatabase(
            ConfigurableEnvironment environment, DefaultListableBeanFactory beans, HomeFiles files) {
        EmbeddedDatabase database = EmbeddedDatabase.start(files.home().resolve("data"));
        // The first to be registered is the last to be destroyed: after the pools.
        beans.registerSingleton("embeddedDatabase", database);
        beans.registerDisposableBean("embeddedDatabase", database::close);
        // for a start that fails before the context is active
        SpringApplication.getShutdownHandlers().add(database::close);
        put(
                environment,
                "embedded database",
                Map.of(
                        "spring.datasource.url", database.url(),
                        "spring.datasource.username", database.username(),
                        "spring.datasource.password", database.password()));
    }

    private static void put(ConfigurableEnvironment environment, String name, Map<String, Object> properties) {
        environment.getPropertySources().addFirst(new MapPropertySource(name, properties));
    }

    /** The JVM reads TZ from the environment only; here it may also stand in config/application.yaml. */
    private static void setTimeZone(ConfigurableEnvironment environment) {
        String zone = environment.getProperty("TZ");
        if (!StringUtils.hasText(zone)) {
            return;
        }
        try {
            ZoneId id = ZoneId.of(zone.startsWith(":") ? zone.substring(1) : zone);
            TimeZone.setDefault(TimeZone.getTimeZone(id));
            // schedules name it too, without the colon that POSIX allows
            put(environment, "time zone", Map.of("TZ", id.getId()));
        } catch (DateTimeException e) {
            throw new NotStartedException(
                    List.of("TZ is malformed: it must be the name of a time zone, such as Asia/Shanghai"));
        }
    }
}
