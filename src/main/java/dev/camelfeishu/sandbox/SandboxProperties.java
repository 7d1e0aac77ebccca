package dev.camelfeishu.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the sandbox.
 *
 * @param address address on which it listens
 * @param port port on which it listens, 0 for any free one
 * @param appId the app's identity, as the application must know it
 * @param appSecret likewise
 * @param encryptKey Encrypt Key of the app; empty: pushes are neither encrypted nor signed
 * @param verificationToken likewise
 * @param tokenLifetime how long a token is valid; in its last quarter, at most 30 minutes, a new one is issued
 * @param rates whether the documented frequency limits are kept
 * @param deniedScopes scopes the app has not been granted
 * @param unsubscribed types of events and callbacks that the app's published version is not subscribed to; all others it is
 * @param webhookUrl where pushes go: events to {@code /event}, callbacks to {@code /card} below it; empty: the application's
 *     own webhook port on this machine
 * @param pushTrain the waits before an event is delivered again
 * @param calls how many calls the log keeps
 * @param recallWindow how old a message of one's own may be to be recalled, as the tenant's administrator sets it
 * @param editWindow likewise to be edited
 */
@ConfigurationProperties("feishu.sandbox")
public record SandboxProperties(
        @DefaultValue("127.0.0.1") String address,
        @DefaultValue("8090") int port,
        @DefaultValue("cli_a1b2c3d4e5f60718") String appId,
        @DefaultValue("sandbox-app-secret") String appSecret,
        @DefaultValue("sandbox-encrypt-key") String encryptKey,
        @DefaultValue("sandbox-verification-token") String verificationToken,
        @DefaultValue("2h") Duration tokenLifetime,
        @DefaultValue("true") boolean rates,
        @DefaultValue Set<String> deniedScopes,
        @DefaultValue Set<String> unsubscribed,
        @DefaultValue("") String webhookUrl,
        @DefaultValue({"15s", "5m", "1h", "6h"}) List<Duration> pushTrain,
        @DefaultValue("5000") int calls,
        @DefaultValue("1d") Duration recallWindow,
        @DefaultValue("1d") Duration editWindow) {
    /** The tenant the app is installed in. */
    public static final String TENANT_KEY = "sandbox0tenant001";

    /** The bot's open_id. */
    public static final String BOT_OPEN_ID = "ou_b0700000000000000000000000000001";

    /** The bot's name. */
    public static final String BOT_NAME = "ERP 助手";

    public SandboxProperties {
        // the application may know two while they are rotated; Feishu itself has one
        encryptKey = encryptKey.split(",", 2)[0].strip();
        verificationToken = verificationToken.split(",", 2)[0].strip();
        deniedScopes = Set.copyOf(deniedScopes);
        unsubscribed = Set.copyOf(unsubscribed);
        pushTrain = List.copyOf(pushTrain);
    }

    @Override
    public String toString() {
        return "SandboxProperties[" + address + ":" + port + "]";
    }
}
