package dev.camelfeishu.event;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What proves that a request comes from Feishu and is meant for this app. While a secret is rotated its old and its new
 * value are both valid.
 *
 * @param appId the app's id, {@code cli_…}
 * @param encryptKeys the Encrypt Keys, at most two; when there is one, events must be encrypted and signed
 * @param verificationTokens the Verification Tokens, at most two; when there is none, everything is refused
 * @param allowUnsigned whether, without an Encrypt Key, the token alone is enough
 */
public record IngressSettings(
        String appId, List<String> encryptKeys, List<String> verificationTokens, boolean allowUnsigned) {

    public IngressSettings {
        if (appId == null || appId.isBlank()) {
            throw new IllegalArgumentException("The app id is missing: set FEISHU_APP_ID");
        }
        encryptKeys = secrets(encryptKeys, "FEISHU_ENCRYPT_KEY");
        verificationTokens = secrets(verificationTokens, "FEISHU_VERIFICATION_TOKEN");
    }

    /**
     * From the settings as they are written: one value, or two separated by a comma.
     *
     * @param encryptKey null or blank for none
     * @param verificationToken null or blank for none
     */
    public static IngressSettings of(String appId, String encryptKey, String verificationToken, boolean allowUnsigned) {
        return new IngressSettings(appId, split(encryptKey), split(verificationToken), allowUnsigned);
    }

    private static List<String> split(String values) {
        return values == null ? List.of() : Stream.of(values.split(",")).toList();
    }

    private static List<String> secrets(List<String> values, String name) {
        List<String> kept = values.stream()
                .filter(Objects::nonNull)
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
        if (kept.size() > 2) {
            throw new IllegalArgumentException(name + " has more than two values; two are enough to rotate it");
        }
        return kept;
    }

    /** Names the app only: the rest is secret. */
    @Override
    public String toString() {
        return "IngressSettings[appId=" + appId + ", encryptKeys=" + encryptKeys.size() + ", verificationTokens="
                + verificationTokens.size() + ", allowUnsigned=" + allowUnsigned + "]";
    }
}
