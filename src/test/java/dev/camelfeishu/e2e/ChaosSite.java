package dev.camelfeishu.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The application as in production: one or more nodes of the packaged jar, a database of the integration, an ERP in another one
 * where the application has an account that owns nothing, and a Feishu that is not killed with the nodes.
 */
final class ChaosSite implements AutoCloseable {

    static final String FEISHU = "integration";
    static final String ERP = "erp";

    private final Databases databases = new Databases();
    private final RunningSandbox feishu;
    private final Http http;
    private final List<ApplicationProcess> nodes = new ArrayList<>();
    private final List<Http> servers = new ArrayList<>();
    private final String base;

    /** What differs from one run to another. */
    record Settings(int nodes, Duration poll, Duration probe, Duration compare) {}

    ChaosSite(Path folder, Settings settings) {
        String own = databases.create(FEISHU, "secret");
        String erp = databases.create(ERP, "secret");
        JdbcTemplate sql = erp();
        sql.execute(resource("db/erp/schema.sql"));
        sql.execute(resource("db/erp/seed.sql"));
        sql.execute(resource("chaos/erp.sql"));
        sql.execute("alter database " + ERP + " owner to postgres");
        sql.execute("grant usage on schema erp to " + ERP);
        sql.execute("grant select on erp.orders, erp.items, erp.parts to " + ERP);
        sql.execute("grant update (status, note) on erp.orders to " + ERP);
        sql.execute("grant update on erp.items to " + ERP);
        sql.execute("grant update (item, place, labels, note, retired) on erp.parts to " + ERP);
        sql.execute("grant insert, delete on erp.items, erp.parts to " + ERP);
        sql.execute("grant select on erp.purchase_orders to " + ERP);
        List<Ports> ports = new ArrayList<>();
        for (int i = 0; i < settings.nodes(); i++) {
            ports.add(Ports.free());
        }
        feishu = RunningSandbox.start(
                databases.server(),
                Map.of(
                        "feishu.sandbox.webhook-url",
                        "http://127.0.0.1:" + ports.get(0).server() + "/webhook",
                        "feishu.sandbox.push-train",
                        "3s,10s,20s,60s"));
        http = new Http(Integer.parseInt(feishu.root().substring(feishu.root().lastIndexOf(':') + 1)));
        base = http.get("/sandbox/info").json().at("/base/app_token").asText();
        Map<String, String> environment = new HashMap<>();
        environment.put("SPRING_PROFILES_ACTIVE", "");
        environment.put("SPRING_DATASOURCE_URL", own);
        environment.put("SPRING_DATASOURCE_USERNAME", FEISHU);
        environment.put("SPRING_DATASOURCE_PASSWORD", "secret");
        environment.put("ERP_DATASOURCE_URL", erp);
        environment.put("ERP_DATASOURCE_USERNAME", ERP);
        environment.put("ERP_DATASOURCE_PASSWORD", "secret");
        environment.put("FEISHU_BASE_URL", feishu.root());
        environment.put("FEISHU_ACCOUNTS_URL", feishu.root());
        environment.put("FEISHU_WWW_URL", feishu.root());
        environment.put("FEISHU_APP_ID", "cli_a1b2c3d4e5f60718");
        environment.put("FEISHU_APP_SECRET", "sandbox-app-secret");
        environment.put("FEISHU_ENCRYPT_KEY", "sandbox-encrypt-key");
        environment.put("FEISHU_VERIFICATION_TOKEN", "sandbox-verification-token");
        environment.put("BITABLE_APP_TOKEN", base);
        environment.put("OPS_USERNAME", "operator");
        environment.put("OPS_PASSWORD", "secret");
        environment.put("ORDERS_SYNC_PERIOD", settings.poll().toMillis() + "ms");
        environment.put("ORDERS_PROBE_PERIOD", settings.probe().toMillis() + "ms");
        String jar = System.getProperty("packaged.jar", "");
        for (int i = 0; i < settings.nodes(); i++) {
            Path home = folder.resolve("node-" + i);
            write(home.resolve("config/pairs/items.yaml"), compared(resource("chaos/items.yaml"), "2s", settings));
            write(home.resolve("config/pairs/parts.yaml"), compared(resource("chaos/parts.yaml"), "2s", settings));
            write(home.resolve("config/pairs/orders.yaml"), compared(shipped(), "30s", settings));
            write(home.resolve("routes/items.camel.yaml"), resource("chaos/items.camel.yaml"));
            write(home.resolve("routes/parts.camel.yaml"), resource("chaos/parts.camel.yaml"));
            nodes.add(
                    jar.isEmpty()
                            ? ApplicationProcess.ofClasses(ports.get(i), environment, home)
                            : ApplicationProcess.ofJar(Path.of(jar), ports.get(i), environment, home));
            servers.add(new Http(ports.get(i).server()));
        }
        // as the ERP's administrator, who owns the table
        sql.execute(nodes.get(0).printed("capture-ddl", ChaosPair.PARTS.name()));
    }

    private static String shipped() {
        try {
            return Files.readString(Path.of("config/pairs/orders.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String compared(String declaration, String period, Settings settings) {
        return declaration.replace(
                "compare: " + period, "compare: " + settings.compare().toMillis() + "ms");
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String resource(String name) {
        try {
            return new ClassPathResource(name).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<ApplicationProcess> nodes() {
        return nodes;
    }

    Databases databases() {
        return databases;
    }

    /** The ERP's database, as its administrator. */
    JdbcTemplate erp() {
        return databases.sql(ERP);
    }

    /** The integration's database. */
    JdbcTemplate own() {
        return databases.sql(FEISHU);
    }

    /** What Feishu has kept. */
    JdbcTemplate platform() {
        return feishu.jdbc();
    }

    Http feishu() {
        return http;
    }

    /** The Base of all pairs. */
    String base() {
        return base;
    }

    /** A call of the operator's interface. */
    JsonNode ops(String method, String path) {
        return done(path, operator(method, path, new byte[0]));
    }

    /** Says what shall become of a conflict or a row. Answers false when it does not wait any more. */
    boolean tell(String path, JsonNode what) {
        Http.Answer answer = operator("POST", path, what.toString().getBytes(StandardCharsets.UTF_8));
        if (answer.status() == 404) {
            return false;
        }
        done(path, answer);
        return true;
    }

    private Http.Answer operator(String method, String path, byte[] body) {
        String account = Base64.getEncoder().encodeToString("operator:secret".getBytes(StandardCharsets.UTF_8));
        return servers.get(0)
                .send(
                        method,
                        "/ops/api/" + path,
                        body,
                        Map.of("Authorization", "Basic " + account, "Content-Type", "application/json"));
    }

    private static JsonNode done(String path, Http.Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalStateException(path + " answers " + answer.status() + ": " + answer.body());
        }
        return answer.json();
    }

    // ---- what goes wrong

    /** Writes and reads of the Bases fail, as often as the run's figures say. */
    void breakThings() {
        String bitable = "/open-apis/bitable/";
        for (String action : List.of("batch_create", "batch_update", "batch_delete")) {
            fault(template(action), "code", 0.1, 1254291);
        }
        fault(bitable, "status", 0.02, 0);
        fault(bitable, "after-drop", 0.02, 0);
        // somebody edits between the last look and the write
        fault(template("batch_update"), "delay", 0.3, 0);
    }

    static String template(String action) {
        return "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/" + action;
    }

    private void fault(String path, String kind, double probability, int code) {
        ObjectNode fault = Http.JSON
                .createObjectNode()
                .put("path", path)
                .put("kind", kind)
                .put("probability", probability)
                .put("times", Integer.MAX_VALUE)
                .put("delay_ms", 300);
        if (code != 0) {
            fault.put("code", code).put("msg", "Write conflict");
        }
        done(http.post("/sandbox/faults", fault));
    }

    /** How events travel: lost for ever, sent twice, late by chance. */
    void events(double lost, int duplicates, Duration jitter) {
        done(http.post(
                "/sandbox/push-settings",
                Http.JSON
                        .createObjectNode()
                        .put("lose_probability", lost)
                        .put("duplicates", duplicates)
                        .put("jitter_ms", jitter.toMillis())));
    }

    void revokeToken() {
        done(http.post("/sandbox/tokens/expire", Http.JSON.createObjectNode()));
    }

    void mend() {
        done(http.send("DELETE", "/sandbox/faults", new byte[0], Map.of()));
        events(0, 0, Duration.ZERO);
    }

    /** Calls of Bases so far, by action. */
    Map<String, Long> calls() {
        Map<String, Long> calls = new TreeMap<>();
        done(http.get("/sandbox/calls/totals")).path("items").forEach(total -> {
            String template = total.path("template").asText();
            if (template.startsWith("/open-apis/bitable/")) {
                String action = total.path("method").asText() + " "
                        + template.substring(template.lastIndexOf('/') + 1).replace(":", "");
                calls.merge(action, total.path("count").asLong(), Long::sum);
            }
        });
        return calls;
    }

    private static JsonNode done(Http.Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.status() + ": " + answer.body());
        }
        return answer.json();
    }

    @Override
    public void close() {
        nodes.forEach(ApplicationProcess::close);
        feishu.close();
        databases.close();
    }
}
