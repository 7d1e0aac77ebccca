package dev.camelfeishu.ops.doctor;

import dev.camelfeishu.event.Failure;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.BaseUrl;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.ops.AppSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** Whether the platform is reached, tells the same time, and knows the apps. */
final class PlatformChecks {

    private static final String PLATFORM = "platform";
    private static final String CLOCK = "clock";
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final Duration NOTICEABLE = Duration.ofSeconds(60);
    private static final Duration HARMFUL = Duration.ofSeconds(300);
    private static final List<String> KNOWN_HOSTS = List.of("open.feishu.cn", "open.larksuite.com");

    private static final int WRONG_PARAMETER = 10003;
    private static final int NOT_USABLE = 10014;
    private static final int WRONG_SECRET = 10015;
    private static final int NO_SUCH_APP = 99991543;
    private static final int LACKS_SCOPE = 99991672;
    private static final int NOT_INSTALLED = 212100;

    private final Patient patient;
    private final Clock clock;

    PlatformChecks(Patient patient, Clock clock) {
        this.patient = patient;
        this.clock = clock;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        checks.add(Check.here(PLATFORM, this::reached));
        for (AppSettings app : AppSettings.read(patient.environment())) {
            String name = app.isDefault() ? Doctor.CREDENTIALS : Doctor.CREDENTIALS + " of " + app.name();
            checks.add(Check.here(name, () -> List.of(credentials(name, app))));
        }
        return checks;
    }

    private List<Finding> reached() throws InterruptedException {
        BaseUrl url;
        try {
            url = new BaseUrl(patient.setting("feishu.base-url"));
        } catch (IllegalArgumentException e) {
            return List.of(Finding.error(
                    PLATFORM,
                    Sentence.of("FEISHU_BASE_URL is wrong: {0}.", e.getMessage()),
                    "Set FEISHU_BASE_URL to https://open.feishu.cn, or https://open.larksuite.com for Lark.",
                    "config/application.yaml, feishu.base-url"));
        }
        URI root = URI.create(url.value());
        try {
            HttpResponse<Void> answer = HttpClient.newBuilder()
                    .connectTimeout(PATIENCE)
                    .build()
                    .send(
                            HttpRequest.newBuilder(root.resolve("/open-apis/"))
                                    .timeout(PATIENCE)
                                    .build(),
                            HttpResponse.BodyHandlers.discarding());
            List<Finding> findings = new ArrayList<>();
            findings.add(known(root.getHost()));
            findings.add(answer.headers()
                    .firstValue("Date")
                    .map(this::clock)
                    .orElseGet(() -> Finding.skipped(CLOCK, "The platform does not tell the time.")));
            return findings;
        } catch (IOException e) {
            return List.of(Finding.error(
                    PLATFORM,
                    Sentence.of(
                            "{0} is not reached: {1}.",
                            root.getHost(), Failure.of(e).cause()),
                    "Let this machine reach it by name and port: DNS, proxy (-Dhttps.proxyHost), firewall; or correct"
                            + " FEISHU_BASE_URL.",
                    "config/application.yaml, feishu.base-url"));
        }
    }

    private static Finding known(String host) {
        return KNOWN_HOSTS.contains(host)
                ? Finding.ok(PLATFORM, "{0} is reached.", host)
                : Finding.ok(PLATFORM, "{0} is reached; it is not Feishu's or Lark's public address.", host);
    }

    private Finding clock(String date) {
        Instant theirs;
        try {
            theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException e) {
            return Finding.skipped(CLOCK, "The platform's time cannot be read.");
        }
        Duration ahead = Duration.between(theirs, clock.instant());
        Sentence what = Sentence.of(
                ahead.isNegative()
                        ? "This machine's clock is {0} s behind Feishu's."
                        : "This machine's clock is {0} s ahead of Feishu's.",
                ahead.abs().toSeconds());
        if (ahead.abs().compareTo(NOTICEABLE) <= 0) {
            return Finding.of(CLOCK, Severity.OK, what, "", "");
        }
        Severity severity = ahead.abs().compareTo(HARMFUL) > 0 ? Severity.ERROR : Severity.WARNING;
        return Finding.of(CLOCK, severity, what, "Let the machine follow a time server (chrony, timedatectl).", "");
    }

    private Finding credentials(String check, AppSettings app) {
        Sentence variables = app.isDefault()
                ? Sentence.of("FEISHU_APP_ID and FEISHU_APP_SECRET")
                : Sentence.of("feishu.apps.{0}.app-id and .app-secret", app.name());
        String page = Finding.console("Credentials & Basic Info");
        FeishuClient client = patient.apps().get(app.name());
        if (app.isStore()) {
            return Finding.skipped(check, "A store app gets its token with the ticket that Feishu pushes to it.");
        }
        if (client == null && !app.appId().isEmpty() && !app.appSecret().isEmpty()) {
            return Finding.skipped(check, "Not looked at: FEISHU_BASE_URL is wrong.");
        }
        if (client == null) {
            return Finding.error(
                    check, Sentence.of("{0} are not set.", variables), "Copy both from the developer console.", page);
        }
        try {
            client.call(ApiRequest.get("/open-apis/application/v6/scopes").within(PATIENCE));
            return Finding.ok(check, "Feishu gives the app {0} its token.", app.appId());
        } catch (FeishuException e) {
            return switch (e.code()) {
                case 0 -> Finding.skipped(check, "Not looked at: Feishu does not answer.");
                case WRONG_SECRET ->
                    Finding.error(
                            check,
                            Sentence.of("Feishu refuses the app's secret (code 10015)."),
                            Sentence.of(
                                    "Copy the App Secret again, without spaces, into the second of {0}.", variables),
                            page);
                case NOT_USABLE ->
                    Finding.error(
                            check,
                            Sentence.of(
                                    "Feishu has no usable app {0} (code 10014): the id is wrong, or the app is stopped.",
                                    app.appId()),
                            Sentence.of("Compare the App ID in {0}, and let an admin enable the app.", variables),
                            page + "; admin console (feishu.cn/admin), Workplace, App management");
                case WRONG_PARAMETER, NO_SUCH_APP ->
                    Finding.error(
                            check,
                            Sentence.of("Feishu knows no app {0} (code {1}).", app.appId(), e.code()),
                            Sentence.of("Copy the App ID (cli_...) into the first of {0}.", variables),
                            page);
                // the token was had; what the call itself wants is looked at by the other checks
                case LACKS_SCOPE, NOT_INSTALLED ->
                    Finding.ok(check, "Feishu gives the app {0} its token.", app.appId());
                default -> Finding.of(check, "No token could be had", e);
            };
        }
    }
}
