package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.push.StoredPushes;
import java.time.Duration;
import java.util.Set;

/** A click on a card: the callback, and what its answer does to the card. */
public final class CardControl implements Api {
    private static final Set<String> TOASTS = Set.of("info", "success", "error", "warning");
    private static final Set<String> OPTIONAL =
            Set.of("name", "form_value", "input_value", "option", "options", "checked");

    private final Messages messages;
    private final Chats chats;
    private final People people;
    private final CardTokens tokens;
    private final CardSources sources;
    private final StoredPushes pushes;

    public CardControl(
            Messages messages,
            Chats chats,
            People people,
            CardTokens tokens,
            CardSources sources,
            StoredPushes pushes) {
        this.messages = messages;
        this.chats = chats;
        this.people = people;
        this.tokens = tokens;
        this.sources = sources;
        this.pushes = pushes;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/sandbox/cards/:message_id/click", this::click);
    }

    private Answer click(Call call) {
        JsonNode body = Control.body(call);
        Message message = messages.find(call.variable("message_id"))
                .filter(Message::card)
                .filter(Message::byBot)
                .orElseThrow(() -> Control.bad("The bot has sent no card with this message_id."));
        if (message.deleted()) {
            throw Control.bad("The card was recalled.");
        }
        JsonNode card = Json.read(message.content());
        if (message.olderThan(Duration.ofDays(CardCheck.isSecond(card) ? 14 : 30))) {
            throw Control.bad("The card is too old to react.");
        }
        Person operator = people.byOpenId(Control.text(body, "operator"))
                .orElseThrow(() -> Control.bad("There is nobody with this open_id."));
        Chat chat = chats.find(message.chatId()).orElseThrow();
        if (!chats.members(chat).contains(operator)) {
            throw Control.bad("The operator is not in the chat of the card.");
        }
        String token = tokens.issue(message);
        boolean old = body.path("format").asText("new").equals("old");
        ObjectNode action = action(body);
        StoredPushes.CallbackAnswer answer = old
                ? pushes.oldCardCallback(oldCallback(message, operator, token, action))
                : pushes.callbackAnswer("card.action.trigger", callback(message, operator, token, action));
        tokens.answered(token);
        int code = answer.code() != 0
                ? answer.code()
                : old ? applyOld(message, answer.body()) : apply(message, answer.body());
        ObjectNode result = Json.object();
        JsonNode toast = answer.code() == 0 ? answer.body().path("toast") : Json.object();
        result.set("toast", toast.isObject() && !toast.isEmpty() ? toast : null);
        result.put("status", answer.status()).put("code", code).put("token", token);
        return Answer.of(200, result);
    }

    private static ObjectNode action(JsonNode body) {
        ObjectNode action = Json.object();
        if (body.hasNonNull("value")) {
            action.set("value", body.path("value"));
        }
        action.put("tag", body.path("tag").asText("button"));
        action.put("timezone", "Asia/Shanghai");
        for (String name : OPTIONAL) {
            if (body.hasNonNull(name)) {
                action.set(name, body.path(name));
            }
        }
        return action;
    }

    private static ObjectNode callback(Message message, Person operator, String token, ObjectNode action) {
        ObjectNode event = Json.object();
        ObjectNode who = event.putObject("operator").put("tenant_key", operator.tenantKey());
        who.setAll(operator.ids());
        event.put("token", token);
        event.set("action", action);
        event.put("host", "im_message");
        event.putObject("context").put("open_message_id", message.id()).put("open_chat_id", message.chatId());
        return event;
    }

    private static ObjectNode oldCallback(Message message, Person operator, String token, ObjectNode action) {
        ObjectNode callback = Json.object()
                .put("open_id", operator.openId())
                .put("user_id", operator.userId())
                .put("open_message_id", message.id())
                .put("open_chat_id", message.chatId())
                .put("tenant_key", operator.tenantKey())
                .put("token", token)
                .put("timezone", "");
        callback.set("action", action);
        return callback;
    }

    /** Shows the answer; the code that the client would show, 0 for none. */
    private int apply(Message message, JsonNode answer) {
        JsonNode toast = answer.path("toast");
        boolean toastFits = toast.isMissingNode()
                || toast.isObject()
                        && TOASTS.contains(toast.path("type").asText("info"))
                        && (toast.has("content") || toast.path("i18n").isObject());
        if (!toastFits) {
            return 200672;
        }
        JsonNode card = answer.path("card");
        if (card.isMissingNode()) {
            return 0;
        }
        return switch (card.path("type").asText()) {
            case "raw" -> replace(message, card.path("data"));
            case "template" -> replace(message, card);
            default -> 200673;
        };
    }

    /** The old answer is the card itself. */
    private int applyOld(Message message, JsonNode answer) {
        ObjectNode card = answer.deepCopy();
        card.remove("toast");
        return card.isEmpty() ? 0 : replace(message, card);
    }

    private int replace(Message message, JsonNode card) {
        String content = card.isObject() ? sources.find(Json.write(card)).orElse(null) : null;
        if (content == null) {
            return 200673;
        }
        if (CardCheck.isSecond(Json.read(message.content())) && !CardCheck.isSecond(Json.read(content))) {
            return 200830;
        }
        messages.replace(message, content);
        return 0;
    }
}
