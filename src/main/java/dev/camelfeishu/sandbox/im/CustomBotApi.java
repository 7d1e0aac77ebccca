package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RateLimits;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.Set;

/**
 * The webhook of custom bots. {@code POST /sandbox/custom-bots {"chat_id","name","secret","keywords":[]}} makes one, the last
 * two being optional; {@code GET /sandbox/custom-bots} lists them.
 *
 * <p>Not documented, and so chosen: an unknown token, a body over 20 KB and a content that is refused are 9499. The allowlist
 * of addresses is not simulated.
 */
public final class CustomBotApi implements Api {
    private static final int MAX_BODY = 20 * 1024;
    private static final int MAX_KEYWORDS = 10;
    private static final String RATE = "5 per second、100 per minute";
    private static final Set<String> TYPES = Set.of("text", "post", "image", "share_chat", "interactive");

    private final CustomBots bots;
    private final Chats chats;
    private final Messages messages;
    private final Content contents;
    private final RateLimits rates;
    private final SandboxProperties properties;

    public CustomBotApi(
            CustomBots bots,
            Chats chats,
            Messages messages,
            Content contents,
            RateLimits rates,
            SandboxProperties properties) {
        this.bots = bots;
        this.chats = chats;
        this.messages = messages;
        this.contents = contents;
        this.rates = rates;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/bot/v2/hook/:token", this::hook);
        routes.on("POST", "/sandbox/custom-bots", this::add);
        routes.on("GET", "/sandbox/custom-bots", call -> list());
    }

    private Answer hook(Call call) {
        try {
            send(call);
            ObjectNode body = Json.object().put("StatusCode", 0).put("StatusMessage", "success");
            body.put("code", 0).set("data", Json.object());
            return Answer.of(200, body.put("msg", "success"));
        } catch (Refusal refusal) {
            ObjectNode body = Json.object().put("code", refusal.code()).put("msg", refusal.getMessage());
            body.set("data", Json.object());
            return Answer.of(refusal.httpStatus(), body);
        }
    }

    private void send(Call call) {
        CustomBots.CustomBot bot =
                bots.find(call.variable("token")).orElseThrow(() -> bad("the token of the webhook is unknown"));
        if (properties.rates() && rates.count("custom bot " + bot.id(), RATE) != null) {
            throw new Refusal(200, 11232, "frequency limited psm");
        }
        if (call.body().length > MAX_BODY) {
            throw bad("the body is larger than 20 KB");
        }
        JsonNode body = call.json(9499);
        if (!bot.signed(body.path("timestamp").asText(), body.path("sign").asText())) {
            throw new Refusal(200, 19021, "sign match fail or timestamp is not within one hour from current time");
        }
        String type = body.path("msg_type").asText();
        if (!TYPES.contains(type)) {
            throw bad("msg_type must be one of text, post, image, share_chat, interactive");
        }
        JsonNode content = Content.fromObject(type, body);
        if (!content.isObject()) {
            throw bad("the content is missing");
        }
        String text = Json.write(content);
        if (!bot.keywords().isEmpty() && bot.keywords().stream().noneMatch(text::contains)) {
            throw new Refusal(200, 19024, "Key Words Not Found");
        }
        Content.Sent sent;
        try {
            sent = contents.check(type, TextNode.valueOf(text));
        } catch (Denial denial) {
            throw bad("code " + denial.code() + " " + denial.getMessage());
        } catch (Refusal refusal) {
            throw bad(refusal.getMessage());
        }
        messages.add(new Messages.Draft(
                bot.chatId(), bot.id(), "custom", type, sent.content(), sent.mentions(), null, null, null, null));
    }

    private static Refusal bad(String detail) {
        return new Refusal(400, 9499, "Bad Request: " + detail);
    }

    private Answer add(Call call) {
        JsonNode body = Control.body(call);
        Chat chat = chats.find(Control.text(body, "chat_id"))
                .filter(found -> !found.p2p())
                .orElseThrow(() -> Control.bad("There is no group with this chat_id."));
        JsonNode keywords = body.hasNonNull("keywords") ? body.path("keywords") : Json.array();
        if (!keywords.isArray() || keywords.size() > MAX_KEYWORDS) {
            throw Control.bad("keywords must be a list of at most " + MAX_KEYWORDS + ".");
        }
        return Answer.of(
                200,
                shown(bots.add(
                        chat, Control.text(body, "name"), body.path("secret").asText(""), keywords)));
    }

    private Answer list() {
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        bots.all().forEach(bot -> items.add(shown(bot)));
        return Answer.of(200, answer);
    }

    private static ObjectNode shown(CustomBots.CustomBot bot) {
        return Json.object()
                .put("bot_id", bot.id())
                .put("name", bot.name())
                .put("chat_id", bot.chatId())
                .put("path", "/open-apis/bot/v2/hook/" + bot.token());
    }
}
