package dev.camelfeishu.openapi;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The gate of every configured app. All clients share the HTTP connections; each app in each tenant has its own tokens and
 * turns, because the platform counts by app and tenant.
 */
public final class SdkFeishuClients implements FeishuClients, AutoCloseable {

    private static final Pattern TENANT_KEY = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private record InTenant(String appName, String tenantKey) {}

    private final Platform platform;
    private final Map<String, SdkFeishuClient> apps;
    private final Map<InTenant, SdkFeishuClient> tenants = new ConcurrentHashMap<>();

    /**
     * @param apps the configured apps by name
     * @param tickets where store apps find their tickets; null when there is no store app
     * @param people where the tokens of people are
     * @param budget counts the calls; its owner closes it
     */
    public SdkFeishuClients(
            PlatformUrls urls,
            Map<String, AppCredentials> apps,
            AppTickets tickets,
            UserTokens people,
            MonthlyBudget budget,
            EndpointCatalog catalog,
            MeterRegistry meters) {
        this(urls, apps, tickets, people, budget, catalog, meters, Clock.systemUTC());
    }

    SdkFeishuClients(
            PlatformUrls urls,
            Map<String, AppCredentials> apps,
            AppTickets tickets,
            UserTokens people,
            MonthlyBudget budget,
            EndpointCatalog catalog,
            MeterRegistry meters,
            Clock clock) {
        if (tickets == null && apps.values().stream().anyMatch(app -> app.kind() == AppCredentials.Kind.STORE)) {
            throw new IllegalArgumentException("a store app needs a place for its tickets");
        }
        this.platform = new Platform(urls, catalog, people, Objects.requireNonNull(budget, "budget"), meters, clock);
        var clients = new HashMap<String, SdkFeishuClient>();
        apps.forEach((name, app) -> clients.put(name, new SdkFeishuClient(platform, app, tickets, new LocalTurns())));
        this.apps = Map.copyOf(clients);
    }

    @Override
    public FeishuClient client(String appName) {
        return app(appName);
    }

    @Override
    public FeishuClient client(String appName, String tenantKey) {
        var app = app(appName);
        if (!app.isStoreApp() || tenantKey == null || tenantKey.isBlank()) {
            return app;
        }
        if (!TENANT_KEY.matcher(tenantKey).matches()) {
            throw new IllegalArgumentException("not a tenant_key: " + ForeignText.clean(tenantKey));
        }
        return tenants.computeIfAbsent(new InTenant(appName, tenantKey), tenant -> app.in(tenantKey, new LocalTurns()));
    }

    private SdkFeishuClient app(String name) {
        var app = apps.get(Objects.requireNonNullElse(name, DEFAULT));
        if (app == null) {
            throw new IllegalArgumentException("no app is named " + ForeignText.clean(name) + "; there are: "
                    + String.join(", ", apps.keySet().stream().sorted().toList()));
        }
        return app;
    }

    /** Ends idle connections and the threads that renew tokens; calls under way may fail. */
    @Override
    public void close() {
        platform.close();
    }
}
