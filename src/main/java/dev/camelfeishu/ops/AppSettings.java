package dev.camelfeishu.ops;

import dev.camelfeishu.event.Apps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * One app as it is configured: the app {@code default} by {@code feishu.app-id} and its neighbours, every other one by
 * {@code feishu.apps.<name>}. What is not set is "".
 *
 * @param kind {@code self-built} or {@code store}
 */
public record AppSettings(
        String name, String appId, String appSecret, String encryptKey, String verificationToken, String kind) {

    static final String STORE = "store";
    static final String SELF_BUILT = "self-built";

    public AppSettings {
        appId = text(appId);
        appSecret = text(appSecret);
        encryptKey = text(encryptKey);
        verificationToken = text(verificationToken);
        kind = text(kind).isEmpty() ? SELF_BUILT : text(kind);
    }

    record Named(String appId, String appSecret, String encryptKey, String verificationToken, String kind) {}

    /** The app {@code default} and then the others by name, right or wrong. */
    public static List<AppSettings> read(Environment environment) {
        List<AppSettings> apps = new ArrayList<>();
        apps.add(new AppSettings(
                Apps.DEFAULT,
                environment.getProperty("feishu.app-id"),
                environment.getProperty("feishu.app-secret"),
                environment.getProperty("feishu.encrypt-key"),
                environment.getProperty("feishu.verification-token"),
                environment.getProperty("feishu.app-kind")));
        Map<String, Named> named = Binder.get(environment)
                .bind("feishu.apps", Bindable.mapOf(String.class, Named.class))
                .orElse(Map.of());
        new TreeMap<>(named)
                .forEach((name, app) -> apps.add(new AppSettings(
                        name, app.appId(), app.appSecret(), app.encryptKey(), app.verificationToken(), app.kind())));
        return List.copyOf(apps);
    }

    public boolean isDefault() {
        return name.equals(Apps.DEFAULT);
    }

    public boolean isStore() {
        return kind.equals(STORE);
    }

    private static String text(String value) {
        return value == null ? "" : value.strip();
    }

    /** Names the app only: the rest is secret. */
    @Override
    public String toString() {
        return "AppSettings[name=" + name + ", appId=" + appId + ", kind=" + kind + "]";
    }
}
