package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.time.Duration;

/** Quick replies below the newest message of the bot in a direct chat. */
public final class FollowUpApi implements Api {
    private static final Duration AGE = Duration.ofSeconds(600);
    private static final int MOST = 3;
    private static final int LONGEST = 200;
    private static final int MOST_LANGUAGES = 50;

    private final SandboxDatabase database;
    private final Messages messages;
    private final Conversations conversations;

    public FollowUpApi(SandboxDatabase database, Messages messages, Conversations conversations) {
        this.database = database;
        this.messages = messages;
        this.conversations = conversations;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/im/v1/messages/:message_id/push_follow_up", this::push);
    }

    private Answer push(Call call) {
        JsonNode items = call.json(230001).path("follow_ups");
        if (!items.isArray() || items.isEmpty() || items.size() > MOST) {
            throw Content.invalid("follow_ups must have from 1 to " + MOST + " items");
        }
        for (JsonNode item : items) {
            boolean languages = item.path("i18n_contents").size() <= MOST_LANGUAGES;
            for (JsonNode language : item.path("i18n_contents")) {
                languages &= fits(language) && language.path("language").isTextual();
            }
            if (!fits(item) || !languages) {
                throw new Denial(230007);
            }
        }
        Message message = messages.find(call.variable("message_id"))
                .filter(each -> each.byBot() && !each.deleted())
                .orElseThrow(() -> new Denial(230004));
        if (!conversations.chat(message).p2p()) {
            throw new Denial(230003);
        }
        if (!messages.newest(message.chatId()).map(Message::id).orElse("").equals(message.id())) {
            throw new Denial(230006);
        }
        if (message.olderThan(AGE)) {
            throw new Denial(230002);
        }
        int added = database.jdbc()
                .update(
                        "insert into sandbox.follow_up (message_id, content) values (?, ?) on conflict do nothing",
                        message.id(),
                        Json.write(items));
        if (added == 0) {
            throw new Denial(230008);
        }
        return Answer.ok(Json.object());
    }

    private static boolean fits(JsonNode item) {
        String content = item.path("content").asText();
        return !content.isEmpty() && content.length() <= LONGEST;
    }
}
