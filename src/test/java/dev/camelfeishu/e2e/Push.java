package dev.camelfeishu.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What Feishu sends, made here by the platform's documentation: for what the sandbox never sends.
 *
 * @param headers with the signature, if there is one
 */
record Push(byte[] body, Map<String, String> headers) {

    private static final String TYPE = "application/json; charset=utf-8";

    /** An event or a callback in the envelope 2.0, encrypted and signed. */
    static Push of(JsonNode sandboxInfo, String type, ObjectNode event) {
        return sealed(sandboxInfo, envelope(sandboxInfo, type, event));
    }

    static ObjectNode envelope(JsonNode info, String type, ObjectNode event) {
        ObjectNode envelope = Http.JSON.createObjectNode().put("schema", "2.0");
        envelope.putObject("header")
                .put("event_id", UUID.randomUUID().toString())
                .put("token", info.path("verification_token").asText())
                .put("create_time", Long.toString(Instant.now().toEpochMilli()))
                .put("event_type", type)
                .put("tenant_key", Sandbox.TENANT)
                .put("app_id", info.path("app_id").asText());
        envelope.set("event", event);
        return envelope;
    }

    /** Encrypted and signed. */
    static Push sealed(JsonNode info, JsonNode plain) {
        return signed(
                info.path("encrypt_key").asText(),
                encrypted(info.path("encrypt_key").asText(), plain));
    }

    /** Not encrypted, and without a signature. */
    static Push plain(String body) {
        return new Push(body.getBytes(StandardCharsets.UTF_8), Map.of("Content-Type", TYPE));
    }

    static byte[] encrypted(String key, JsonNode plain) {
        return encrypted(key, plain.toString().getBytes(StandardCharsets.UTF_8));
    }

    static byte[] encrypted(String key, byte[] plain) {
        try {
            byte[] iv = new byte[16];
            new SecureRandom().nextBytes(iv);
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(digest("SHA-256", key.getBytes(StandardCharsets.UTF_8)), "AES"),
                    new IvParameterSpec(iv));
            byte[] text = cipher.doFinal(plain);
            byte[] all = new byte[iv.length + text.length];
            System.arraycopy(iv, 0, all, 0, iv.length);
            System.arraycopy(text, 0, all, iv.length, text.length);
            return Http.JSON
                    .createObjectNode()
                    .put("encrypt", Base64.getEncoder().encodeToString(all))
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static Push signed(String key, byte[] body) {
        return signed("SHA-256", key, body);
    }

    /** The old card callback: SHA-1 with the verification token. */
    static Push oldCard(JsonNode info, JsonNode callback) {
        return signed(
                "SHA-1",
                info.path("verification_token").asText(),
                callback.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Push signed(String algorithm, String key, byte[] body) {
        return signed(algorithm, key, body, Instant.now());
    }

    private static Push signed(String algorithm, String key, byte[] body, Instant at) {
        String timestamp = Long.toString(at.getEpochSecond());
        String nonce = UUID.randomUUID().toString().substring(0, 8);
        byte[] before = (timestamp + nonce + key).getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[before.length + body.length];
        System.arraycopy(before, 0, all, 0, before.length);
        System.arraycopy(body, 0, all, before.length, body.length);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", TYPE);
        headers.put("X-Lark-Request-Timestamp", timestamp);
        headers.put("X-Lark-Request-Nonce", nonce);
        headers.put("X-Lark-Signature", HexFormat.of().formatHex(digest(algorithm, all)));
        return new Push(body, headers);
    }

    /** The same, signed so long ago: a redelivery carries its first signature. */
    static Push signedAgo(String key, byte[] body, Duration ago) {
        return signed("SHA-256", key, body, Instant.now().minus(ago));
    }

    Push with(String header, String value) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.put(header, value);
        return new Push(body, changed);
    }

    Push without(String header) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.remove(header);
        return new Push(body, changed);
    }

    Http.Answer to(Http http, String path) {
        return http.send("POST", path, body, headers);
    }

    /** A message event. The message need not be known to the sandbox. */
    static ObjectNode message(String id, String chat, String chatType, Person sender, String text) {
        ObjectNode event = Http.JSON.createObjectNode();
        ObjectNode from = event.putObject("sender");
        from.putObject("sender_id").put("open_id", sender.openId());
        from.put("sender_type", "user").put("tenant_key", Sandbox.TENANT);
        event.putObject("message")
                .put("message_id", id)
                .put("create_time", Long.toString(Instant.now().toEpochMilli()))
                .put("chat_id", chat)
                .put("chat_type", chatType)
                .put("message_type", "text")
                .put("content", Http.JSON.createObjectNode().put("text", text).toString());
        return event;
    }

    /** A click on a card. */
    static ObjectNode click(String messageId, String chat, String openId, JsonNode value) {
        ObjectNode event = Http.JSON.createObjectNode();
        event.putObject("operator").put("tenant_key", Sandbox.TENANT).put("open_id", openId);
        event.put("token", "c-" + UUID.randomUUID());
        event.putObject("action").put("tag", "button").set("value", value);
        event.put("host", "im_message");
        event.putObject("context").put("open_message_id", messageId).put("open_chat_id", chat);
        return event;
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
