package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.RateLimits;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.UUID;

/**
 * Cards that one member of a group sees. {@code GET /sandbox/ephemeral?chat_id=} lists them. A click on one is not simulated.
 *
 * <p>The codes of these endpoints are not documented: those of the delayed update, 10002, 11311 and 11232, and 230002 for a
 * bot that is not in the group.
 */
public final class CardEphemeralApi implements Api {
    private final SandboxDatabase database;
    private final Chats chats;
    private final People people;
    private final CardSources sources;
    private final RateLimits rates;
    private final SandboxProperties properties;

    public CardEphemeralApi(
            SandboxDatabase database,
            Chats chats,
            People people,
            CardSources sources,
            RateLimits rates,
            SandboxProperties properties) {
        this.database = database;
        this.chats = chats;
        this.people = people;
        this.sources = sources;
        this.rates = rates;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/ephemeral/v1/send", this::send);
        routes.on("POST", "/open-apis/ephemeral/v1/delete", this::delete);
        routes.on("GET", "/sandbox/ephemeral", this::list);
    }

    private Answer send(Call call) {
        JsonNode body = call.json(10002);
        if (!body.path("msg_type").asText().equals("interactive")
                || !body.path("card").isObject()) {
            throw new Denial(10002, "msg_type is interactive, with a card");
        }
        Chat chat =
                chats.find(body.path("chat_id").asText()).orElseThrow(() -> new Denial(10002, "chat_id is unknown"));
        if (chat.p2p() || chat.setting("group_message_type").equals("thread")) {
            throw new Denial(10002, "only groups of the classic kind show such cards");
        }
        if (!chat.bot()) {
            throw new Denial(230002, "The bot can not be outside the group.");
        }
        Person person = person(body);
        if (!chats.members(chat).contains(person)) {
            throw new Denial(10002, "the person is not in the group");
        }
        String card = sources.find(Json.write(body.path("card")))
                .filter(known -> !hasAudio(Json.read(known)))
                .orElseThrow(() -> new Denial(11311, "card content is invalid"));
        if (properties.rates() && rates.count("ephemeral " + chat.id(), "40 per second") != null) {
            throw new Denial(11232, "too many messages to the group");
        }
        String id = "om_" + UUID.randomUUID().toString().replace("-", "");
        database.jdbc()
                .update(
                        "insert into sandbox.ephemeral_card (message_id, chat_id, open_id, card, created_ms)"
                                + " values (?, ?, ?, ?, ?)",
                        id,
                        chat.id(),
                        person.openId(),
                        card,
                        System.currentTimeMillis());
        return Answer.ok(Json.object().put("message_id", id));
    }

    private Person person(JsonNode body) {
        for (String type : new String[] {"open_id", "user_id", "email"}) {
            if (body.path(type).isTextual()) {
                return people.find(type, body.path(type).asText())
                        .orElseThrow(() -> new Denial(10002, type + " is unknown"));
            }
        }
        throw new Denial(10002, "open_id, user_id or email");
    }

    private static boolean hasAudio(JsonNode card) {
        return card.findValuesAsText("tag").contains("audio");
    }

    private Answer delete(Call call) {
        String id = call.json(10002).path("message_id").asText();
        int deleted = database.jdbc()
                .update("update sandbox.ephemeral_card set deleted = true where message_id = ? and not deleted", id);
        if (deleted == 0) {
            throw new Denial(10002, "message_id is unknown");
        }
        return Answer.ok(Json.object());
    }

    private Answer list(Call call) {
        Chat chat = chats.find(call.query("chat_id", ""))
                .orElseThrow(() -> Control.bad("There is no chat with this chat_id."));
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        database.jdbc()
                .query(
                        "select * from sandbox.ephemeral_card where chat_id = ? order by created_ms desc limit 200",
                        row -> {
                            items.addObject()
                                    .put("message_id", row.getString("message_id"))
                                    .put("open_id", row.getString("open_id"))
                                    .put("deleted", row.getBoolean("deleted"))
                                    .set("card", Json.read(row.getString("card")));
                        },
                        chat.id());
        return Answer.of(200, answer);
    }
}
