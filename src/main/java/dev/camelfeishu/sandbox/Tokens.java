package dev.camelfeishu.sandbox;

import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The access tokens of the app. One kind serves as tenant and as app token, as a self-built app may see it. */
public final class Tokens {
    private static final Duration RENEWAL = Duration.ofMinutes(30);
    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /** An issued token and when it ends. */
    public record Issued(String token, Instant expiresAt) {}

    /**
     * A token of a person.
     *
     * @param scopes what the person has granted
     */
    public record UserToken(String openId, Set<String> scopes, Instant expiresAt) {
        public boolean expired() {
            return !expiresAt.isAfter(Instant.now());
        }
    }

    private final SandboxDatabase database;
    private final Duration lifetime;
    private final Duration renewal;
    private final SecureRandom random = new SecureRandom();

    public Tokens(SandboxDatabase database, SandboxProperties properties) {
        this.database = database;
        this.lifetime = properties.tokenLifetime();
        Duration quarter = lifetime.dividedBy(4);
        this.renewal = quarter.compareTo(RENEWAL) < 0 ? quarter : RENEWAL;
    }

    /** The current token, or a new one in the last part of its life; the old one stays valid to its end. */
    public synchronized Issued issue() {
        Instant now = Instant.now();
        List<Issued> current = database.jdbc()
                .query(
                        "select token, expires_at from sandbox.token where expires_at >= ? order by expires_at desc limit 1",
                        (row, n) ->
                                new Issued(row.getString(1), row.getTimestamp(2).toInstant()),
                        Timestamp.from(now.plus(renewal)));
        if (!current.isEmpty()) {
            return current.get(0);
        }
        Issued issued = new Issued("t-" + text(42), now.plus(lifetime));
        database.jdbc()
                .update(
                        "insert into sandbox.token (token, issued_at, expires_at) values (?, ?, ?)",
                        issued.token(),
                        Timestamp.from(now),
                        Timestamp.from(issued.expiresAt()));
        database.jdbc()
                .update(
                        "delete from sandbox.token where expires_at < ?",
                        Timestamp.from(now.minus(Duration.ofDays(1))));
        return issued;
    }

    boolean valid(String token) {
        return Boolean.TRUE.equals(database.jdbc()
                .queryForObject(
                        "select exists (select from sandbox.token where token = ? and expires_at > ?)",
                        Boolean.class,
                        token,
                        Timestamp.from(Instant.now())));
    }

    /**
     * Makes a person's token known to the gate. Whoever signs people in issues it.
     *
     * @param token beginning with {@code u-} or, a JWT, with {@code eyJ}
     */
    public void keep(String token, UserToken user) {
        database.jdbc()
                .update(
                        "insert into sandbox.user_token (token, open_id, scopes, expires_at) values (?, ?, ?, ?)",
                        token,
                        user.openId(),
                        String.join(" ", user.scopes()),
                        Timestamp.from(user.expiresAt()));
    }

    /** What is known of a person's token, also of one that has expired. */
    public Optional<UserToken> user(String token) {
        return database
                .jdbc()
                .query(
                        "select open_id, scopes, expires_at from sandbox.user_token where token = ?",
                        (row, n) -> new UserToken(
                                row.getString(1),
                                Set.of(row.getString(2).split(" ")),
                                row.getTimestamp(3).toInstant()),
                        token)
                .stream()
                .findFirst();
    }

    /** Ends every token of the app now. */
    public int expire() {
        Timestamp now = Timestamp.from(Instant.now());
        return database.jdbc().update("update sandbox.token set expires_at = ? where expires_at > ?", now, now);
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
