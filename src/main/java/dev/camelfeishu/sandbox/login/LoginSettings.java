package dev.camelfeishu.sandbox.login;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the log-in.
 *
 * @param redirectUrls the app's redirect list; empty: every address on loopback
 * @param refresh the app's security switch "refresh user_access_token"
 */
@ConfigurationProperties("feishu.sandbox.login")
public record LoginSettings(
        @DefaultValue List<String> redirectUrls,
        @DefaultValue("true") boolean refresh) {
    public LoginSettings {
        redirectUrls = List.copyOf(redirectUrls);
    }
}
