package dev.camelfeishu.openapi;

import java.util.Optional;

/**
 * The tickets of store apps. The platform pushes one every hour as the event {@code app_ticket}; without one a store app gets
 * no token. Implementations are thread safe and outlive a restart.
 */
public interface AppTickets {

    /** The newest ticket of an app. */
    Optional<String> ticket(String appId);

    /** Keeps the newest ticket of an app in place of the one before. */
    void keep(String appId, String ticket);
}
