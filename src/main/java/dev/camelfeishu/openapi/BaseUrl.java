package dev.camelfeishu.openapi;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * The root of one Open Platform, such as {@code https://open.feishu.cn}: https, or http on loopback only, because the app's
 * secret travels to it; no path, no trailing slash, no user info.
 *
 * @param value the checked text
 */
public record BaseUrl(String value) {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** @throws IllegalArgumentException when the text is not such a root; the message says what is wrong */
    public BaseUrl {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("the base URL is empty; give one such as https://open.feishu.cn");
        }
        // first, so that no later message repeats a password
        if (value.indexOf('@') >= 0) {
            throw new IllegalArgumentException("the base URL must not hold user info");
        }
        URI uri;
        try {
            uri = new URI(value);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the base URL is not a URL; give one such as https://open.feishu.cn", e);
        }
        if (uri.getScheme() == null || uri.getHost() == null) {
            throw new IllegalArgumentException("the base URL needs a scheme and a host, as in https://open.feishu.cn");
        }
        if (value.endsWith("/")) {
            throw new IllegalArgumentException("the base URL must not end with a slash: " + value);
        }
        if (!uri.getRawPath().isEmpty() || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("the base URL is scheme, host and port only: " + value);
        }
        if (uri.getPort() == 0 || uri.getPort() > 65535) {
            throw new IllegalArgumentException("the base URL has no valid port: " + value);
        }
        var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        var loopback = LOOPBACK.contains(uri.getHost().toLowerCase(Locale.ROOT));
        if (!scheme.equals("https") && !(scheme.equals("http") && loopback)) {
            throw new IllegalArgumentException("the base URL must be https (http is for loopback only): " + value);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
