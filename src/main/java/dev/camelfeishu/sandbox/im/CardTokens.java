package dev.camelfeishu.sandbox.im;

import dev.camelfeishu.sandbox.SandboxDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** The tokens of card callbacks: each allows two delayed updates within 30 minutes, once the callback is answered. */
public final class CardTokens {
    static final int USES = 2;
    private static final long LIFETIME_MS = Duration.ofMinutes(30).toMillis();

    /** A token that is still known. */
    record CardToken(String messageId, boolean expired, boolean answered, int uses) {}

    private final SandboxDatabase database;

    public CardTokens(SandboxDatabase database) {
        this.database = database;
    }

    String issue(Message message) {
        String token = "c-" + UUID.randomUUID().toString().replace("-", "");
        database.jdbc()
                .update(
                        "insert into sandbox.card_token (token, message_id, created_ms) values (?, ?, ?)",
                        token,
                        message.id(),
                        System.currentTimeMillis());
        return token;
    }

    void answered(String token) {
        database.jdbc().update("update sandbox.card_token set answered = true where token = ?", token);
    }

    /** Locks the token for the current transaction. */
    Optional<CardToken> lock(String token) {
        return database
                .jdbc()
                .query(
                        "select * from sandbox.card_token where token = ? for update",
                        (row, n) -> new CardToken(
                                row.getString("message_id"),
                                row.getLong("created_ms") + LIFETIME_MS < System.currentTimeMillis(),
                                row.getBoolean("answered"),
                                row.getInt("uses")),
                        token)
                .stream()
                .findFirst();
    }

    void use(String token) {
        database.jdbc().update("update sandbox.card_token set uses = uses + 1 where token = ?", token);
    }
}
