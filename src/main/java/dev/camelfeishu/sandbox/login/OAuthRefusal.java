package dev.camelfeishu.sandbox.login;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Json;

/**
 * A refusal of the OAuth endpoints, which have an envelope of their own. Which {@code error} goes with which code is
 * documented for 20050 only; the others follow RFC 6749.
 */
final class OAuthRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String error;

    OAuthRefusal(int code, String error, String description) {
        super(description, null, false, false);
        this.code = code;
        this.error = error;
    }

    Answer answer() {
        ObjectNode body = Json.object().put("code", code).put("error", error).put("error_description", getMessage());
        return Answer.of(400, body);
    }
}
