package dev.camelfeishu.sandbox;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/** Keeps other web sites, opened in a browser on the same machine, from the control calls. */
final class Guard {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private Guard() {}

    /** @throws Refusal 403 when the request names another host, or comes from a page of another origin */
    static void check(Call call) {
        String host = call.headers().getOrDefault("host", "").toLowerCase(Locale.ROOT);
        if (!LOOPBACK.contains(name(host))) {
            throw new Refusal(403, 403, "Control calls are taken under the names localhost and 127.0.0.1 only.");
        }
        String origin = call.headers().get("origin");
        if (origin != null && !sameOrigin(origin, host)) {
            throw new Refusal(403, 403, "Control calls are not taken from pages of another origin.");
        }
        if ("cross-site".equals(call.headers().get("sec-fetch-site"))) {
            throw new Refusal(403, 403, "Control calls are not taken from pages of another site.");
        }
    }

    private static String name(String host) {
        int port = host.lastIndexOf(':');
        return port > host.lastIndexOf(']') ? host.substring(0, port) : host;
    }

    private static boolean sameOrigin(String origin, String host) {
        try {
            URI uri = new URI(origin);
            return "http".equals(uri.getScheme()) && host.equalsIgnoreCase(uri.getAuthority());
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
