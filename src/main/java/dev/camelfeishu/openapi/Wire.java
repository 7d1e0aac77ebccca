package dev.camelfeishu.openapi;

import com.lark.oapi.core.Config;
import com.lark.oapi.core.Transport;
import com.lark.oapi.core.request.RawRequest;
import com.lark.oapi.core.request.RequestOptions;
import com.lark.oapi.core.response.RawResponse;
import com.lark.oapi.core.token.AccessTokenType;
import com.lark.oapi.okhttp.ConnectionPool;
import com.lark.oapi.okhttp.Interceptor;
import com.lark.oapi.okhttp.MediaType;
import com.lark.oapi.okhttp.OkHttpClient;
import com.lark.oapi.okhttp.Request;
import com.lark.oapi.okhttp.RequestBody;
import com.lark.oapi.okhttp.Response;
import com.lark.oapi.okhttp.ResponseBody;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The official SDK as far as the wire: it composes the address and the headers of a call, our own HTTP client sends it,
 * exactly once. Left to itself the SDK repeats calls that carry no token, turns some answers into exceptions without a
 * status, and may log bodies; therefore it is shown an empty answer always, and the true one goes past it, in the
 * {@link Attempt} that travels as its request body.
 */
final class Wire implements AutoCloseable {

    /** Limits of the client; the deadline of a call is mostly shorter and ends its attempt. */
    private static final Duration CONNECT = Duration.ofSeconds(3);

    private static final Duration READ = Duration.ofSeconds(30);
    private static final Duration CALL = Duration.ofSeconds(30);
    /** Shorter than the idle time after which servers close, so that a call seldom meets a dead connection. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final int CONNECTIONS = 32;
    private static final int LARGEST_ANSWER = 32 * 1024 * 1024;
    private static final MediaType JSON = MediaType.get("application/json; charset=utf-8");
    private static final Set<AccessTokenType> NO_TOKEN = Set.of(AccessTokenType.None);
    private static final Set<AccessTokenType> TENANT_TOKEN = Set.of(AccessTokenType.Tenant);

    /** What came back: either an answer (status above 0) or a failure to get one. */
    record Answer(
            int status,
            Map<String, List<String>> headers,
            String contentType,
            byte[] body,
            IOException failure,
            boolean sent) {

        /** First value of a header, whatever the case of its name, or null. */
        String header(String name) {
            var values = headers.get(name);
            return values == null || values.isEmpty() ? null : values.get(0);
        }
    }

    /** One sending of one call. Written and read by the calling thread only. */
    private static final class Attempt {
        private final byte[] body;
        private final Duration timeout;
        private boolean sent;
        private Answer answer;

        private Attempt(byte[] body, Duration timeout) {
            this.body = body;
            this.timeout = timeout;
        }
    }

    private final OkHttpClient http;
    private final Config config;

    Wire(BaseUrl baseUrl) {
        this.http = new OkHttpClient.Builder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(CONNECT)
                .readTimeout(READ)
                .writeTimeout(READ)
                .callTimeout(CALL)
                .connectionPool(new ConnectionPool(CONNECTIONS, IDLE.toSeconds(), TimeUnit.SECONDS))
                .addNetworkInterceptor(Wire::once)
                .build();
        this.config = new Config();
        config.setBaseUrl(baseUrl.value());
        // the SDK wants both, and uses neither when its token cache is off; so it does not get them
        config.setAppId("-");
        config.setAppSecret("-");
        config.setDisableTokenCache(true);
        config.setHttpTransport(this::execute);
    }

    /**
     * Sends a call once and waits for its answer.
     *
     * @param path encoded path and query, beginning with a slash
     * @param token bearer token, or null for none
     * @param body JSON bytes, or null for none
     * @param timeout the longest to wait; 30 s are the limit
     */
    Answer send(String method, String path, String token, byte[] body, Duration timeout) {
        var attempt = new Attempt(body, timeout.compareTo(CALL) > 0 ? CALL : timeout);
        // a fresh map: the SDK writes into it
        var options = RequestOptions.newBuilder().headers(new HashMap<>());
        try {
            Transport.send(
                    config,
                    (token == null ? options : options.tenantAccessToken(token)).build(),
                    method,
                    path,
                    token == null ? NO_TOKEN : TENANT_TOKEN,
                    attempt);
        } catch (Exception e) {
            // ours never throws, so the SDK itself refused the call before it was sent
            throw new IllegalStateException(
                    "the Feishu SDK refused the call: " + e.getClass().getSimpleName(), e);
        }
        return attempt.answer;
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private RawResponse execute(RawRequest raw) {
        var attempt = (Attempt) raw.getBody();
        attempt.answer = exchange(raw, attempt);
        var shown = new RawResponse();
        shown.setStatusCode(200);
        shown.setHeaders(Map.of());
        shown.setBody(new byte[0]);
        return shown;
    }

    private Answer exchange(RawRequest raw, Attempt attempt) {
        var request = new Request.Builder()
                .url(raw.getReqUrl())
                .method(raw.getHttpMethod(), body(raw.getHttpMethod(), attempt.body))
                .tag(Attempt.class, attempt);
        raw.getHeaders().forEach((name, values) -> values.forEach(value -> request.addHeader(name, value)));
        var call = http.newCall(request.build());
        call.timeout().timeout(Math.max(1, attempt.timeout.toMillis()), TimeUnit.MILLISECONDS);
        try (Response response = call.execute();
                ResponseBody body = response.body()) {
            var bytes = body.byteStream().readNBytes(LARGEST_ANSWER + 1);
            if (bytes.length > LARGEST_ANSWER) {
                throw new IOException("the answer is larger than 32 MiB");
            }
            var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
            headers.putAll(response.headers().toMultimap());
            return new Answer(response.code(), headers, response.header("Content-Type", ""), bytes, null, attempt.sent);
        } catch (IOException e) {
            if (e instanceof InterruptedIOException
                    && String.valueOf(e.getMessage()).contains("interrupted")) {
                Thread.currentThread().interrupt();
            }
            return new Answer(0, Map.of(), "", new byte[0], e, attempt.sent);
        }
    }

    private static RequestBody body(String method, byte[] json) {
        if (json != null) {
            return RequestBody.create(JSON, json);
        }
        return method.equals("GET") || method.equals("DELETE") ? null : RequestBody.create(null, new byte[0]);
    }

    /**
     * Runs when a connection stands and the request is about to be written. Taking Retry-After away keeps the HTTP client
     * from sending a request again by itself when the server answers 503 with "Retry-After: 0".
     */
    private static Response once(Interceptor.Chain chain) throws IOException {
        var attempt = chain.request().tag(Attempt.class);
        if (attempt != null) {
            attempt.sent = true;
        }
        return chain.proceed(chain.request())
                .newBuilder()
                .removeHeader("Retry-After")
                .build();
    }
}
