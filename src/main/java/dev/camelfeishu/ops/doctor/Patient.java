package dev.camelfeishu.ops.doctor;

import dev.camelfeishu.component.RouteNeeds;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.ops.Flow;
import dev.camelfeishu.ops.RouteList;
import dev.camelfeishu.sync.PairDeclaration;
import dev.camelfeishu.sync.Pairs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.core.env.Environment;

/**
 * What the doctor looks at.
 *
 * @param apps clients of the self-built apps that have an id and a secret, by name; closed with the patient when they can be
 * @param needs what the loaded routes need; throws when a route names what does not exist
 * @param flows all route files
 * @param pairs as they are declared; throws when one is declared wrongly
 * @param database the integration's own, or null while it is not set
 * @param erp the ERP's, or null likewise
 * @param running what runs in this process, or null where nothing does
 */
public record Patient(
        Environment environment,
        Path home,
        Map<String, FeishuClient> apps,
        Supplier<RouteNeeds> needs,
        List<Flow> flows,
        Supplier<List<PairDeclaration>> pairs,
        DataSource database,
        DataSource erp,
        Running running)
        implements AutoCloseable {

    /** What runs in this process. */
    public record Running(RouteList routes, Pairs pairs) {}

    /** The client of the app that flows and pairs act as, or null. */
    FeishuClient client() {
        return apps.get("default");
    }

    /** A setting; "" when it is not set. */
    String setting(String key) {
        String value = environment.getProperty(key);
        return value == null ? "" : value.strip();
    }

    @Override
    public void close() {
        apps.values().forEach(client -> {
            if (client instanceof AutoCloseable closeable) {
                close(closeable);
            }
        });
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException("A client could not be closed", e);
        }
    }
}
