package dev.camelfeishu.route;

import dev.camelfeishu.event.DeadLetters.UndecidableException;
import dev.camelfeishu.event.DeadLetters.UnknownDeadLetterException;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Tells the ops group of every dead letter by a card whose buttons work. Only clicks in that group count. Without a group
 * the log has to do.
 */
@Component
class DeadLetterRoutes extends RouteBuilder {

    private final String opsChat;

    DeadLetterRoutes(@Value("${feishu.ops-chat-id:}") String opsChat) {
        this.opsChat = opsChat;
    }

    @Override
    public void configure() {
        from("feishu:dead-letter")
                .routeId("dead-letter-told")
                .log("Dead letter ${body[id]} of ${body[flow]}, reference ${body[reference]}: ${body[cause]}")
                .filter(exchange -> !opsChat.isEmpty())
                .to("feishu:message/send?card=dead-letter&receiveId=" + opsChat);

        from("feishu:card/action?action=dead-letter-replay,dead-letter-discard")
                .routeId("dead-letter-clicked")
                .onException(UndecidableException.class, UnknownDeadLetterException.class)
                .handled(true)
                .log(LoggingLevel.WARN, "A click on a dead letter had no effect: ${exception.message}")
                .to("feishu:card/answer?toast=toast.already-decided&toastType=warning")
                .end()
                .choice()
                .when(exchange -> !isOpsChat(exchange.getMessage().getHeader("CamelFeishuChatId", String.class)))
                .to("feishu:card/answer?toast=toast.not-yours&toastType=warning")
                .when(simple("${body[action]} == 'dead-letter-replay'"))
                .to("feishu:dead-letter/replay")
                .to("feishu:card/answer?toast=toast.done&toastType=success")
                .otherwise()
                .to("feishu:dead-letter/discard")
                .to("feishu:card/answer?toast=toast.done&toastType=success")
                .end();
    }

    private boolean isOpsChat(String chat) {
        return !opsChat.isEmpty() && opsChat.equals(chat);
    }
}
