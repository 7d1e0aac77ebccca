package dev.camelfeishu.ops;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.quartz.CronExpression;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.util.StringUtils;

/** Looks at the settings before anything starts, so that all that is wrong is said at once, one line for each. */
public final class RequiredSettings {

    private static final String CONSOLE = "Feishu developer console (open.feishu.cn/app), your app, ";
    private static final Pattern DURATION = Pattern.compile("\\d{1,9}(ms|s|m|h|d)");
    private static final String PORT = "[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5]";
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private final Environment environment;
    private final List<String> lines = new ArrayList<>();

    private RequiredSettings(Environment environment) {
        this.environment = environment;
    }

    /** One line for each setting that is missing or malformed: its variable, what it is, where to find it. No secrets. */
    public static List<String> check(Environment environment) {
        RequiredSettings settings = new RequiredSettings(environment);
        settings.required();
        settings.formats();
        return List.copyOf(settings.lines);
    }

    private void required() {
        require("feishu.app-id", "FEISHU_APP_ID", "the app's id, cli_...", CONSOLE + "Credentials & Basic Info");
        require("feishu.app-secret", "FEISHU_APP_SECRET", "the app's secret", CONSOLE + "Credentials & Basic Info");
        if (!value("feishu.event-mode").equals("socket")) {
            if (!environment.getProperty("feishu.ingress.allow-unsigned", Boolean.class, false)) {
                require(
                        "feishu.encrypt-key",
                        "FEISHU_ENCRYPT_KEY",
                        "the key that events are encrypted and signed with",
                        CONSOLE + "Events & Callbacks, Encryption Strategy");
            }
            require(
                    "feishu.verification-token",
                    "FEISHU_VERIFICATION_TOKEN",
                    "the token that comes with every event and callback",
                    CONSOLE + "Events & Callbacks, Encryption Strategy");
        }
        // the sandbox brings a database, and needs no account for one on this machine
        if (!environment.acceptsProfiles(Profiles.of("sandbox"))) {
            String who = "from whoever runs your PostgreSQL (15 or newer)";
            require(
                    "spring.datasource.url",
                    "SPRING_DATASOURCE_URL",
                    "the integration's database, jdbc:postgresql://host:5432/database",
                    who);
            require("spring.datasource.username", "SPRING_DATASOURCE_USERNAME", "its account", who);
            require("spring.datasource.password", "SPRING_DATASOURCE_PASSWORD", "that account's password", who);
        }
    }

    private void formats() {
        baseUrl("feishu.base-url", "FEISHU_BASE_URL");
        baseUrl("feishu.accounts-url", "FEISHU_ACCOUNTS_URL");
        baseUrl("feishu.www-url", "FEISHU_WWW_URL");
        matches("feishu.event-mode", "FEISHU_EVENT_MODE", "webhook|socket|both", "webhook, socket or both");
        if (List.of("socket", "both").contains(value("feishu.event-mode"))) {
            lines.add("FEISHU_EVENT_MODE is " + value("feishu.event-mode")
                    + ": this version has no long connection, and no event would come; set it to webhook");
        }
        matches("feishu.locale", "feishu.locale", "zh-CN|en-US", "zh-CN or en-US");
        matches("feishu.webhook-port", "WEBHOOK_PORT", PORT, "the number of a port, 1 to 65535");
        matches(
                "spring.datasource.url",
                "SPRING_DATASOURCE_URL",
                "jdbc:postgresql:.+",
                "jdbc:postgresql://host:5432/database");
        duration("feishu.retention", "feishu.retention");
        duration("orders.sync-period", "ORDERS_SYNC_PERIOD");
        duration("orders.probe-period", "ORDERS_PROBE_PERIOD");
        duration("purchase.submit-period", "PURCHASE_SUBMIT_PERIOD");
        duration("purchase.reconcile-period", "PURCHASE_RECONCILE_PERIOD");
        duration("purchase.show-period", "PURCHASE_SHOW_PERIOD");
        cron("orders.verify-cron", "ORDERS_VERIFY_CRON");
        cron("purchase.reminder-cron", "PURCHASE_REMINDER_CRON");
        cron("feishu.retention-cron", "feishu.retention-cron");
        if (value("ops.username").isEmpty() != value("ops.password").isEmpty()) {
            lines.add("OPS_USERNAME and OPS_PASSWORD must be set together, or both be left out");
        }
    }

    private void require(String key, String variable, String what, String where) {
        if (value(key).isEmpty()) {
            lines.add(variable + " is not set: " + what + "; " + where);
        }
    }

    private void matches(String key, String variable, String pattern, String expected) {
        String value = value(key);
        if (!value.isEmpty() && !value.matches(pattern)) {
            malformed(variable, expected);
        }
    }

    private void duration(String key, String variable) {
        String value = value(key);
        boolean zero = value.matches("0+\\D*");
        if (!value.isEmpty() && (zero || !DURATION.matcher(value).matches())) {
            malformed(variable, "a duration such as 5s, 10m or 1h");
        }
    }

    private void cron(String key, String variable) {
        String value = value(key);
        if (!value.isEmpty() && !CronExpression.isValidExpression(value)) {
            malformed(variable, "a Quartz cron of six or seven fields, such as 0 0 3 * * ?");
        }
    }

    private void baseUrl(String key, String variable) {
        String value = value(key);
        if (!value.isEmpty() && !isBaseUrl(value)) {
            malformed(variable, "https://host (or http:// on loopback), without a slash at its end");
        }
    }

    private static boolean isBaseUrl(String value) {
        try {
            URI url = new URI(value);
            boolean plain = "http".equals(url.getScheme())
                    && url.getHost() != null
                    && LOOPBACK.matcher(url.getHost()).matches();
            return ("https".equals(url.getScheme()) || plain)
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && !value.endsWith("/");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private void malformed(String variable, String expected) {
        lines.add(variable + " is malformed: it must be " + expected);
    }

    private String value(String key) {
        String value = environment.getProperty(key);
        return StringUtils.hasText(value) ? value.trim() : "";
    }
}
