package dev.camelfeishu.sandbox.push;

import dev.camelfeishu.sandbox.SandboxProperties;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** The application's request URLs. An answer counts within 3 s, 2 s of it for the connection; redirects are not followed. */
public final class Webhook {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final long DEADLINE_MS = 3000;
    private static final int ANSWER = 64 * 1024;

    private final SandboxProperties properties;
    private final Environment environment;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .executor(Executors.newCachedThreadPool(Webhook::thread))
            .build();

    public Webhook(SandboxProperties properties, Environment environment) {
        this.properties = properties;
        this.environment = environment;
    }

    /** Where pushes go, without {@code /event} and {@code /card}. */
    public String url() {
        if (!properties.webhookUrl().isEmpty()) {
            return properties.webhookUrl();
        }
        String port = environment.getProperty("feishu.webhook-port");
        if (!StringUtils.hasText(port)) {
            port = environment.getProperty("WEBHOOK_PORT");
        }
        if (!StringUtils.hasText(port)) {
            port = environment.getProperty("local.server.port", environment.getProperty("server.port", "8080"));
        }
        return "http://127.0.0.1:" + port.trim() + "/webhook";
    }

    Attempt send(Push push) {
        return send(push.kind().equals(Push.EVENT) ? "/event" : "/card", push.body(), push.headers());
    }

    /** Sends the URL verification, encrypted when there is a key and never signed. */
    Attempt challenge(String path, String plain, String encryptKey) {
        byte[] iv = new byte[16];
        new SecureRandom().nextBytes(iv);
        String body = encryptKey.isEmpty() ? plain : Seal.envelope(Seal.encrypt(encryptKey, iv, plain));
        return send(path, body, Map.of());
    }

    private Attempt send(String path, String body, Map<String, String> headers) {
        Instant at = Instant.now();
        long begin = System.nanoTime();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        try {
            HttpResponse<byte[]> response = answer.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
            byte[] bytes = response.body();
            String text = new String(bytes, 0, Math.min(bytes.length, ANSWER), StandardCharsets.UTF_8);
            return attempt(
                    at, begin, response.statusCode(), response.statusCode() == 200 ? "acknowledged" : "status", text);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return attempt(at, begin, 0, "timeout", null);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            boolean unconnected = cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
            return attempt(
                    at,
                    begin,
                    0,
                    unconnected ? "no connection" : "no answer",
                    cause instanceof IOException ? cause.getMessage() : String.valueOf(cause));
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return attempt(at, begin, 0, "interrupted", null);
        }
    }

    /** A thread that does not belong to the web server whose request happened to start it. */
    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "sandbox-webhook");
        thread.setDaemon(true);
        thread.setContextClassLoader(Webhook.class.getClassLoader());
        return thread;
    }

    private static Attempt attempt(Instant at, long begin, int status, String outcome, String answer) {
        String text = answer == null ? null : answer.replace("\u0000", "");
        return new Attempt(at, status, outcome, text, (System.nanoTime() - begin) / 1_000_000);
    }
}
