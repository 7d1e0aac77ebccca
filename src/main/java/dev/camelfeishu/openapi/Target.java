package dev.camelfeishu.openapi;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a call is aimed at, where that has a limit of its own beside the endpoint's: a chat or user (five messages a second), a
 * sent card (five updates), a card entity (ten changes), a group's short-lived cards (forty), a custom bot (five a second and
 * a hundred a minute), a Bitable table (no published rate).
 *
 * @param key names it among all targets
 * @param rates its limits; none where none is published
 */
record Target(String key, List<Rate> rates) {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final List<Rate> FIVE = List.of(new Rate(5, SECOND));
    private static final List<Rate> TEN = List.of(new Rate(10, SECOND));
    private static final List<Rate> FORTY = List.of(new Rate(40, SECOND));
    private static final List<Rate> CUSTOM_BOT = List.of(new Rate(100, Duration.ofMinutes(1)), new Rate(5, SECOND));

    private static final String MESSAGES = "/open-apis/im/v1/messages";
    private static final String CARD = "/open-apis/cardkit/v1/cards/:card_id";
    private static final String TABLE = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id";

    /** Custom bots are limited each, not the endpoint. */
    static final String CUSTOM_BOT_HOOK = "/open-apis/bot/v2/hook/:token";

    /** The target of a call, or null where it has none. */
    static Target of(Endpoint endpoint, Map<String, String> variables, ApiRequest request) {
        var path = endpoint.path();
        if (path.startsWith(TABLE)) {
            return new Target("table " + variables.get("app_token") + "/" + variables.get("table_id"), List.of());
        }
        if (path.startsWith(CARD)) {
            // streamed text is not counted by the platform
            return path.endsWith("/content") ? null : new Target("card " + variables.get("card_id"), TEN);
        }
        return switch (endpoint.name()) {
            case "POST " + MESSAGES,
                    "POST " + MESSAGES + "/:message_id/forward",
                    "POST " + MESSAGES + "/merge_forward",
                    "POST /open-apis/im/v1/threads/:thread_id/forward" -> receiver(text(request, "receive_id"), FIVE);
            case "POST " + MESSAGES + "/:message_id/reply" -> receiver(request.chat(), FIVE);
            case "PATCH " + MESSAGES + "/:message_id" -> new Target("message " + variables.get("message_id"), FIVE);
            case "POST /open-apis/ephemeral/v1/send" -> {
                var chat = text(request, "chat_id");
                yield chat == null ? null : new Target("ephemeral " + chat, FORTY);
            }
            case "POST " + CUSTOM_BOT_HOOK -> new Target("hook " + variables.get("token"), CUSTOM_BOT);
            default -> null;
        };
    }

    private static Target receiver(String id, List<Rate> rates) {
        return id == null ? null : new Target("to " + id, rates);
    }

    private static String text(ApiRequest request, String member) {
        return request.body() == null ? null : request.body().path(member).asText(null);
    }
}
