package dev.camelfeishu.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class RequiredSettingsTest {

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    @DisplayName("Nothing set in production: one line for each required variable, in the order of the documentation")
    void namesEachMissingVariable() {
        assertThat(variables())
                .containsExactly(
                        "FEISHU_APP_ID",
                        "FEISHU_APP_SECRET",
                        "FEISHU_ENCRYPT_KEY",
                        "FEISHU_VERIFICATION_TOKEN",
                        "SPRING_DATASOURCE_URL",
                        "SPRING_DATASOURCE_USERNAME",
                        "SPRING_DATASOURCE_PASSWORD");
        assertThat(RequiredSettings.check(environment))
                .allMatch(line -> line.contains(" is not set: ") && !line.contains("\n"));
    }

    @Test
    void everythingSetIsFine() {
        complete();
        assertThat(RequiredSettings.check(environment)).isEmpty();
    }

    @Test
    void aBlankValueIsAMissingOne() {
        complete();
        environment.setProperty("feishu.app-secret", "  ");
        assertThat(variables()).containsExactly("FEISHU_APP_SECRET");
    }

    @Test
    void theLongConnectionNeedsNeitherKeyNorToken() {
        complete();
        environment.setProperty("feishu.event-mode", "socket");
        environment.setProperty("feishu.encrypt-key", "");
        environment.setProperty("feishu.verification-token", "");
        assertThat(variables()).isEmpty();
    }

    @Test
    void bothWaysNeedKeyAndToken() {
        complete();
        environment.setProperty("feishu.event-mode", "both");
        environment.setProperty("feishu.encrypt-key", "");
        environment.setProperty("feishu.verification-token", "");
        assertThat(variables()).containsExactly("FEISHU_ENCRYPT_KEY", "FEISHU_VERIFICATION_TOKEN");
    }

    @Test
    void unsignedEventsNeedTheTokenStill() {
        complete();
        environment.setProperty("feishu.ingress.allow-unsigned", "true");
        environment.setProperty("feishu.encrypt-key", "");
        environment.setProperty("feishu.verification-token", "");
        assertThat(variables()).containsExactly("FEISHU_VERIFICATION_TOKEN");
    }

    @Test
    @DisplayName("Each further app needs all of its own settings, by their own names")
    void eachAppNeedsItsOwn() {
        complete();
        environment.setProperty("feishu.apps.hr.app-id", "cli_hr");
        environment.setProperty("feishu.apps.hr.kind", "store");
        environment.setProperty("feishu.event-mode", "webhook");
        assertThat(variables())
                .containsExactly(
                        "feishu.apps.hr.app-secret", "feishu.apps.hr.encrypt-key", "feishu.apps.hr.verification-token");
        environment.setProperty("feishu.apps.hr.app-secret", "s");
        environment.setProperty("feishu.apps.hr.encrypt-key", "a,b");
        environment.setProperty("feishu.apps.hr.verification-token", "t");
        assertThat(RequiredSettings.check(environment)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event", "card", "default", "HR", "a_b", "1st"})
    void anAppsNameIsPartOfAnAddress(String name) {
        complete();
        app(name, "cli_other");
        assertThat(RequiredSettings.check(environment))
                .singleElement()
                .asString()
                .contains("feishu.apps." + name + " is not a name for an app");
    }

    @Test
    void twoAppsAreNotTheSameOne() {
        complete();
        app("hr", "cli_hr");
        app("it", "cli_hr");
        assertThat(variables()).containsExactly("feishu.apps.it.app-id");
    }

    @Test
    void aSecretHasAtMostTwoValuesAndIsNotShown() {
        complete();
        app("hr", "cli_hr");
        environment.setProperty("feishu.apps.hr.encrypt-key", "one,two,three");
        environment.setProperty("feishu.apps.hr.kind", "bought");
        assertThat(RequiredSettings.check(environment))
                .containsExactly(
                        "feishu.apps.hr.kind is malformed: it must be self-built or store",
                        "feishu.apps.hr.encrypt-key is malformed: it must be one value, or two separated by a comma while"
                                + " it is rotated");
    }

    private void app(String name, String id) {
        environment.setProperty("feishu.apps." + name + ".app-id", id);
        environment.setProperty("feishu.apps." + name + ".app-secret", "s");
        environment.setProperty("feishu.apps." + name + ".encrypt-key", "k");
        environment.setProperty("feishu.apps." + name + ".verification-token", "t");
    }

    @Test
    void theSandboxNeedsNoDatabase() {
        complete();
        environment.setActiveProfiles("sandbox");
        environment.setProperty("spring.datasource.url", "");
        environment.setProperty("spring.datasource.username", "");
        environment.setProperty("spring.datasource.password", "");
        assertThat(RequiredSettings.check(environment)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://open.feishu.cn",
                "https://proxy.example.com/feishu",
                "http://127.0.0.1:8090",
                "http://localhost:8090",
                "http://[::1]:8090"
            })
    void acceptsABaseUrl(String url) {
        complete();
        environment.setProperty("feishu.base-url", url);
        assertThat(RequiredSettings.check(environment)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://open.feishu.cn",
                "https://open.feishu.cn/",
                "https://",
                "open.feishu.cn",
                "https://user:secret@open.feishu.cn",
                "https://open.feishu.cn?x=1",
                "http://127.0.0.1.example.com",
                "ftp://localhost",
                "https://a b"
            })
    void refusesAnythingElseAsBaseUrlWithoutRepeatingIt(String url) {
        complete();
        environment.setProperty("feishu.base-url", url);
        List<String> lines = RequiredSettings.check(environment);
        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("FEISHU_BASE_URL is malformed")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "feishu.event-mode, sockets, FEISHU_EVENT_MODE",
        "orders.sync-period, 5, ORDERS_SYNC_PERIOD",
        "orders.sync-period, 0s, ORDERS_SYNC_PERIOD",
        "orders.probe-period, fast, ORDERS_PROBE_PERIOD",
        "purchase.submit-period, -1s, PURCHASE_SUBMIT_PERIOD",
        "purchase.reconcile-period, 1 minute, PURCHASE_RECONCILE_PERIOD",
        "orders.verify-cron, 0 3 * * *, ORDERS_VERIFY_CRON",
        "purchase.show-period, often, PURCHASE_SHOW_PERIOD",
        "purchase.reminder-cron, mornings, PURCHASE_REMINDER_CRON",
        "feishu.retention-cron, at night, feishu.retention-cron",
        "feishu.webhook-port, 65536, WEBHOOK_PORT",
        "feishu.webhook-port, 0, WEBHOOK_PORT",
        "spring.datasource.url, postgres://host/db, SPRING_DATASOURCE_URL",
        "feishu.locale, de, feishu.locale",
        "feishu.monthly-budget, 10k, feishu.monthly-budget",
        "feishu.monthly-budget, -1, feishu.monthly-budget",
        "ops.username, me, OPS_USERNAME",
        "sync.report-key, secret, SYNC_REPORT_KEY"
    })
    void namesTheMalformedSetting(String key, String value, String variable) {
        complete();
        environment.setProperty(key, value);
        assertThat(variables()).containsExactly(variable);
    }

    private List<String> variables() {
        return RequiredSettings.check(environment).stream()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .collect(Collectors.toList());
    }

    private void complete() {
        environment
                .withProperty("feishu.app-id", "cli_1")
                .withProperty("feishu.app-secret", "s")
                .withProperty("feishu.encrypt-key", "k")
                .withProperty("feishu.verification-token", "t")
                .withProperty("spring.datasource.url", "jdbc:postgresql://localhost/x")
                .withProperty("spring.datasource.username", "u")
                .withProperty("spring.datasource.password", "p");
    }
}
