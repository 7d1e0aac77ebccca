package dev.camelfeishu.openapi;

/**
 * Who the app is: the two values of the developer console's page "Credentials &amp; Basic Info".
 *
 * @param appId {@code cli_…}
 * @param appSecret its secret; never printed
 */
public record AppCredentials(String appId, String appSecret) {

    public AppCredentials {
        if (appId == null || appId.isBlank()) {
            throw new IllegalArgumentException("FEISHU_APP_ID is empty");
        }
        if (appSecret == null || appSecret.isBlank()) {
            throw new IllegalArgumentException("FEISHU_APP_SECRET is empty");
        }
    }

    @Override
    public String toString() {
        return "AppCredentials[appId=" + appId + "]";
    }
}
