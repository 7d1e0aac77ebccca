package dev.camelfeishu.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.FileSystemUtils;

/**
 * One application, with one PostgreSQL and the ERP in a database of its own, for all tests that ask for it. Tests come one
 * after the other and clean up what others would notice: faults, push settings.
 *
 * <p>The ERP is looked at as often as by default, so that measured times are those of the default. Only what nobody measures
 * is quicker: the search for missed events and for drafts.
 */
final class RunningApplication implements ExtensionContext.Store.CloseableResource {

    static final String FEISHU = "integration";
    static final String ERP = "erp";

    /** A pair that no route works on and whose first link nobody has agreed to. */
    static final String WAITING_PAIR = "requests";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Databases databases = new Databases();
    private final Ports ports = Ports.free();
    private final Path home = temporary();
    private final ApplicationProcess process;
    private final Http http = new Http(ports.server());
    private final Http management = new Http(ports.management());
    private final Sandbox sandbox;
    private final JdbcTemplate feishu;
    private final JdbcTemplate erp;

    private RunningApplication() {
        process = ApplicationProcess.ofClasses(ports, settings(), home);
        process.start();
        sandbox = new Sandbox(new Http(ports.sandbox()));
        feishu = databases.sql(FEISHU);
        erp = databases.sql(ERP);
    }

    private Map<String, String> settings() {
        Secrets secrets = Secrets.DISTINCTIVE;
        Map<String, String> settings = new HashMap<>();
        settings.put("SPRING_DATASOURCE_URL", databases.create(FEISHU, secrets.databasePassword()));
        settings.put("SPRING_DATASOURCE_USERNAME", FEISHU);
        settings.put("SPRING_DATASOURCE_PASSWORD", secrets.databasePassword());
        settings.put("ERP_DATASOURCE_URL", databases.create(ERP, secrets.erpPassword()));
        settings.put("ERP_DATASOURCE_USERNAME", ERP);
        settings.put("ERP_DATASOURCE_PASSWORD", secrets.erpPassword());
        settings.put("FEISHU_APP_SECRET", secrets.appSecret());
        settings.put("FEISHU_ENCRYPT_KEY", secrets.encryptKey());
        settings.put("FEISHU_VERIFICATION_TOKEN", secrets.verificationToken());
        settings.put("FEISHU_SANDBOX_APPSECRET", secrets.appSecret());
        settings.put("FEISHU_SANDBOX_ENCRYPTKEY", secrets.encryptKey());
        settings.put("FEISHU_SANDBOX_VERIFICATIONTOKEN", secrets.verificationToken());
        settings.putAll(SecondApp.settings());
        settings.put("OPS_USERNAME", "operator");
        settings.put("OPS_PASSWORD", secrets.operatorPassword());
        settings.put("SYNC_REPORT_KEY", secrets.reportKey());
        settings.put("OPS_ACCOUNTS_VERA_PASSWORD", secrets.operatorPassword());
        settings.put("OPS_ACCOUNTS_VERA_ROLE", "viewer");
        settings.put("FEISHU_MISSED_MESSAGES_BEAT", "2s");
        settings.put("ORDERS_PROBE_PERIOD", "3s");
        settings.put("PURCHASE_SUBMIT_PERIOD", "1s");
        settings.put("PURCHASE_RECONCILE_PERIOD", "5s");
        return settings;
    }

    private static Path temporary() {
        try {
            Path home = Files.createTempDirectory("camel-feishu-e2e");
            Path pairs = Files.createDirectories(home.resolve("config/pairs"));
            Files.writeString(pairs.resolve(WAITING_PAIR + ".yaml"), """
                    pair: %s
                    sql:
                      table: erp.purchase_requests
                      key: request_id
                      changed: updated_at
                    bitable:
                      app: ${BITABLE_APP_TOKEN}
                      table: Requests
                      sync-id: Sync ID
                    start: manual
                    columns:
                      request_id:
                        field: Request
                        type: text
                        owner: sql
                      title:
                        field: Title
                        type: text
                        owner: sql
                    """.formatted(WAITING_PAIR));
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Sandbox sandbox() {
        return sandbox;
    }

    Databases databases() {
        return databases;
    }

    /** The ERP's database. */
    JdbcTemplate erp() {
        return erp;
    }

    /** The integration's database: schemas {@code feishu} and {@code sandbox}. */
    JdbcTemplate feishu() {
        return feishu;
    }

    /** Webhooks and the operator's interface. */
    Http http() {
        return http;
    }

    /** The ERP takes connections again, and the application has noticed. */
    void giveErpBack() {
        databases().giveBack(ERP);
        await("the ERP is back")
                .atMost(Duration.ofSeconds(30))
                .until(() -> management
                        .get("/actuator/health")
                        .json()
                        .at("/components/erp/status")
                        .asText()
                        .equals("UP"));
    }

    Ports ports() {
        return ports;
    }

    Http management() {
        return management;
    }

    /** All the application has printed. */
    String log() {
        return process.output();
    }

    /** A call of the operator's interface, with the operator's account. */
    Http.Answer ops(String method, String path, ObjectNode body) {
        String account = "operator:" + Secrets.DISTINCTIVE.operatorPassword();
        return http.send(
                method,
                "/ops/api/" + path,
                body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8),
                Map.of(
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8))));
    }

    JsonNode ops(String path) {
        return ops("GET", path, null).json();
    }

    /** Waits until an event is stored and every route that wanted it is done with it. */
    void awaitSettled(String eventId) {
        await("event " + eventId + " is worked off")
                .atMost(PATIENCE)
                .until(() -> feishu.queryForObject("""
                        select count(*) filter (where d.state = 'OPEN') = 0 and count(distinct e.id) = 1
                        from feishu.event e left join feishu.delivery d on d.event_id = e.id
                        where e.event_id = ?""", Boolean.class, eventId));
    }

    /** The one reply to a message, when every delivery of it is worked off. */
    Sandbox.Message answer(String chat, String message) {
        await("the answer to " + message)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !sandbox.replies(chat, message).isEmpty());
        awaitSettled(message);
        List<Sandbox.Message> replies = sandbox.replies(chat, message);
        org.assertj.core.api.Assertions.assertThat(replies)
                .as("replies to " + message)
                .hasSize(1);
        return replies.get(0);
    }

    @Override
    public void close() {
        process.close();
        databases.close();
        FileSystemUtils.deleteRecursively(home.toFile());
    }

    /** Gives the application to the constructor of a test class. */
    static final class Extension implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RunningApplication.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(RunningApplication.class))
                    .getOrComputeIfAbsent(RunningApplication.class, key -> new RunningApplication());
        }
    }
}
