package dev.camelfeishu.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What Feishu tells a third party of a quick action on its approval: {@code {"action_type","action_context","user_id",
 * "approval_code","instance_id","task_id","message_id","id","reason","attachments"}}. It comes with the token of the
 * definition, and encrypted where the definition has a key.
 */
public final class ActionCallback {

    private static final String TOKEN = "token";

    private final byte[] token;
    private final EncryptKey key;

    /**
     * @param token {@code action_callback_token} of the definition
     * @param key {@code action_callback_key} of the definition; empty when it has none
     * @throws IllegalArgumentException without a token: then anybody could act
     */
    public ActionCallback(String token, String key) {
        if (token.isBlank()) {
            throw new IllegalArgumentException("there is no token to compare with");
        }
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.key = key.isBlank() ? null : new EncryptKey(key);
    }

    /** The action without its token, or nothing when it does not come from Feishu. */
    public Optional<ObjectNode> read(byte[] body) {
        if (body.length > Ingress.MAX_BODY) {
            return Optional.empty();
        }
        var json = new StrictJson();
        Optional<ObjectNode> action = json.object(body);
        if (key != null) {
            action = action.flatMap(
                            envelope -> key.decrypt(envelope.path("encrypt").asText()))
                    .flatMap(json::object);
        }
        return action.filter(plain ->
                        MessageDigest.isEqual(token, plain.path(TOKEN).asText().getBytes(StandardCharsets.UTF_8)))
                .map(plain -> {
                    plain.remove(TOKEN);
                    return plain;
                });
    }

    @Override
    public String toString() {
        return "ActionCallback";
    }
}
