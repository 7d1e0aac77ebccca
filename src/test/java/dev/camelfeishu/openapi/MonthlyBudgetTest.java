package dev.camelfeishu.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.camelfeishu.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class MonthlyBudgetTest {

    private static final String BOT = "/open-apis/bot/v3/info";

    private static TestDatabase postgres;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<MonthlyBudget.Warning> warnings = new CopyOnWriteArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2024-05-31T23:00:00Z"));
    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return now.get();
        }
    };

    @BeforeAll
    static void database() throws IOException {
        postgres = new TestDatabase();
    }

    @AfterAll
    static void noDatabase() throws IOException {
        postgres.close();
    }

    @BeforeEach
    @AfterEach
    void empty() {
        new JdbcTemplate(dataSource()).execute("truncate feishu.api_budget");
    }

    @Test
    void counts_outlive_a_restart_and_are_shared_by_all_processes() {
        try (var first = budget(0);
                var second = budget(0)) {
            first.account("cli_1", null).spend(Priority.NORMAL);
            first.account("cli_1", null).spend(Priority.BULK);
            second.account("cli_1", null).spend(Priority.NORMAL);
            second.account("cli_1", "tenant1").spend(Priority.NORMAL);
        }
        try (var restarted = budget(0)) {
            var account = restarted.account("cli_1", null);
            await().until(() -> account.used() == 3);
            assertThat(meters.get("feishu.api.budget.used")
                            .tag("account", "cli_1")
                            .gauge()
                            .value())
                    .isEqualTo(3);
        }
    }

    @Test
    void warns_once_at_80_and_once_at_95_percent_and_then_refuses_jobs_only() {
        try (var budget = budget(100)) {
            var account = budget.account("cli_1", null);
            spend(account, 79);
            budget.save();
            assertThat(warnings).isEmpty();
            spend(account, 1);
            budget.save();
            budget.save();
            assertThat(warnings)
                    .containsExactly(new MonthlyBudget.Warning("cli_1", YearMonth.of(2024, 5), 80, 100, 80));
            assertThat(account.spend(Priority.BULK)).isNull();

            spend(account, 14);
            budget.save();
            assertThat(warnings).hasSize(2);
            assertThat(account.spend(Priority.BULK)).contains("feishu.monthly-budget", "95 percent");
            assertThat(account.spend(Priority.NORMAL)).isNull();
            assertThat(account.spend(Priority.INTERACTIVE)).isNull();
        }
    }

    @Test
    void a_new_month_begins_anew() {
        try (var budget = budget(100)) {
            var account = budget.account("cli_1", null);
            spend(account, 99);
            budget.save();
            assertThat(account.spend(Priority.BULK)).isNotNull();

            now.set(Instant.parse("2024-06-01T00:00:00Z"));
            budget.save();

            assertThat(account.used()).isZero();
            assertThat(account.spend(Priority.BULK)).isNull();
            spend(account, 99);
            budget.save();
            assertThat(warnings)
                    .extracting(MonthlyBudget.Warning::month)
                    .containsExactly(YearMonth.of(2024, 5), YearMonth.of(2024, 6));
        }
    }

    @Test
    void counts_are_kept_while_the_database_is_away() {
        var failures = new AtomicInteger(2);
        var counter = new PostgresCallCounter(dataSource());
        try (var budget = new MonthlyBudget(
                0,
                (account, month, calls) -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("away");
                    }
                    return counter.add(account, month, calls);
                },
                warnings::add,
                meters,
                clock)) {
            var account = budget.account("cli_1", null);
            spend(account, 7);
            budget.save();
            budget.save();
            budget.save();
            assertThat(account.used()).isEqualTo(7);
        }
        assertThat(new JdbcTemplate(dataSource()).queryForObject("select calls from feishu.api_budget", Long.class))
                .isEqualTo(7);
    }

    @Test
    void the_gate_counts_calls_but_not_requests_for_tokens_and_refuses_jobs_by_name() throws IOException {
        try (var platform = new PlatformServer();
                var budget = budget(100);
                var clients = platform.clients(budget)) {
            var client = clients.client(FeishuClients.DEFAULT);
            for (var i = 0; i < 95; i++) {
                client.call(ApiRequest.get(BOT));
            }
            assertThat(budget.account(PlatformServer.APP_ID, null).used()).isEqualTo(95);

            assertThatThrownBy(() -> client.call(ApiRequest.get(BOT).priority(Priority.BULK)))
                    .isInstanceOf(FeishuRetryableException.class)
                    .hasMessageContaining("the month's budget of 100 calls (feishu.monthly-budget)")
                    .hasMessageContaining("next month");
            client.call(ApiRequest.get(BOT));
            assertThat(platform.calls).hasSize(96);
        }
    }

    @Test
    void a_negative_budget_is_a_mistake() {
        assertThatThrownBy(() -> budget(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("feishu.monthly-budget");
    }

    private static void spend(MonthlyBudget.Account account, int calls) {
        for (var i = 0; i < calls; i++) {
            assertThat(account.spend(Priority.NORMAL)).isNull();
        }
    }

    private MonthlyBudget budget(long limit) {
        return new MonthlyBudget(limit, new PostgresCallCounter(dataSource()), warnings::add, meters, clock);
    }

    private static DataSource dataSource() {
        return postgres.dataSource();
    }
}
