package dev.camelfeishu;

import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import dev.camelfeishu.openapi.EndpointCatalog;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.LocalTurns;
import dev.camelfeishu.openapi.SdkFeishuClient;
import dev.camelfeishu.ops.AppSettings;
import dev.camelfeishu.ops.Flow;
import dev.camelfeishu.ops.doctor.Patient;
import dev.camelfeishu.sync.PairDeclaration;
import dev.camelfeishu.sync.PairDeclarationParser;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.StringUtils;

/**
 * What the doctor looks at, from the settings alone. Clients and connections are its own: what the application has might be
 * just what is wrong, and its meters would count what the doctor tries.
 */
final class Patients {

    private static final String SECONDS = "3";

    private Patients() {}

    /** @param running what runs in this process, or null */
    static Patient of(ConfigurableEnvironment environment, HomeFiles files, List<Flow> flows, Patient.Running running) {
        List<Flow> loaded =
                flows.stream().filter(flow -> flow.missing().isEmpty()).toList();
        DataSource database = database(environment, "spring.datasource.");
        DataSource erp = StringUtils.hasText(environment.getProperty("erp.datasource.url"))
                ? database(environment, "erp.datasource.")
                : database;
        return new Patient(
                environment,
                files.home(),
                clients(environment),
                () -> FlowNeeds.of(files, loaded, environment),
                flows,
                () -> pairs(environment, files),
                database,
                erp,
                running);
    }

    private static Map<String, FeishuClient> clients(ConfigurableEnvironment environment) {
        BaseUrl url;
        try {
            url = new BaseUrl(environment.getProperty("feishu.base-url"));
        } catch (IllegalArgumentException wrong) {
            // the doctor says so
            return Map.of();
        }
        Map<String, FeishuClient> clients = new TreeMap<>();
        for (AppSettings app : AppSettings.read(environment)) {
            if (!app.isStore() && !app.appId().isEmpty() && !app.appSecret().isEmpty()) {
                clients.put(
                        app.name(),
                        new SdkFeishuClient(
                                url,
                                new AppCredentials(app.appId(), app.appSecret()),
                                EndpointCatalog.packed(),
                                new LocalTurns(),
                                new SimpleMeterRegistry()));
            }
        }
        return clients;
    }

    private static List<PairDeclaration> pairs(ConfigurableEnvironment environment, HomeFiles files) {
        PairDeclarationParser parser = new PairDeclarationParser(environment::getProperty);
        return files.find("config/pairs/*.yaml").stream()
                .map(file -> parser.parse(file.name(), read(file)))
                .toList();
    }

    private static String read(HomeFile file) {
        try {
            return file.resource().getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.name(), e);
        }
    }

    /** Connections that give up within seconds, or null when there is no address. */
    private static DataSource database(ConfigurableEnvironment environment, String prefix) {
        String url = environment.getProperty(prefix + "url");
        if (!StringUtils.hasText(url)) {
            return null;
        }
        DriverManagerDataSource connections = new DriverManagerDataSource(url);
        connections.setUsername(setting(environment, prefix, "username"));
        connections.setPassword(setting(environment, prefix, "password"));
        if (url.startsWith("jdbc:postgresql:")) {
            Properties limits = new Properties();
            limits.setProperty("ApplicationName", "camel-feishu doctor");
            limits.setProperty("connectTimeout", SECONDS);
            limits.setProperty("loginTimeout", SECONDS);
            limits.setProperty("socketTimeout", SECONDS);
            connections.setConnectionProperties(limits);
        }
        return connections;
    }

    /** The ERP's account is that of the integration's database where it has none of its own. */
    private static String setting(ConfigurableEnvironment environment, String prefix, String name) {
        String value = environment.getProperty(prefix + name);
        return StringUtils.hasText(value) ? value : environment.getProperty("spring.datasource." + name);
    }
}
