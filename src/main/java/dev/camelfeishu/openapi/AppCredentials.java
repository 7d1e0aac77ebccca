package dev.camelfeishu.openapi;

/**
 * Who the app is: the two values of the developer console's page "Credentials &amp; Basic Info".
 *
 * @param appId {@code cli_…}
 * @param appSecret its secret; never printed
 * @param kind how it gets its tokens
 */
public record AppCredentials(String appId, String appSecret, Kind kind) {

    /** How an app gets its tokens. */
    public enum Kind {
        /** An app of one company: its secret suffices. */
        SELF_BUILT,
        /** An app of the App Directory: it needs a ticket, and has a token for each tenant that installed it. */
        STORE
    }

    public AppCredentials {
        if (appId == null || appId.isBlank()) {
            throw new IllegalArgumentException("FEISHU_APP_ID is empty");
        }
        if (appSecret == null || appSecret.isBlank()) {
            throw new IllegalArgumentException("FEISHU_APP_SECRET is empty");
        }
        if (kind == null) {
            throw new IllegalArgumentException("the kind of the app is missing: self-built or store");
        }
    }

    public AppCredentials(String appId, String appSecret) {
        this(appId, appSecret, Kind.SELF_BUILT);
    }

    @Override
    public String toString() {
        return "AppCredentials[appId=" + appId + ", kind=" + kind + "]";
    }
}
