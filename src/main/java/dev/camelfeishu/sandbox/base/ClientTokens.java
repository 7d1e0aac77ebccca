package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.sandbox.Call;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Calls that may be repeated with the same {@code client_token}: the same request is answered as before and does nothing,
 * another request with the token is refused with 1255006. A token is remembered for a day.
 */
final class ClientTokens {
    private static final Pattern UUID_V4 =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");

    private final JdbcTemplate jdbc;
    private final ObjectMapper mapper;

    ClientTokens(JdbcTemplate jdbc, ObjectMapper mapper) {
        this.jdbc = jdbc;
        this.mapper = mapper;
    }

    /** The call's token, empty when it has none. */
    String of(Call call) {
        String token = call.query("client_token", "");
        if (!token.isEmpty() && !UUID_V4.matcher(token).matches()) {
            throw new Denied(1254037, "");
        }
        return token;
    }

    /** Runs the work, or answers what it answered the first time. The caller holds the table and the transaction. */
    JsonNode once(Call call, JsonNode body, Supplier<JsonNode> work) {
        String token = of(call);
        if (token.isEmpty()) {
            return work.get();
        }
        String request = digest(call.method() + ' ' + call.path() + ' ' + body);
        jdbc.update("delete from sandbox.base_client_token where created_at < now() - interval '1 day'");
        List<Known> known = jdbc.query(
                "select request, answer from sandbox.base_client_token where client_token = ?",
                (rs, n) -> new Known(rs.getString(1), rs.getString(2)),
                token);
        if (known.isEmpty()) {
            JsonNode answer = work.get();
            int stored = jdbc.update("""
                    insert into sandbox.base_client_token (client_token, request, answer) values (?, ?, ?::jsonb)
                    on conflict do nothing
                    """, token, request, answer.toString());
            if (stored == 0) {
                throw new Denied(1255006, "");
            }
            return answer;
        }
        if (!known.get(0).request().equals(request)) {
            throw new Denied(1255006, "");
        }
        try {
            return mapper.readTree(known.get(0).answer());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("A stored answer cannot be read", e);
        }
    }

    private record Known(String request, String answer) {}

    private static String digest(String request) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(request.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
