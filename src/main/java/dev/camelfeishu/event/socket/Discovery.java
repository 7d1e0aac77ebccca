package dev.camelfeishu.event.socket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the platform where to connect: {@code POST /callback/ws/endpoint} with the app's id and secret. The address it answers
 * is good for one connection and holds secrets.
 */
final class Discovery {

    private static final String PATH = "/callback/ws/endpoint";
    private static final int LARGEST_ANSWER = 64 * 1024;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern SERVICE = Pattern.compile("(?:^|&)service_id=(\\d{1,9})(?:&|$)");

    /** Where to connect, and as whom. Not printable: its query is an access key and a ticket. */
    record Address(URI url, int service, ClientConfig config) {
        @Override
        public String toString() {
            return "Address[service=" + service + "]";
        }
    }

    private final ObjectMapper json = new ObjectMapper();
    private final BaseUrl baseUrl;
    private final AppCredentials credentials;
    private final HttpClient http;
    private final Executor executor;
    private final Duration timeout;

    Discovery(BaseUrl baseUrl, AppCredentials credentials, HttpClient http, Executor executor, Duration timeout) {
        this.baseUrl = baseUrl;
        this.credentials = credentials;
        this.http = http;
        this.executor = executor;
        this.timeout = timeout;
    }

    /** Fails with a {@link RefusedException}, or with an {@link IOException} when there is no answer. */
    CompletableFuture<Address> ask() {
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("AppID", credentials.appId())
                .put("AppSecret", credentials.appSecret())
                .toString();
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl.value() + PATH))
                .timeout(timeout)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("locale", "zh")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .thenApplyAsync(this::read, executor)
                .orTimeout(timeout.toMillis() * 2, java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    private Address read(HttpResponse<InputStream> response) {
        JsonNode answer = parsed(response);
        JsonNode code = answer.path("code");
        if (!code.isIntegralNumber()) {
            throw RefusedException.passing("the discovery was answered with HTTP " + response.statusCode());
        }
        if (code.longValue() != 0) {
            throw RefusedException.code(code.longValue(), answer.path("msg").asText(""));
        }
        JsonNode data = answer.path("data");
        URI url = checked(data.path("URL").asText(""));
        Matcher service = SERVICE.matcher(url.getRawQuery() == null ? "" : url.getRawQuery());
        if (!service.find()) {
            throw RefusedException.passing("the discovery's answer has no service_id");
        }
        return new Address(url, Integer.parseInt(service.group(1)), ClientConfig.of(data.path("ClientConfig")));
    }

    private JsonNode parsed(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            return json.readTree(body.readNBytes(LARGEST_ANSWER));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return JsonNodeFactory.instance.missingNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** wss; ws only where the platform itself is on this machine. */
    private URI checked(String text) {
        try {
            URI url = new URI(text);
            boolean plain = "ws".equals(url.getScheme())
                    && baseUrl.value().startsWith("http:")
                    && LOOPBACK.contains(url.getHost());
            if (url.getHost() != null && ("wss".equals(url.getScheme()) || plain)) {
                return url;
            }
        } catch (URISyntaxException e) {
            // said below, without the text: it may hold secrets
        }
        throw RefusedException.lasting("the discovery answers an address that is not wss://; check FEISHU_BASE_URL");
    }
}
