package dev.camelfeishu.event;

import static dev.camelfeishu.event.Verdict.Cause.MISSING_SIGNATURE;
import static dev.camelfeishu.event.Verdict.Cause.MISSING_TOKEN;
import static dev.camelfeishu.event.Verdict.Cause.NOT_AN_EVENT;
import static dev.camelfeishu.event.Verdict.Cause.NOT_CONFIGURED;
import static dev.camelfeishu.event.Verdict.Cause.NOT_ENCRYPTED;
import static dev.camelfeishu.event.Verdict.Cause.NOT_JSON;
import static dev.camelfeishu.event.Verdict.Cause.TOO_LARGE;
import static dev.camelfeishu.event.Verdict.Cause.UNDECRYPTABLE;
import static dev.camelfeishu.event.Verdict.Cause.UNSIGNED;
import static dev.camelfeishu.event.Verdict.Cause.WRONG_APP;
import static dev.camelfeishu.event.Verdict.Cause.WRONG_SIGNATURE;
import static dev.camelfeishu.event.Verdict.Cause.WRONG_TOKEN;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides on the raw bytes of a request whether it comes from Feishu and what it is. Thread safe, no I/O, never throws for
 * what a request may hold.
 *
 * <p>With an Encrypt Key, events must be encrypted and signed, and nothing is decrypted before its signature was checked.
 * The one exception is the check of the request URL ({@code url_verification}), which Feishu does not sign: its token
 * decides. Without a key the token decides, where that is allowed. The verification token is always compared. The timestamp
 * is not: redeliveries, up to seven hours later, may carry the first signature; the journal knows duplicates.
 *
 * <p>The old card callback ({@link #card}) is signed with SHA-1 and the verification token instead; its body may be plain.
 */
public final class Ingress {

    /** The largest body, in bytes. */
    public static final int MAX_BODY = 1 << 20;

    private final StrictJson json = new StrictJson();
    private final MeterRegistry meters;
    private final Clock clock;
    private final String appId;
    private final List<EncryptKey> keys;
    private final List<byte[]> tokens;
    private final boolean allowUnsigned;
    private final Function<Headers, TraceContext> traces;

    /** Without a tracer: an event belongs to the trace that its request names, else to one of its own. */
    public Ingress(IngressSettings settings, MeterRegistry meters, Clock clock) {
        this(settings, meters, clock, TraceContext::of);
    }

    /** @param traces where a request stands in a distributed trace; asked once for each request that is accepted */
    public Ingress(
            IngressSettings settings, MeterRegistry meters, Clock clock, Function<Headers, TraceContext> traces) {
        this.traces = traces;
        this.meters = meters;
        this.clock = clock;
        this.appId = settings.appId();
        this.keys = settings.encryptKeys().stream().map(EncryptKey::new).toList();
        this.tokens = settings.verificationTokens().stream()
                .map(token -> token.getBytes(StandardCharsets.UTF_8))
                .toList();
        this.allowUnsigned = settings.allowUnsigned();
    }

    /** A request to the event URL. Callbacks of the new format are accepted here too: both URLs may be one. */
    public Verdict event(byte[] body, Headers headers) {
        return counted(() -> verify(body, headers, false));
    }

    /** A request to the card URL: what {@link #event} accepts, and the old card callback. */
    public Verdict card(byte[] body, Headers headers) {
        return counted(() -> verify(body, headers, true));
    }

    /**
     * A payload of the long connection, which was authenticated when it was opened: plain, without a signature, its token
     * not compared.
     */
    public Verdict socket(byte[] payload) {
        return counted(() -> accepted(envelope(parsed(payload)), Headers.NONE));
    }

    private Verdict counted(Check check) {
        try {
            return check.run();
        } catch (Refused refused) {
            meters.counter(
                            "feishu.ingress.rejected",
                            "cause",
                            refused.cause.name().toLowerCase(Locale.ROOT))
                    .increment();
            return new Verdict.Refusal(refused.cause);
        }
    }

    private Verdict verify(byte[] body, Headers headers, boolean cards) throws Refused {
        Optional<String> sealed = StrictJson.sealed(body);
        ObjectNode outer = sealed.isPresent() ? null : parsed(body);
        if (tokens.isEmpty()) {
            throw new Refused(NOT_CONFIGURED);
        }
        if (outer == null) {
            return encrypted(sealed.get(), body, headers, cards);
        }
        return outer.has("encrypt")
                ? encrypted(outer.path("encrypt").textValue(), body, headers, cards)
                : plain(outer, body, headers, cards);
    }

    private Verdict encrypted(String text, byte[] body, Headers headers, boolean cards) throws Refused {
        if (text == null) {
            throw new Refused(NOT_AN_EVENT);
        }
        if (keys.isEmpty()) {
            throw new Refused(UNDECRYPTABLE);
        }
        Signature signature = Signature.of(headers);
        if (signature == null) {
            return unsignedChallenge(text);
        }
        // both keys are tried, so that time does not tell which one it was
        EncryptKey signer = null;
        for (EncryptKey key : keys) {
            signer = key.signed(signature, body) ? key : signer;
        }
        if (signer != null) {
            ObjectNode inner = parsed(signer.decrypt(text).orElseThrow(() -> new Refused(UNDECRYPTABLE)));
            return Envelope.isChallenge(inner) ? challenge(inner) : checked(envelope(inner), headers);
        }
        if (cards && signedByToken(signature, body)) {
            return bareCard(decrypted(text), headers);
        }
        throw new Refused(WRONG_SIGNATURE);
    }

    private Verdict plain(ObjectNode outer, byte[] body, Headers headers, boolean cards) throws Refused {
        if (Envelope.isChallenge(outer)) {
            return challenge(outer);
        }
        if (cards && Envelope.isBareCard(outer)) {
            Signature signature = Signature.of(headers);
            if (signature == null) {
                throw new Refused(MISSING_SIGNATURE);
            }
            if (!signedByToken(signature, body)) {
                throw new Refused(WRONG_SIGNATURE);
            }
            return bareCard(outer, headers);
        }
        Envelope envelope = envelope(outer);
        if (!keys.isEmpty()) {
            throw new Refused(NOT_ENCRYPTED);
        }
        if (!allowUnsigned) {
            throw new Refused(UNSIGNED);
        }
        return checked(envelope, headers);
    }

    /** Anything encrypted without a signature is refused alike, unless it is the check of the URL with the right token. */
    private Verdict unsignedChallenge(String text) throws Refused {
        for (EncryptKey key : keys) {
            ObjectNode inner = key.decrypt(text).flatMap(json::object).orElse(null);
            if (inner != null && Envelope.isChallenge(inner)) {
                return challenge(inner);
            }
        }
        throw new Refused(MISSING_SIGNATURE);
    }

    private ObjectNode decrypted(String text) throws Refused {
        for (EncryptKey key : keys) {
            ObjectNode inner = key.decrypt(text).flatMap(json::object).orElse(null);
            if (inner != null) {
                return inner;
            }
        }
        throw new Refused(UNDECRYPTABLE);
    }

    private Verdict challenge(ObjectNode body) throws Refused {
        compare(body.path("token").textValue());
        String challenge = body.path("challenge").textValue();
        if (challenge == null) {
            throw new Refused(NOT_AN_EVENT);
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("challenge", challenge);
        return new Verdict.Challenge(json.text(answer));
    }

    private Verdict bareCard(ObjectNode body, Headers headers) throws Refused {
        if (!Envelope.isBareCard(body)) {
            throw new Refused(NOT_AN_EVENT);
        }
        FeishuEvent event = Envelope.bareCard(body, headers, appId, clock.instant(), traces.apply(headers))
                .orElseThrow(() -> new Refused(NOT_AN_EVENT));
        return new Verdict.Callback(event, Verdict.Format.BARE);
    }

    private Verdict checked(Envelope envelope, Headers headers) throws Refused {
        compare(envelope.token());
        return accepted(envelope, headers);
    }

    private Verdict accepted(Envelope envelope, Headers headers) throws Refused {
        JsonNode app = envelope.appId();
        boolean named = app != null && !app.isNull() && !"".equals(app.textValue());
        if (named && !appId.equals(app.textValue())) {
            throw new Refused(WRONG_APP);
        }
        String ticket = envelope.isTicket() ? envelope.takeTicket() : "";
        if (ticket == null) {
            throw new Refused(NOT_AN_EVENT);
        }
        FeishuEvent event = envelope.event(appId, clock.instant(), traces.apply(headers))
                .orElseThrow(() -> new Refused(NOT_AN_EVENT));
        if (envelope.isTicket()) {
            return new Verdict.Ticket(event, ticket);
        }
        return envelope.isCallback() ? new Verdict.Callback(event, Verdict.Format.ENVELOPE) : new Verdict.Event(event);
    }

    private static Envelope envelope(ObjectNode body) throws Refused {
        return Envelope.of(body).orElseThrow(() -> new Refused(NOT_AN_EVENT));
    }

    private ObjectNode parsed(byte[] body) throws Refused {
        if (body.length > MAX_BODY) {
            throw new Refused(TOO_LARGE);
        }
        return json.object(body).orElseThrow(() -> new Refused(NOT_JSON));
    }

    private void compare(String token) throws Refused {
        if (token == null || token.isEmpty()) {
            throw new Refused(MISSING_TOKEN);
        }
        byte[] given = token.getBytes(StandardCharsets.UTF_8);
        boolean right = false;
        for (byte[] ours : tokens) {
            right |= MessageDigest.isEqual(ours, given);
        }
        if (!right) {
            throw new Refused(WRONG_TOKEN);
        }
    }

    private boolean signedByToken(Signature signature, byte[] body) {
        boolean right = false;
        for (byte[] token : tokens) {
            right |= signature.isOf(Signature.SHA_1, token, body);
        }
        return right;
    }

    @FunctionalInterface
    private interface Check {
        Verdict run() throws Refused;
    }

    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final Verdict.Cause cause;

        Refused(Verdict.Cause cause) {
            super(null, null, false, false);
            this.cause = cause;
        }
    }
}
