package dev.camelfeishu.sandbox.login;

import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import dev.camelfeishu.sandbox.Tokens;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What people granted the app when they logged in: authorization codes and refresh tokens, and the access tokens they give, as the OAuth
 * endpoints of version 2 give them. Each code and each refresh token serves once.
 */
public final class UserTokens {
    /** How long a code is valid. */
    public static final Duration CODE_LIFETIME = Duration.ofMinutes(5);

    private static final Duration REFRESH_LIFETIME = Duration.ofDays(7);
    private static final Duration AUTHORIZATION = Duration.ofDays(365);

    /**
     * What a person agreed to, before it is exchanged.
     *
     * @param challenge of PKCE, or null
     * @param method S256 or plain
     */
    public record Agreement(
            String openId, Set<String> scopes, String redirectUri, String challenge, String method, boolean expired) {}

    /**
     * New tokens.
     *
     * @param refreshToken null unless offline_access was granted
     */
    public record Issued(
            String accessToken,
            Duration expiresIn,
            String refreshToken,
            Duration refreshExpiresIn,
            Set<String> scopes) {}

    /** A refresh token that is known. */
    public record Refresh(String openId, Set<String> scopes, Instant firstGranted, boolean expired, boolean used) {}

    private final SandboxDatabase database;
    private final Tokens tokens;
    private final Duration lifetime;
    private final SecureRandom random = new SecureRandom();

    public UserTokens(SandboxDatabase database, Tokens tokens, SandboxProperties properties) {
        this.database = database;
        this.tokens = tokens;
        this.lifetime = properties.tokenLifetime();
    }

    /** The code of an agreement. Grants add up: what was agreed to before is still granted. */
    public String agree(
            String openId, Set<String> scopes, String redirectUri, String challenge, String challengeMethod) {
        scopes.forEach(scope -> database.jdbc()
                .update(
                        "insert into sandbox.user_grant (open_id, scope) values (?, ?) on conflict do nothing",
                        openId,
                        scope));
        String code = text(33);
        database.jdbc()
                .update(
                        "insert into sandbox.user_code (code, open_id, redirect_uri, challenge, challenge_method, created_at)"
                                + " values (?, ?, ?, ?, ?, ?)",
                        code,
                        openId,
                        redirectUri,
                        challenge,
                        challengeMethod,
                        Timestamp.from(Instant.now()));
        return code;
    }

    /** Locks the code for the current transaction. */
    public Optional<Agreement> code(String code) {
        return database
                .jdbc()
                .query(
                        "select * from sandbox.user_code where code = ? for update",
                        (row, n) -> new Agreement(
                                row.getString("open_id"),
                                granted(row.getString("open_id")),
                                row.getString("redirect_uri"),
                                row.getString("challenge"),
                                row.getString("challenge_method"),
                                over(row.getTimestamp("created_at").toInstant().plus(CODE_LIFETIME))),
                        code)
                .stream()
                .findFirst();
    }

    /** @return false when the code was used before */
    public boolean use(String code) {
        return database.jdbc().update("update sandbox.user_code set used = true where code = ? and not used", code) > 0;
    }

    /** Locks the refresh token for the current transaction. */
    public Optional<Refresh> refresh(String token) {
        return database
                .jdbc()
                .query(
                        "select * from sandbox.user_refresh where token = ? for update",
                        (row, n) -> {
                            Instant first = row.getTimestamp("first_granted").toInstant();
                            return new Refresh(
                                    row.getString("open_id"),
                                    scopes(row.getString("scopes")),
                                    first,
                                    over(row.getTimestamp("expires_at").toInstant()) || over(first.plus(AUTHORIZATION)),
                                    row.getBoolean("used"));
                        },
                        token)
                .stream()
                .findFirst();
    }

    /** Marks a refresh token as used. */
    public void spend(String token) {
        database.jdbc().update("update sandbox.user_refresh set used = true where token = ?", token);
    }

    /** @param firstGranted when the person logged in; refreshing ends a year later */
    public Issued issue(String openId, Set<String> scopes, Instant firstGranted) {
        Instant now = Instant.now();
        String written = String.join(" ", new TreeSet<>(scopes));
        String access = jwt();
        tokens.keep(access, new Tokens.UserToken(openId, scopes, now.plus(lifetime)));
        if (!scopes.contains("offline_access")) {
            return new Issued(access, lifetime, null, null, scopes);
        }
        String refresh = jwt();
        database.jdbc()
                .update(
                        "insert into sandbox.user_refresh (token, open_id, scopes, first_granted, expires_at)"
                                + " values (?, ?, ?, ?, ?)",
                        refresh,
                        openId,
                        written,
                        Timestamp.from(firstGranted),
                        Timestamp.from(now.plus(REFRESH_LIFETIME)));
        return new Issued(access, lifetime, refresh, REFRESH_LIFETIME, scopes);
    }

    private Set<String> granted(String openId) {
        return Set.copyOf(database.jdbc()
                .queryForList("select scope from sandbox.user_grant where open_id = ?", String.class, openId));
    }

    private static Set<String> scopes(String written) {
        return written.isEmpty() ? Set.of() : Set.copyOf(List.of(written.split(" ")));
    }

    private static boolean over(Instant end) {
        return end.isBefore(Instant.now());
    }

    /** Looks like the tokens of the platform; what it holds is nobody's business. */
    private String jwt() {
        String header = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        "{\"alg\":\"ES256\",\"typ\":\"JWT\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return header + "." + text(600) + "." + text(48);
    }

    private String text(int bytes) {
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(noise);
    }
}
