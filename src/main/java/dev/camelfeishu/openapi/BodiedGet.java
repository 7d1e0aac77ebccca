package dev.camelfeishu.openapi;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A GET with a JSON body, as one endpoint wants it. The HTTP client packed in the SDK refuses to send one. */
final class BodiedGet {

    /** Set by the client itself. */
    private static final Set<String> OWN_HEADERS = Set.of("content-length", "content-type", "host", "connection");

    private final HttpClient http;

    BodiedGet(Duration connect) {
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connect)
                .build();
    }

    Wire.Answer exchange(String url, Map<String, List<String>> headers, byte[] json, Duration timeout) {
        var request = HttpRequest.newBuilder(URI.create(url))
                .timeout(timeout)
                .header("Content-Type", "application/json; charset=utf-8")
                .method("GET", HttpRequest.BodyPublishers.ofByteArray(json));
        headers.forEach((name, values) -> {
            if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (var stream = response.body()) {
                var bytes = stream.readNBytes(Wire.LARGEST_ANSWER + 1);
                if (bytes.length > Wire.LARGEST_ANSWER) {
                    throw new IOException("the answer is larger than 32 MiB");
                }
                var received = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
                received.putAll(response.headers().map());
                var type = response.headers().firstValue("Content-Type").orElse("");
                return new Wire.Answer(response.statusCode(), received, type, bytes, null, null, true);
            }
        } catch (IOException e) {
            var sent = !(e instanceof ConnectException || e instanceof HttpConnectTimeoutException);
            return new Wire.Answer(0, Map.of(), "", new byte[0], null, e, sent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Wire.Answer(0, Map.of(), "", new byte[0], null, new IOException("interrupted", e), true);
        }
    }
}
