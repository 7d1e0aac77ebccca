package dev.camelfeishu.ops;

import dev.camelfeishu.event.Apps;
import dev.camelfeishu.sync.ReportKeys;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.quartz.CronExpression;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.util.StringUtils;

/** Looks at the settings before anything starts, so that all that is wrong is said at once, one line for each. */
public final class RequiredSettings {

    private static final String CONSOLE = "Feishu developer console (open.feishu.cn/app), your app, ";
    private static final Pattern DURATION = Pattern.compile("\\d{1,9}(ms|s|m|h|d)");
    private static final Pattern APP_NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");
    private static final String PORT = "[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5]";
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private final Environment environment;
    private final List<AppSettings> apps;
    private final List<String> lines = new ArrayList<>();

    private RequiredSettings(Environment environment) {
        this.environment = environment;
        this.apps = AppSettings.read(environment);
    }

    /** One line for each setting that is missing or malformed: its variable, what it is, where to find it. No secrets. */
    public static List<String> check(Environment environment) {
        RequiredSettings settings = new RequiredSettings(environment);
        settings.required();
        settings.formats();
        return List.copyOf(settings.lines);
    }

    private void required() {
        apps.forEach(this::required);
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

    private void required(AppSettings app) {
        String credentials = CONSOLE + "Credentials & Basic Info";
        requireValue(app.appId(), setting(app, "app-id"), "the app's id, cli_...", credentials);
        requireValue(app.appSecret(), setting(app, "app-secret"), "the app's secret", credentials);
        // events of a store app come by webhook only
        if (!value("feishu.event-mode").equals("socket") || app.isStore()) {
            String encryption = CONSOLE + "Events & Callbacks, Encryption Strategy";
            if (!environment.getProperty("feishu.ingress.allow-unsigned", Boolean.class, false)) {
                requireValue(
                        app.encryptKey(),
                        setting(app, "encrypt-key"),
                        "the key that events are encrypted and signed with",
                        encryption);
            }
            requireValue(
                    app.verificationToken(),
                    setting(app, "verification-token"),
                    "the token that comes with every event and callback",
                    encryption);
        }
    }

    /** What an operator calls a setting of the app: a variable of its own for the app default only. */
    private static String setting(AppSettings app, String name) {
        return app.isDefault()
                ? "FEISHU_" + name.toUpperCase(Locale.ROOT).replace('-', '_')
                : "feishu.apps." + app.name() + "." + name;
    }

    private void formats() {
        apps.forEach(this::formats);
        baseUrl("feishu.base-url", "FEISHU_BASE_URL");
        baseUrl("feishu.accounts-url", "FEISHU_ACCOUNTS_URL");
        baseUrl("feishu.www-url", "FEISHU_WWW_URL");
        matches("feishu.event-mode", "FEISHU_EVENT_MODE", "webhook|socket|both", "webhook, socket or both");
        matches("feishu.locale", "feishu.locale", "zh-CN|en-US", "zh-CN or en-US");
        matches("feishu.webhook-port", "WEBHOOK_PORT", PORT, "the number of a port, 1 to 65535");
        matches(
                "spring.datasource.url",
                "SPRING_DATASOURCE_URL",
                "jdbc:postgresql:.+",
                "jdbc:postgresql://host:5432/database");
        matches(
                "feishu.monthly-budget",
                "feishu.monthly-budget",
                "\\d{1,15}",
                "a number of calls, or 0 when it is unknown");
        duration("feishu.retention", "feishu.retention");
        duration("orders.sync-period", "ORDERS_SYNC_PERIOD");
        duration("orders.probe-period", "ORDERS_PROBE_PERIOD");
        duration("purchase.submit-period", "PURCHASE_SUBMIT_PERIOD");
        duration("purchase.reconcile-period", "PURCHASE_RECONCILE_PERIOD");
        duration("purchase.show-period", "PURCHASE_SHOW_PERIOD");
        cron("orders.verify-cron", "ORDERS_VERIFY_CRON");
        cron("purchase.reminder-cron", "PURCHASE_REMINDER_CRON");
        cron("feishu.retention-cron", "feishu.retention-cron");
        reportKey();
        if (value("ops.username").isEmpty() != value("ops.password").isEmpty()) {
            lines.add("OPS_USERNAME and OPS_PASSWORD must be set together, or both be left out");
        }
        lines.addAll(Account.mistakes(environment));
    }

    private void formats(AppSettings app) {
        boolean taken = List.of(Apps.DEFAULT, "event", "card").contains(app.name());
        if (!app.isDefault() && (taken || !APP_NAME.matcher(app.name()).matches()) || !first(app, AppSettings::name)) {
            lines.add("feishu.apps." + app.name()
                    + " is not a name for an app: it is part of an address, so lower-case letters, digits and hyphens,"
                    + " at most 40 and beginning with a letter, but not default, event or card");
        }
        if (!app.kind().equals(AppSettings.SELF_BUILT) && !app.isStore()) {
            malformed(app.isDefault() ? "feishu.app-kind" : setting(app, "kind"), "self-built or store");
        }
        if (!app.appId().isEmpty() && !first(app, AppSettings::appId)) {
            lines.add(setting(app, "app-id") + " is that of another app of feishu.apps: each app has an id of its own");
        }
        atMostTwo(app.encryptKey(), setting(app, "encrypt-key"));
        atMostTwo(app.verificationToken(), setting(app, "verification-token"));
    }

    /** Whether no app before this one has the same. */
    private boolean first(AppSettings app, Function<AppSettings, String> what) {
        return apps.stream()
                        .filter(other -> what.apply(other).equals(what.apply(app)))
                        .findFirst()
                        .orElseThrow()
                == app;
    }

    private void atMostTwo(String secrets, String variable) {
        if (Stream.of(secrets.split(","))
                        .filter(StringUtils::hasText)
                        .distinct()
                        .count()
                > 2) {
            malformed(variable, "one value, or two separated by a comma while it is rotated");
        }
    }

    private void require(String key, String variable, String what, String where) {
        requireValue(value(key), variable, what, where);
    }

    private void requireValue(String value, String variable, String what, String where) {
        if (value.isEmpty()) {
            lines.add(variable + " is not set: " + what + "; " + where);
        }
    }

    private void reportKey() {
        try {
            ReportKeys.of(value("sync.report-key"));
        } catch (IllegalArgumentException wrong) {
            malformed(
                    "SYNC_REPORT_KEY",
                    "an Ed25519 private key (PKCS #8, PEM or its Base64 part), or two separated by a comma while it is"
                            + " rotated");
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
