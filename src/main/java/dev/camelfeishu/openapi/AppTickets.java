package dev.camelfeishu.openapi;

import java.util.Optional;

/** The tickets of store apps: what Feishu pushes every hour and what their tokens are asked for with. */
public interface AppTickets {

    /** The newest ticket of the app, or nothing while none has come. */
    Optional<String> ticket(String appId);

    void keep(String appId, String ticket);
}
