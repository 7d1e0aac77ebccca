package dev.camelfeishu.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/**
 * Every kind of request that must be refused, with its status. {@code docs/ingress.md} lists them; {@link RefusedTest} compares.
 */
enum Refused {
    NO_SIGNATURE(401, "an event without a signature"),
    WRONG_SIGNATURE(401, "a signature that is made up"),
    SIGNED_BY_A_STRANGER(401, "encrypted and signed with another key"),
    OTHER_TIMESTAMP(401, "a signed request with another timestamp"),
    OTHER_NONCE(401, "a signed request with another nonce"),
    TAMPERED(401, "one byte changed after it was signed"),
    BORROWED_SIGNATURE(401, "the signature of another request"),
    ENCRYPTED_BY_A_STRANGER(401, "rightly signed, encrypted with another key"),
    PLAIN(401, "a plain event where there is an Encrypt Key"),
    PLAIN_AND_SIGNED(401, "a plain event, rightly signed"),
    WRONG_TOKEN(401, "encrypted and signed, with a wrong verification token"),
    NO_TOKEN(401, "encrypted and signed, without a verification token"),
    FOR_ANOTHER_APP(401, "encrypted and signed, for another app id"),
    SECRETS_OF_ANOTHER_APP(401, "an event of another app of this process, with that app's right secrets"),
    FORGED_CHALLENGE(401, "a check of the address with a wrong token"),
    FORGED_ENCRYPTED_CHALLENGE(401, "an encrypted check of the address with a wrong token"),
    FORGED_OLD_CARD(401, "an old card callback with a wrong SHA-1"),
    OLD_CARD_SIGNED_AS_NEW(401, "an old card callback signed with the Encrypt Key"),
    EMPTY(400, "nothing at all"),
    NOT_JSON(400, "text that is not JSON"),
    NOT_UTF_8(400, "bytes that are not UTF-8"),
    DUPLICATE_NAMES(400, "encrypted and signed, with a member twice"),
    TOO_DEEP(400, "nested five thousand times"),
    TOO_LONG_A_NUMBER(400, "encrypted and signed, with a number of two thousand digits"),
    NO_EVENT(400, "encrypted and signed JSON that is no event"),
    A_FORM(400, "a form"),
    TOO_LARGE(413, "more than 1 MiB"),
    TOO_LARGE_IN_CHUNKS(413, "more than 1 MiB, its length not told before");

    private static final int MEBIBYTE = 1 << 20;
    private static final String JSON = "application/json";

    final int status;
    final String what;

    Refused(int status, String what) {
        this.status = status;
        this.what = what;
    }

    /**
     * Makes one.
     *
     * @param info the app it is sent to
     * @param event that would be stored if it were accepted
     */
    Push push(JsonNode info, ObjectNode event) {
        Push good = Push.sealed(info, event);
        String key = info.path("encrypt_key").asText();
        return switch (this) {
            case NO_SIGNATURE -> good.without("X-Lark-Signature");
            case WRONG_SIGNATURE -> good.with("X-Lark-Signature", "0".repeat(64));
            case SIGNED_BY_A_STRANGER -> Push.signed("mine", Push.encrypted("mine", event));
            case OTHER_TIMESTAMP -> good.with("X-Lark-Request-Timestamp", "1");
            case OTHER_NONCE -> good.with("X-Lark-Request-Nonce", "other");
            case TAMPERED -> new Push(tampered(good.body()), good.headers());
            case BORROWED_SIGNATURE -> new Push(Push.encrypted(key, event), good.headers());
            case ENCRYPTED_BY_A_STRANGER -> Push.signed(key, Push.encrypted("mine", event));
            case PLAIN -> Push.plain(event.toString());
            case PLAIN_AND_SIGNED -> Push.signed(key, bytes(event.toString()));
            case WRONG_TOKEN -> Push.sealed(info, header(event, "token", "wrong"));
            case NO_TOKEN -> Push.sealed(info, header(event, "token", null));
            case FOR_ANOTHER_APP -> Push.sealed(info, header(event, "app_id", "cli_other"));
            case SECRETS_OF_ANOTHER_APP -> {
                JsonNode other = SecondApp.info();
                ObjectNode theirs = header(event, "app_id", other.path("app_id").asText());
                yield Push.sealed(
                        other,
                        header(theirs, "token", other.path("verification_token").asText()));
            }
            case FORGED_CHALLENGE -> Push.plain(challenge().toString());
            case FORGED_ENCRYPTED_CHALLENGE -> new Push(Push.encrypted(key, challenge()), Map.of("Content-Type", JSON));
            case FORGED_OLD_CARD -> Push.oldCard(info, oldCard()).with("X-Lark-Signature", "0".repeat(40));
            case OLD_CARD_SIGNED_AS_NEW -> Push.signed(key, bytes(oldCard().toString()));
            case EMPTY -> Push.signed(key, new byte[0]);
            case NOT_JSON -> Push.plain("hello");
            case NOT_UTF_8 -> Push.signed(key, new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
            case DUPLICATE_NAMES -> sealed(key, event.toString().replaceFirst("\\{", "{\"schema\":\"1\","));
            case TOO_DEEP -> Push.plain("{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000));
            case TOO_LONG_A_NUMBER ->
                sealed(key, event.toString().replaceFirst("\\{", "{\"n\":" + "9".repeat(2_000) + ","));
            case NO_EVENT -> Push.sealed(info, Http.JSON.createObjectNode().put("a", 1));
            case A_FORM ->
                new Push(
                        bytes("challenge=a&token="
                                + info.path("verification_token").asText() + "&type=url_verification"),
                        Map.of("Content-Type", "application/x-www-form-urlencoded"));
            case TOO_LARGE, TOO_LARGE_IN_CHUNKS ->
                Push.signed(key, bytes("{\"encrypt\":\"" + "A".repeat(MEBIBYTE) + "\"}"));
        };
    }

    /** Whether it is a card callback: events have no such kind. */
    boolean isForCards() {
        return this == FORGED_OLD_CARD || this == OLD_CARD_SIGNED_AS_NEW;
    }

    private static ObjectNode header(ObjectNode event, String name, String value) {
        ObjectNode changed = event.deepCopy();
        ObjectNode header = (ObjectNode) changed.path("header");
        if (value == null) {
            header.remove(name);
        } else {
            header.put(name, value);
        }
        return changed;
    }

    private static byte[] tampered(byte[] body) {
        byte[] changed = body.clone();
        int middle = changed.length / 2;
        changed[middle] = (byte) (changed[middle] == 'A' ? 'B' : 'A');
        return changed;
    }

    private static Push sealed(String key, String plain) {
        return Push.signed(key, Push.encrypted(key, bytes(plain)));
    }

    private static ObjectNode challenge() {
        return Http.JSON
                .createObjectNode()
                .put("challenge", "c")
                .put("token", "wrong")
                .put("type", "url_verification");
    }

    private static ObjectNode oldCard() {
        ObjectNode card = Http.JSON
                .createObjectNode()
                .put("open_id", Person.LI_LEI.openId())
                .put("open_message_id", "om_1")
                .put("tenant_key", Sandbox.TENANT)
                .put("token", "c-" + UUID.randomUUID());
        card.putObject("action").put("tag", "button").putObject("value").put("action", "approve");
        return card;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
