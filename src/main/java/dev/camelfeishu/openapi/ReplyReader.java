package dev.camelfeishu.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells a success from a failure. A success is HTTP 2xx, JSON, with a {@code code} that is there and 0; everything else is
 * a failure, and no body can make the reading itself fail.
 */
final class ReplyReader {

    private static final String RATE_RESET = "x-ogw-ratelimit-reset";
    private static final String LOG_ID = "X-Tt-Logid";
    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");
    private static final Pattern CARD_SUB_CODE = Pattern.compile("ErrCode:\\s*(\\d{1,9})");
    private static final Pattern SCOPE = Pattern.compile("[A-Za-z0-9_.:-]{1,100}");
    private static final int SCOPES_NAMED = 10;

    private final ObjectMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /**
     * @param secrets texts that must not appear in what is read
     */
    Reply read(Wire.Answer answer, Endpoint endpoint, String... secrets) {
        if (answer.failure() != null) {
            return noAnswer(answer, secrets);
        }
        if (answer.file() != null) {
            return new Reply.File(answer.file());
        }
        var root = body(answer);
        var code = root == null ? null : code(root);
        var status = answer.status();
        if (code == null) {
            return notFeishu(answer, root, secrets);
        }
        var logId = logId(answer, root);
        if (code == 0 && status >= 200 && status < 300) {
            return new Reply.Success(new ApiResponse(root.path("data"), root, status, logId));
        }
        var known = ErrorCodes.of(code);
        var reaction = known.map(ErrorCodes.Known::reaction).orElseGet(() -> reaction(status));
        return new Reply.Failure(
                status,
                code,
                text(code, root, endpoint, secrets),
                logId,
                reaction,
                hint(code, root, endpoint, reaction, secrets),
                reset(answer, reaction),
                null);
    }

    private static Reply noAnswer(Wire.Answer answer, String... secrets) {
        var failure = answer.failure();
        if (failure instanceof Form.SourceException) {
            return new Reply.Failure(
                    0,
                    0,
                    ForeignText.clean(failure.getMessage(), secrets),
                    null,
                    Reaction.NEVER,
                    "Give the upload a source that can be read in full, and its true length.",
                    null,
                    failure);
        }
        var what = ForeignText.clean(failure.getMessage(), secrets);
        var text = (answer.sent() ? "no answer" : "no connection") + " ("
                + failure.getClass().getSimpleName() + (what.isEmpty() ? "" : ": " + what) + ")";
        return new Reply.Failure(
                0,
                0,
                text,
                null,
                answer.sent() ? Reaction.SERVER_TROUBLE : Reaction.WAIT_SHORTLY,
                answer.sent()
                        ? "Try again later."
                        : "Check the network, the proxy and FEISHU_BASE_URL, or try again later.",
                null,
                failure);
    }

    private static Reply notFeishu(Wire.Answer answer, JsonNode root, String... secrets) {
        var status = answer.status();
        var contentType = ForeignText.clean(answer.contentType(), secrets);
        var shape = answer.body().length == 0
                ? "an empty body"
                : root == null ? "a body that is not JSON" : "JSON without a code";
        var reaction = status >= 200 && status < 300 ? Reaction.SERVER_TROUBLE : reaction(status);
        return new Reply.Failure(
                status,
                0,
                "the answer is not Feishu's: " + shape + (contentType.isEmpty() ? "" : ", " + contentType),
                logId(answer, root),
                reaction,
                reaction == Reaction.NEVER
                        ? "Check FEISHU_BASE_URL and what stands between it and this server."
                        : "Try again later; if it stays, check FEISHU_BASE_URL and what stands between.",
                reset(answer, reaction),
                null);
    }

    /** The body as a JSON object, or null when it is none. */
    private JsonNode body(Wire.Answer answer) {
        var type = answer.contentType().toLowerCase(Locale.ROOT);
        // gateways send JSON as plain text at times; a page is never an answer
        if (!type.isEmpty() && !type.contains("json") && !type.startsWith("text/plain")) {
            return null;
        }
        try {
            var root = json.readTree(answer.body());
            return root != null && root.isObject() ? root : null;
        } catch (JsonProcessingException e) {
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    private static Integer code(JsonNode root) {
        var code = root.path("code");
        return code.isIntegralNumber() && code.canConvertToInt() ? code.intValue() : null;
    }

    private static Reaction reaction(int status) {
        if (status == 429) {
            return Reaction.WAIT_FOR_RATE;
        }
        return status == 408 || status >= 500 ? Reaction.SERVER_TROUBLE : Reaction.NEVER;
    }

    private static String text(int code, JsonNode root, Endpoint endpoint, String... secrets) {
        var msg = ForeignText.clean(root.path("msg").asText(""), secrets);
        var text = msg.isEmpty() ? endpoint.documentedErrors().getOrDefault(code, "") : msg;
        return (code + " " + text).strip();
    }

    private static String hint(int code, JsonNode root, Endpoint endpoint, Reaction reaction, String... secrets) {
        if (code == ErrorCodes.APP_LACKS_SCOPE) {
            return "Grant the app " + scopes(root, endpoint)
                    + " in the developer console, page Permissions & Scopes, and publish a version.";
        }
        if (code == ErrorCodes.USER_LACKS_SCOPE) {
            return "Let the person authorise the app again, with " + scopes(root, endpoint) + ".";
        }
        if (code == ErrorCodes.CARD_REFUSED) {
            var subCode = CARD_SUB_CODE.matcher(root.path("msg").asText(""));
            if (subCode.find()) {
                var known = ErrorCodes.cardHint(Integer.parseInt(subCode.group(1)));
                if (known.isPresent()) {
                    return known.get();
                }
            }
        }
        var known = ErrorCodes.of(code);
        if (known.isPresent()) {
            return known.get().hint();
        }
        var documented = ForeignText.clean(endpoint.documentedErrors().getOrDefault(code, ""), secrets);
        if (!documented.isEmpty() && !documented.equals(root.path("msg").asText(""))) {
            return "The documentation says: " + documented + (documented.endsWith(".") ? "" : ".");
        }
        return switch (reaction) {
            case WAIT_FOR_RATE, WAIT_SHORTLY -> "Call it less often.";
            case SERVER_TROUBLE -> "Try again later; if it stays, give Feishu support the log id.";
            default -> "See this code on the endpoint's page of the Open Platform documentation.";
        };
    }

    /** The scopes the answer asks for (subject, else scope), else those of the catalog. */
    private static String scopes(JsonNode root, Endpoint endpoint) {
        var scopes = new LinkedHashSet<String>();
        for (var violation : root.path("error").path("permission_violations")) {
            var scope = violation.path("subject").asText("");
            if (scope.isEmpty()) {
                scope = violation.path("scope").asText("");
            }
            if (SCOPE.matcher(scope).matches() && scopes.size() < SCOPES_NAMED) {
                scopes.add(scope);
            }
        }
        if (scopes.isEmpty()) {
            scopes.addAll(endpoint.scopes());
        }
        if (scopes.isEmpty()) {
            return "the scope that the message names";
        }
        return (scopes.size() == 1 ? "the scope " : "one of the scopes ") + String.join(", ", scopes);
    }

    private static String logId(Wire.Answer answer, JsonNode root) {
        var header = ForeignText.logId(answer.header(LOG_ID));
        if (header != null || root == null) {
            return header;
        }
        var error = root.path("error");
        var body = ForeignText.logId(error.path("log_id").asText(null));
        return body != null ? body : ForeignText.logId(error.path("logid").asText(null));
    }

    /** The wait Feishu asks for; the header means nothing where the call was not limited. */
    private static Duration reset(Wire.Answer answer, Reaction reaction) {
        var reset = answer.header(RATE_RESET);
        if (reaction != Reaction.WAIT_FOR_RATE
                || reset == null
                || !SECONDS.matcher(reset.strip()).matches()) {
            return null;
        }
        return Duration.ofSeconds(Long.parseLong(reset.strip()));
    }
}
