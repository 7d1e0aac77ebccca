package dev.camelfeishu.openapi;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The bot of each app, in each tenant: every one has an open_id of its own. Thread safe. */
public final class Bots {

    private final FeishuClients clients;
    private final Map<FeishuClient, Bot> bots = new ConcurrentHashMap<>();

    public Bots(FeishuClients clients) {
        this.clients = clients;
    }

    /** @throws IllegalArgumentException as {@link FeishuClients#client(String, String)} */
    public Bot of(String appName, String tenantKey) {
        return bots.computeIfAbsent(clients.client(appName, tenantKey), Bot::new);
    }
}
