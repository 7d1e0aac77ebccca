package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The custom bots of groups, each with its webhook. */
public final class CustomBots {
    private static final Duration SIGNED = Duration.ofHours(1);

    /**
     * A custom bot.
     *
     * @param secret empty when calls need no signature
     * @param keywords of which a message must have one; empty when it may say anything
     */
    record CustomBot(String id, String token, String chatId, String name, String secret, List<String> keywords) {
        /** Whether a call is signed with the secret, at a time at most an hour away. */
        boolean signed(String timestamp, String sign) {
            if (secret.isEmpty()) {
                return true;
            }
            if (!timestamp.matches("\\d{1,12}")) {
                return false;
            }
            long away = Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(timestamp));
            byte[] wanted = signature(timestamp).getBytes(StandardCharsets.UTF_8);
            return away <= SIGNED.toSeconds() && MessageDigest.isEqual(wanted, sign.getBytes(StandardCharsets.UTF_8));
        }

        /** The string is the key, the message is empty. */
        private String signature(String timestamp) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec((timestamp + "\n" + secret).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                return Base64.getEncoder().encodeToString(mac.doFinal());
            } catch (NoSuchAlgorithmException | InvalidKeyException e) {
                throw new IllegalStateException("HmacSHA256 is missing", e);
            }
        }
    }

    private final SandboxDatabase database;

    public CustomBots(SandboxDatabase database) {
        this.database = database;
    }

    CustomBot add(Chat chat, String name, String secret, JsonNode keywords) {
        String token = UUID.randomUUID().toString();
        database.jdbc()
                .update(
                        "insert into sandbox.custom_bot values (?, ?, ?, ?, ?, ?)",
                        "b_" + Messages.hex(),
                        token,
                        chat.id(),
                        name,
                        secret,
                        Json.write(keywords));
        return find(token).orElseThrow();
    }

    Optional<CustomBot> find(String token) {
        return select("where token = ?", token).stream().findFirst();
    }

    List<CustomBot> all() {
        return select("order by name, bot_id");
    }

    /** The name of a bot, its id when it is unknown. */
    String name(String botId) {
        return select("where bot_id = ?", botId).stream()
                .findFirst()
                .map(CustomBot::name)
                .orElse(botId);
    }

    private List<CustomBot> select(String rest, Object... values) {
        return database.jdbc()
                .query(
                        "select * from sandbox.custom_bot " + rest,
                        (row, n) -> {
                            List<String> keywords = new ArrayList<>();
                            Json.read(row.getString("keywords")).forEach(word -> keywords.add(word.asText()));
                            return new CustomBot(
                                    row.getString("bot_id"),
                                    row.getString("token"),
                                    row.getString("chat_id"),
                                    row.getString("name"),
                                    row.getString("secret"),
                                    List.copyOf(keywords));
                        },
                        values);
    }
}
