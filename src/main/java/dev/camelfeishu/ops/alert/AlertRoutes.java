package dev.camelfeishu.ops.alert;

import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.ops.PairOperations;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Tells the ops group of what is wrong, one card for each kind, and takes it back by the same card and a reply to it. Only
 * clicks in that group count. Without a group the log has to do.
 */
@Component
class AlertRoutes extends RouteBuilder {

    private static final int REPLAYS_PER_SECOND = 5;
    private static final int MOST_REPLAYS = 10_000;

    private final Alerts alerts;
    private final AlertSettings settings;
    private final ObjectProvider<PairOperations> pairs;
    private final ObjectProvider<DeadLetters> letters;
    private final String opsChat;

    AlertRoutes(
            Alerts alerts,
            AlertSettings settings,
            ObjectProvider<PairOperations> pairs,
            ObjectProvider<DeadLetters> letters,
            @Value("${feishu.ops-chat-id:}") String opsChat) {
        this.alerts = alerts;
        this.settings = settings;
        this.pairs = pairs;
        this.letters = letters;
        this.opsChat = opsChat;
    }

    @Override
    public void configure() {
        from("timer:alerts?delay=" + settings.period().toMillis() + "&period="
                        + settings.period().toMillis())
                .routeId("alerts")
                .routeDescription("Looks for what is wrong and tells the ops group")
                // a card that could not be told stays due
                .onException(Exception.class)
                .handled(true)
                .log(LoggingLevel.WARN, "An alert could not be told, it is tried again: ${exception.message}")
                .filter(exchange -> exchange.getMessage().getBody() instanceof Map)
                .process(exchange -> alerts.untold(card(exchange)))
                .end()
                .end()
                .process(exchange -> exchange.getMessage().setBody(alerts.look()))
                .filter(exchange -> !opsChat.isEmpty())
                .split(body())
                .process(AlertRoutes::head)
                .to("direct:alert-told");

        from("direct:alert-told")
                .routeId("alert-told")
                .errorHandler(noErrorHandler())
                .choice()
                .when(simple("${body[message_id]} == null"))
                .to("feishu:message/send?card=alert&receiveId=" + opsChat)
                .setHeader("CamelFeishuMessageId", header("CamelFeishuSentMessageId"))
                .otherwise()
                .to("feishu:card/update?card=alert")
                .choice()
                .when(simple("${body[state]} == 'closed'"))
                .to("feishu:message/reply?text=alert.closed")
                .end()
                .end()
                .process(exchange -> alerts.told(
                        card(exchange), exchange.getMessage().getHeader("CamelFeishuMessageId", String.class)));

        from("feishu:card/action?action=alert-mute,alert-retry,alert-replay")
                .routeId("alert-clicked")
                .choice()
                .when(exchange -> !isOpsChat(exchange.getMessage().getHeader("CamelFeishuChatId", String.class)))
                .to("feishu:card/answer?toast=toast.not-yours&toastType=warning")
                .when(this::acted)
                .to("feishu:card/answer?toast=toast.done&toastType=success")
                .otherwise()
                .to("feishu:card/answer?toast=toast.already-decided&toastType=warning")
                .end();
    }

    /** One message for each version of the card, however often it is tried. */
    private static void head(Exchange exchange) {
        Map<String, Object> card = card(exchange);
        exchange.getMessage().setHeader("CamelFeishuReference", "alert-" + card.get("id") + "-" + card.get("version"));
        exchange.getMessage().setHeader("CamelFeishuMessageId", card.get("message_id"));
        exchange.getMessage().setHeader("CamelFeishuReplay", card.get("version"));
    }

    /** Does what the button says; false when there is nothing left to do. */
    private boolean acted(Exchange exchange) {
        Map<?, ?> click = exchange.getMessage().getBody(Map.class);
        long id;
        try {
            id = Long.parseLong(click.get("value") instanceof Map<?, ?> value ? String.valueOf(value.get("id")) : "");
        } catch (NumberFormatException e) {
            return false;
        }
        return switch (String.valueOf(click.get("action"))) {
            case "alert-mute" -> alerts.mute(id);
            case "alert-retry" -> retried(id);
            case "alert-replay" -> replayed(id);
            default -> false;
        };
    }

    /** Looks at the pairs of the card again: parked rows get another try, and both sides are compared. */
    private boolean retried(long id) {
        if (alerts.kind(id).filter(AlertKind.PAIR::equals).isEmpty()) {
            return false;
        }
        boolean any = false;
        for (String pair : alerts.subjects(id)) {
            for (PairOperations operations : pairs) {
                any |= operations.retryParked(pair, null, null).isPresent();
                operations.verify(pair);
            }
        }
        return any;
    }

    private boolean replayed(long id) {
        return alerts.kind(id).filter(AlertKind.DEAD_LETTERS::equals).isPresent()
                && letters.stream()
                        .anyMatch(all -> all.replay(
                                                DeadLetters.Filter.of(DeadLetters.State.NEW),
                                                REPLAYS_PER_SECOND,
                                                MOST_REPLAYS)
                                        .replayed()
                                > 0);
    }

    private boolean isOpsChat(String chat) {
        return !opsChat.isEmpty() && opsChat.equals(chat);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> card(Exchange exchange) {
        return exchange.getMessage().getBody(Map.class);
    }
}
