package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The other end of the pushes: keeps what comes and answers what it is told. */
public final class ReceivingWebhook implements AutoCloseable {
    /** One delivery as it came. */
    public record Delivery(String path, Map<String, String> headers, String body) {
        public String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }

        /** The JSON inside, decrypted with the sandbox's key when it is encrypted. */
        public JsonNode json() {
            JsonNode node = Json.read(body);
            return node.has("encrypt")
                    ? Json.read(
                            decrypt("sandbox-encrypt-key", node.path("encrypt").asText()))
                    : node;
        }
    }

    /** An answer. */
    public record Answered(int status, String body) {}

    private final HttpServer server;
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    private volatile Function<Delivery, Answered> answer = delivery -> new Answered(200, "{}");

    public ReceivingWebhook() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            Map<String, String> headers = new TreeMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
            Delivery delivery = new Delivery(
                    exchange.getRequestURI().getPath(),
                    headers,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            deliveries.add(delivery);
            Answered answered = answer.apply(delivery);
            byte[] bytes = answered.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(answered.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/webhook";
    }

    public void answers(Function<Delivery, Answered> wanted) {
        answer = wanted;
    }

    public List<Delivery> deliveries() {
        return deliveries;
    }

    /** Deliveries of an event type, of either envelope. */
    public List<Delivery> ofType(String type) {
        return deliveries.stream()
                .filter(delivery -> type.equals(delivery.json()
                                .path("header")
                                .path("event_type")
                                .asText())
                        || type.equals(
                                delivery.json().path("event").path("type").asText()))
                .toList();
    }

    public void forget() {
        deliveries.clear();
        answer = delivery -> new Answered(200, "{}");
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** Decrypts as the documentation says, without the sandbox's own code. */
    public static String decrypt(String key, String encrypted) {
        try {
            byte[] raw = Base64.getDecoder().decode(encrypted);
            byte[] secret = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.DECRYPT_MODE, new SecretKeySpec(secret, "AES"), new IvParameterSpec(Arrays.copyOf(raw, 16)));
            return new String(cipher.doFinal(raw, 16, raw.length - 16), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
