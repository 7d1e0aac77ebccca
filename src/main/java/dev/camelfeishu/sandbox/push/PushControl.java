package dev.camelfeishu.sandbox.push;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.UUID;

/** Control calls on pushes: the log, redelivery by hand, bad delivery on purpose, the URL verification. */
public final class PushControl implements Api {
    private final PushStore store;
    private final PushSender sender;
    private final Delivery delivery;
    private final Webhook webhook;
    private final SandboxProperties properties;

    public PushControl(
            PushStore store, PushSender sender, Delivery delivery, Webhook webhook, SandboxProperties properties) {
        this.store = store;
        this.sender = sender;
        this.delivery = delivery;
        this.webhook = webhook;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/sandbox/pushes", this::log);
        routes.on("POST", "/sandbox/pushes/:id/redeliver", this::redeliver);
        routes.on("GET", "/sandbox/push-settings", call -> Answer.of(200, shown(sender.settings())));
        routes.on("POST", "/sandbox/push-settings", this::change);
        routes.on("POST", "/sandbox/url-verification", this::verify);
    }

    private Answer log(Call call) {
        return Answer.of(
                200,
                store.log(
                        call.query("type", null),
                        call.query("state", null),
                        Control.number(call, "page", 0, 0, Integer.MAX_VALUE),
                        Control.number(call, "size", 50, 1, 500)));
    }

    private Answer redeliver(Call call) {
        JsonNode body = call.body().length == 0 ? Json.object() : Control.body(call);
        int times = Control.number(body, "times", 1, 1, 100);
        Push push = store.find(call.variable("id"))
                .orElseThrow(() -> Control.bad("There is no push with this id or event_id."));
        if (push.kind().equals(Push.CALLBACK)) {
            throw Control.bad("A callback is never delivered again.");
        }
        ObjectNode answer = Json.object().put("id", push.id());
        var attempts = answer.putArray("attempts");
        for (int i = 0; i < times; i++) {
            Attempt attempt = delivery.send(push);
            store.record(push, attempt);
            attempts.addObject().put("outcome", attempt.outcome()).put("status", attempt.status());
        }
        return Answer.of(200, answer);
    }

    private Answer change(Call call) {
        JsonNode body = Control.body(call);
        PushSettings now = sender.settings();
        PushSettings changed = new PushSettings(
                Control.number(body, "duplicates", now.duplicates(), 0, 100),
                Control.number(body, "delay_ms", (int) now.delayMs(), 0, 3_600_000),
                Control.number(body, "jitter_ms", (int) now.jitterMs(), 0, 3_600_000),
                probability(body, "drop_probability", now.dropProbability()),
                probability(body, "lose_probability", now.loseProbability()),
                body.path("paused").asBoolean(now.paused()));
        sender.settings(changed);
        return Answer.of(200, shown(changed));
    }

    private static double probability(JsonNode body, String name, double otherwise) {
        double probability = body.path(name).asDouble(otherwise);
        if (!(probability >= 0 && probability <= 1)) {
            throw Control.bad(name + " is a number from 0 to 1.");
        }
        return probability;
    }

    /** What the developer console does when a request URL is saved: a challenge, to be answered within 1 s. */
    private Answer verify(Call call) {
        JsonNode body = call.body().length == 0 ? Json.object() : Control.body(call);
        String path = body.path("path").asText("event");
        if (!path.equals("event") && !path.equals("card")) {
            throw Control.bad("path is event or card.");
        }
        String challenge = UUID.randomUUID().toString();
        String plain = Json.write(Json.object()
                .put("challenge", challenge)
                .put("token", properties.verificationToken())
                .put("type", "url_verification"));
        Attempt attempt = webhook.challenge("/" + path, plain, properties.encryptKey());
        JsonNode answered = attempt.answer() == null ? null : Json.parse(attempt.answer());
        boolean verified = attempt.acknowledged()
                && attempt.durationMs() <= 1000
                && answered != null
                && challenge.equals(answered.path("challenge").asText());
        return Answer.of(
                200,
                Json.object()
                        .put("verified", verified)
                        .put("status", attempt.status())
                        .put("duration_ms", attempt.durationMs()));
    }

    private static ObjectNode shown(PushSettings settings) {
        return Json.object()
                .put("duplicates", settings.duplicates())
                .put("delay_ms", settings.delayMs())
                .put("jitter_ms", settings.jitterMs())
                .put("drop_probability", settings.dropProbability())
                .put("lose_probability", settings.loseProbability())
                .put("paused", settings.paused());
    }
}
