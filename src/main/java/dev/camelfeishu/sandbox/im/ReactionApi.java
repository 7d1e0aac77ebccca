package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import java.util.List;
import java.util.Optional;

/**
 * Reactions to messages.
 *
 * <p>Not documented, and so chosen: a page_size out of its range is 231012.
 */
public final class ReactionApi implements Api {
    private static final String REACTIONS = "/open-apis/im/v1/messages/:message_id/reactions";
    private static final int MAX_QUERIES = 20;
    private static final int MAX_PER_MESSAGE = 10;

    private final Reactions reactions;
    private final Messages messages;
    private final Conversations conversations;

    public ReactionApi(Reactions reactions, Messages messages, Conversations conversations) {
        this.reactions = reactions;
        this.messages = messages;
        this.conversations = conversations;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", REACTIONS, this::add);
        routes.on("GET", REACTIONS, this::list);
        routes.on("DELETE", REACTIONS + "/:reaction_id", this::remove);
        routes.on("POST", "/open-apis/im/v1/messages/reactions/batch_query", this::query);
    }

    private Answer add(Call call) {
        String emoji =
                call.json(231001).path("reaction_type").path("emoji_type").asText();
        return shown(reactions.add(conversations.actor(call), call.variable("message_id"), emoji));
    }

    private Answer remove(Call call) {
        return shown(
                reactions.remove(conversations.actor(call), call.variable("message_id"), call.variable("reaction_id")));
    }

    private Answer shown(Reactions.Reaction reaction) {
        return Answer.ok(reactions.shown(reaction, "open_id"));
    }

    private Answer list(Call call) {
        String idType = idType(call, 231014);
        String emoji = call.query("reaction_type", null);
        if (emoji != null) {
            Reactions.known(emoji);
        }
        Message message = reactions.reachable(conversations.actor(call), call.variable("message_id"), 231008);
        Paging paging;
        try {
            paging = Paging.of(call, 20, 50);
        } catch (Refusal refusal) {
            throw new Denial(231012, refusal.getMessage());
        }
        return Answer.ok(paging.page(
                reactions.of(message.id(), emoji, paging),
                Reactions.Reaction::seq,
                reaction -> reactions.shown(reaction, idType)));
    }

    private Answer query(Call call) {
        String idType = idType(call, 230001);
        JsonNode body = call.json(230001);
        JsonNode queries = body.path("queries");
        int size = body.path("page_size_per_message").asInt(MAX_PER_MESSAGE);
        String emoji = body.path("reaction_type").asText(null);
        if (!queries.isArray() || queries.isEmpty() || queries.size() > MAX_QUERIES) {
            throw Content.invalid("queries must have from 1 to " + MAX_QUERIES + " items");
        }
        if (size < 1 || size > MAX_PER_MESSAGE) {
            throw Content.invalid("page_size_per_message must be from 1 to " + MAX_PER_MESSAGE);
        }
        Actor actor = conversations.actor(call);
        ObjectNode data = Json.object();
        ArrayNode details = data.putArray("success_msg_reaction_details");
        ArrayNode counts = data.putArray("success_msg_reaction_counts");
        ArrayNode failed = data.putArray("fail_msg_reaction_details");
        for (JsonNode query : queries) {
            String id = query.path("message_id").asText();
            String token = query.path("page_token").asText();
            Optional<String> fault = fault(actor, id, token);
            if (fault.isPresent()) {
                failed.addObject().put("message_id", id).put("fail_reason", fault.get());
                continue;
            }
            Paging paging = new Paging(size, token.isEmpty() ? null : Long.valueOf(token));
            ObjectNode page = paging.page(
                    reactions.of(id, emoji, paging),
                    Reactions.Reaction::seq,
                    reaction -> reactions.flat(reaction, idType));
            page.set("message_reaction_items", page.remove("items"));
            details.add(page.put("message_id", id));
            ArrayNode count = counts.addObject().put("message_id", id).putArray("reaction_count");
            reactions
                    .counts(id, emoji)
                    .forEach((type, number) ->
                            count.addObject().put("reaction_type", type).put("count", Integer.toString(number)));
        }
        return Answer.ok(data);
    }

    private Optional<String> fault(Actor actor, String id, String token) {
        Optional<Message> message = messages.find(id).filter(each -> !each.deleted());
        if (message.isEmpty()) {
            return Optional.of("invalid");
        }
        if (!conversations.isIn(actor, conversations.chat(message.get()))) {
            return Optional.of("no_permission");
        }
        return token.matches("\\d{0,15}") ? Optional.empty() : Optional.of("invalid_page_token");
    }

    private static String idType(Call call, int code) {
        String type = call.query("user_id_type", "open_id");
        if (!List.of("open_id", "union_id", "user_id").contains(type)) {
            throw new Denial(code, "user_id_type must be open_id, union_id or user_id");
        }
        return type;
    }
}
