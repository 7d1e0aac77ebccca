package dev.camelfeishu.openapi;

import static dev.camelfeishu.openapi.PlatformServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoreAppTest {

    private static final String BOT = "/open-apis/bot/v3/info";

    private final Map<String, String> kept = new ConcurrentHashMap<>();
    private final AppTickets tickets = new AppTickets() {
        @Override
        public Optional<String> ticket(String appId) {
            return Optional.ofNullable(kept.get(appId));
        }

        @Override
        public void keep(String appId, String ticket) {
            kept.put(appId, ticket);
        }
    };
    private PlatformServer platform;
    private SdkFeishuClients clients;

    @BeforeEach
    void start() throws IOException {
        platform = new PlatformServer();
        platform.checksTokens = false;
        clients = platform.clients(
                tickets,
                Map.of(
                        "shop",
                        new AppCredentials("cli_shop", "secret of the shop", AppCredentials.Kind.STORE),
                        FeishuClients.DEFAULT,
                        new AppCredentials(PlatformServer.APP_ID, PlatformServer.APP_SECRET)));
    }

    @AfterEach
    void stop() {
        clients.close();
        platform.close();
    }

    @Test
    void a_tenants_token_comes_from_the_ticket_by_way_of_the_apps_token() throws IOException {
        tickets.keep("cli_shop", "ticket-1");

        clients.client("shop", "tenant1").call(ApiRequest.get(BOT));

        assertThat(platform.tokenRequests)
                .extracting(PlatformServer.Seen::uri)
                .containsExactly("/open-apis/auth/v3/app_access_token", "/open-apis/auth/v3/tenant_access_token");
        assertThat(platform.parse(platform.tokenRequests.get(0).text()))
                .isEqualTo(platform.parse(
                        "{\"app_id\":\"cli_shop\",\"app_secret\":\"secret of the shop\",\"app_ticket\":\"ticket-1\"}"));
        assertThat(platform.parse(platform.tokenRequests.get(1).text()))
                .isEqualTo(platform.parse("{\"app_access_token\":\"t-granted1\",\"tenant_key\":\"tenant1\"}"));
        assertThat(platform.calls.get(0).authorization()).isEqualTo("Bearer t-granted2");
    }

    @Test
    void tenants_share_the_apps_token_and_have_each_their_own() {
        tickets.keep("cli_shop", "ticket-1");

        for (var i = 0; i < 3; i++) {
            clients.client("shop", "tenant1").call(ApiRequest.get(BOT));
            clients.client("shop", "tenant2").call(ApiRequest.get(BOT));
        }

        assertThat(platform.tokenRequests)
                .extracting(PlatformServer.Seen::uri)
                .containsExactly(
                        "/open-apis/auth/v3/app_access_token",
                        "/open-apis/auth/v3/tenant_access_token",
                        "/open-apis/auth/v3/tenant_access_token");
        assertThat(platform.calls)
                .extracting(PlatformServer.Seen::authorization)
                .containsOnly("Bearer t-granted2", "Bearer t-granted3");
    }

    @Test
    void many_threads_of_many_tenants_ask_once_for_each_token() throws Exception {
        tickets.keep("cli_shop", "ticket-1");
        var threads = Executors.newFixedThreadPool(64);
        var start = new CountDownLatch(1);
        try {
            var calls = java.util.stream.IntStream.range(0, 64)
                    .mapToObj(i -> threads.submit(() -> {
                        start.await();
                        return clients.client("shop", "tenant" + i % 4).call(ApiRequest.get(BOT));
                    }))
                    .toList();
            start.countDown();
            for (var call : calls) {
                call.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(platform.tokenRequests).hasSize(1 + 4);
        assertThat(platform.calls).hasSize(64);
    }

    @Test
    void without_a_ticket_the_platform_is_asked_once_and_the_caller_told_to_try_later() {
        platform.nextToken(json(200, "{\"code\":0,\"msg\":\"ok\"}"));

        var first = catchThrowableOfType(
                FeishuRetryableException.class,
                () -> clients.client("shop", "tenant1").call(ApiRequest.get(BOT)));
        var second = catchThrowableOfType(
                FeishuRetryableException.class,
                () -> clients.client("shop", "tenant1").call(ApiRequest.get(BOT)));

        assertThat(first).hasMessageContaining("cli_shop").hasMessageContaining("Feishu was asked to send one");
        assertThat(second).hasMessageContaining("no valid app_ticket yet");
        assertThat(platform.tokenRequests)
                .extracting(PlatformServer.Seen::uri)
                .containsExactly("/open-apis/auth/v3/app_ticket/resend");

        tickets.keep("cli_shop", "ticket-1");
        clients.client("shop", "tenant1").call(ApiRequest.get(BOT));
        assertThat(platform.calls).hasSize(1);
    }

    @Test
    void an_app_token_that_ended_is_fetched_again_for_a_tenants_token() {
        tickets.keep("cli_shop", "ticket-1");
        clients.client("shop", "tenant1").call(ApiRequest.get(BOT));
        platform.nextToken(json(400, "{\"code\":99991664,\"msg\":\"app access token invalid\"}"));

        clients.client("shop", "tenant2").call(ApiRequest.get(BOT));

        assertThat(platform.tokenRequests)
                .extracting(PlatformServer.Seen::uri)
                .containsExactly(
                        "/open-apis/auth/v3/app_access_token",
                        "/open-apis/auth/v3/tenant_access_token",
                        "/open-apis/auth/v3/tenant_access_token",
                        "/open-apis/auth/v3/app_access_token",
                        "/open-apis/auth/v3/tenant_access_token");
    }

    @Test
    void a_store_app_without_a_tenant_is_told_to_name_one() {
        assertThatThrownBy(() -> clients.client("shop").call(ApiRequest.get(BOT)))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("tenant_key");
        assertThatThrownBy(() -> clients.client("shop", "a/b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_self_built_app_has_one_client_whatever_the_tenant() {
        assertThat(clients.client(FeishuClients.DEFAULT, "tenant1")).isSameAs(clients.client(FeishuClients.DEFAULT));
        assertThatThrownBy(() -> clients.client("other"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there are: default, shop");
    }
}
