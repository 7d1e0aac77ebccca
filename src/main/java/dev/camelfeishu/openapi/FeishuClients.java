package dev.camelfeishu.openapi;

/** The clients of the apps that are configured, by name. Thread safe. */
public interface FeishuClients {

    /** Name of the app that the variables FEISHU_APP_ID and FEISHU_APP_SECRET describe. */
    String DEFAULT = "default";

    /**
     * The client of an app. For a store app it is not yet in a tenant: only calls that take the app's own token work.
     *
     * @throws IllegalArgumentException when no app has that name; the message lists those there are
     */
    FeishuClient client(String appName);

    /**
     * The client of an app in a tenant; the same one each time.
     *
     * @param tenantKey the tenant, as events name it; null or, for a self-built app, whatever it is: its own tenant
     * @throws IllegalArgumentException when no app has that name, or the key is none
     */
    FeishuClient client(String appName, String tenantKey);

    /** One client as the app {@link #DEFAULT}. */
    static FeishuClients of(FeishuClient client) {
        return new FeishuClients() {
            @Override
            public FeishuClient client(String appName) {
                if (!DEFAULT.equals(appName)) {
                    throw new IllegalArgumentException(
                            "no app is named " + ForeignText.clean(appName) + "; there is: " + DEFAULT);
                }
                return client;
            }

            @Override
            public FeishuClient client(String appName, String tenantKey) {
                return client(appName);
            }
        };
    }
}
