package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.nio.charset.StandardCharsets;

/**
 * The delayed update of a card by the token of its callback.
 *
 * <p>Its HTTP statuses are not documented: 400. Nor is the code of an update before the callback is answered: 200310.
 */
public final class CardUpdateApi implements Api {
    private static final int MAX_CARD = 30 * 1024;

    private final SandboxDatabase database;
    private final CardTokens tokens;
    private final Messages messages;
    private final CardSources sources;

    public CardUpdateApi(SandboxDatabase database, CardTokens tokens, Messages messages, CardSources sources) {
        this.database = database;
        this.tokens = tokens;
        this.messages = messages;
        this.sources = sources;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/interactive/v1/card/update", this::update);
    }

    private Answer update(Call call) {
        JsonNode body = call.json(10002);
        String token = body.path("token").asText();
        if (token.isEmpty() || !body.path("card").isObject()) {
            throw new Refusal(400, 10002, "invalid parameter: token and card are required");
        }
        ObjectNode card = body.path("card").deepCopy();
        JsonNode openIds = card.remove("open_ids");
        String content = Json.write(card);
        if (content.getBytes(StandardCharsets.UTF_8).length > MAX_CARD) {
            throw new Refusal(400, 100000, "the card is too big");
        }
        String shown = sources.find(content).orElseThrow(() -> new Refusal(400, 11311, "card content is invalid"));
        return database.inTransaction(() -> {
            CardTokens.CardToken known =
                    tokens.lock(token).orElseThrow(() -> new Refusal(400, 300030, "token is invalid or expired"));
            if (known.expired()) {
                throw new Refusal(400, 300030, "token is invalid or expired");
            }
            if (known.uses() >= CardTokens.USES) {
                throw new Refusal(400, 300040, "token has been used up");
            }
            if (!known.answered()) {
                throw new Refusal(400, 200310, "the callback has not been answered yet");
            }
            Message message = messages.lock(known.messageId()).orElseThrow();
            if (message.deleted()) {
                throw new Refusal(400, 200000, "the message has been recalled");
            }
            if (!CardCheck.shared(Json.read(message.content())) && (openIds == null || openIds.isEmpty())) {
                throw new Refusal(400, 300090, "open_ids are missing");
            }
            tokens.use(token);
            messages.replace(message, shown);
            return Answer.ok(Json.object());
        });
    }
}
