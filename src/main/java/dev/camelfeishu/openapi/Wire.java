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
 * status, may log bodies, and holds every file in memory; therefore it is shown an empty answer always, and the true one goes
 * past it, in the {@link Attempt} that travels as its request body. Files go through the same HTTP client, the one packed in
 * the SDK, as streams. A GET with a body, which that client refuses, goes through the JDK's ({@link BodiedGet}).
 */
final class Wire implements AutoCloseable {

    /** Limits of the client; the deadline of a call is mostly shorter and ends its attempt. */
    private static final Duration CONNECT = Duration.ofSeconds(3);

    /** The longest silence on a connection, also while a file moves. */
    private static final Duration READ = Duration.ofSeconds(30);

    private static final Duration CALL = Duration.ofSeconds(30);
    /** Shorter than the idle time after which servers close, so that a call seldom meets a dead connection. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final int CONNECTIONS = 32;
    static final int LARGEST_ANSWER = 32 * 1024 * 1024;
    private static final MediaType JSON = MediaType.get("application/json; charset=utf-8");
    private static final Set<AccessTokenType> NO_TOKEN = Set.of(AccessTokenType.None);
    private static final Set<AccessTokenType> TENANT_TOKEN = Set.of(AccessTokenType.Tenant);

    /** What came back: an answer (status above 0), or a failure to get one. */
    record Answer(
            int status,
            Map<String, List<String>> headers,
            String contentType,
            byte[] body,
            Download file,
            IOException failure,
            boolean sent) {

        /** First value of a header, whatever the case of its name, or null. */
        String header(String name) {
            var values = headers.get(name);
            return values == null || values.isEmpty() ? null : values.get(0);
        }
    }

    /** What is sent: at most one of JSON and a form. */
    record Message(String method, String path, byte[] json, List<ApiRequest.Part> form, boolean wantsFile) {}

    /** One sending of one call. Written and read by the calling thread only. */
    private static final class Attempt {
        private final Message message;
        private final Duration timeout;
        private boolean sent;
        private Answer answer;

        private Attempt(Message message, Duration timeout) {
            this.message = message;
            this.timeout = timeout;
        }
    }

    private final OkHttpClient http;
    private final BodiedGet bodied = new BodiedGet(CONNECT);
    private final Config open;
    private final Config www;

    Wire(PlatformUrls urls) {
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
        this.open = config(urls.open());
        this.www = config(urls.www());
    }

    private Config config(BaseUrl baseUrl) {
        var config = new Config();
        config.setBaseUrl(baseUrl.value());
        // the SDK wants both, and uses neither when its token cache is off; so it does not get them
        config.setAppId("-");
        config.setAppSecret("-");
        config.setDisableTokenCache(true);
        config.setHttpTransport(this::execute);
        return config;
    }

    /**
     * Sends a call once and waits for its answer; for a file, until it begins.
     *
     * @param token bearer token, or null for none
     * @param timeout the longest to wait; 30 s are the limit, except for a form
     */
    Answer send(Message message, String token, Duration timeout) {
        var attempt = new Attempt(
                message, timeout.compareTo(CALL) > 0 && message.form().isEmpty() ? CALL : timeout);
        // a fresh map: the SDK writes into it
        var options = RequestOptions.newBuilder().headers(new HashMap<>());
        try {
            Transport.send(
                    message.path().startsWith(Endpoint.WWW_ROOT) ? www : open,
                    (token == null ? options : options.tenantAccessToken(token)).build(),
                    message.method(),
                    message.path(),
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
        return attempt.message.method().equals("GET") && attempt.message.json() != null
                ? bodied.exchange(raw.getReqUrl(), raw.getHeaders(), attempt.message.json(), attempt.timeout)
                : packed(raw, attempt);
    }

    private Answer packed(RawRequest raw, Attempt attempt) {
        var message = attempt.message;
        var body = message.form().isEmpty() ? json(message) : Form.of(message.form());
        var request = new Request.Builder()
                .url(raw.getReqUrl())
                .method(raw.getHttpMethod(), body)
                .tag(Attempt.class, attempt);
        raw.getHeaders().forEach((name, values) -> values.forEach(value -> request.addHeader(name, value)));
        if (!message.form().isEmpty()) {
            request.header("Content-Type", body.contentType().toString());
        }
        if (message.wantsFile()) {
            // compressed, its length would be unknown, and most files are compressed already
            request.header("Accept-Encoding", "identity");
        }
        var call = client(attempt).newCall(request.build());
        if (!message.wantsFile()) {
            call.timeout().timeout(Math.max(1, attempt.timeout.toMillis()), TimeUnit.MILLISECONDS);
        }
        try {
            var response = call.execute();
            var handedOver = false;
            try {
                var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
                headers.putAll(response.headers().toMultimap());
                var type = response.header("Content-Type", "");
                var file = message.wantsFile() ? ReceivedFile.of(response) : null;
                handedOver = file != null;
                return new Answer(
                        response.code(),
                        headers,
                        type,
                        handedOver ? new byte[0] : bytes(response),
                        file,
                        null,
                        attempt.sent);
            } finally {
                if (!handedOver) {
                    response.close();
                }
            }
        } catch (IOException e) {
            if (e instanceof InterruptedIOException
                    && String.valueOf(e.getMessage()).contains("interrupted")) {
                Thread.currentThread().interrupt();
            }
            return new Answer(0, Map.of(), "", new byte[0], null, e, attempt.sent);
        }
    }

    /** For a file the deadline ends the waiting for its beginning only, therefore it limits each silence, not the whole. */
    private OkHttpClient client(Attempt attempt) {
        if (!attempt.message.wantsFile()) {
            return http;
        }
        var silence = Duration.ofMillis(Math.max(1, Math.min(attempt.timeout.toMillis(), READ.toMillis())));
        return http.newBuilder().callTimeout(Duration.ZERO).readTimeout(silence).build();
    }

    private static byte[] bytes(Response response) throws IOException {
        var bytes = response.body().byteStream().readNBytes(LARGEST_ANSWER + 1);
        if (bytes.length > LARGEST_ANSWER) {
            throw new IOException("the answer is larger than 32 MiB");
        }
        return bytes;
    }

    private static RequestBody json(Message message) {
        if (message.json() != null) {
            return RequestBody.create(JSON, message.json());
        }
        return message.method().equals("GET") || message.method().equals("DELETE")
                ? null
                : RequestBody.create(null, new byte[0]);
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
