package dev.camelfeishu.route;

import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.DeadLetters.Filter;
import dev.camelfeishu.event.DeadLetters.State;
import dev.camelfeishu.event.DeadLetters.UndecidableException;
import dev.camelfeishu.event.DeadLetters.UnknownDeadLetterException;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Tells the ops group of a dead letter by a card whose buttons work. Only clicks in that group count. Without a group the log
 * has to do. Of many, only the first have cards: that they are many is an alert of its own.
 */
@Component
class DeadLetterRoutes extends RouteBuilder {

    private final DeadLetters letters;
    private final String opsChat;
    private final int many;

    /** @param many from so many undecided ones on, there is no card for another one */
    DeadLetterRoutes(
            DeadLetters letters,
            @Value("${feishu.ops-chat-id:}") String opsChat,
            @Value("${feishu.alerts.dead-letters:10}") int many) {
        this.letters = letters;
        this.opsChat = opsChat;
        this.many = many;
    }

    @Override
    public void configure() {
        from("feishu:dead-letter")
                .routeId("dead-letter-told")
                .log("Dead letter ${body[id]} of ${body[flow]}, reference ${body[reference]}: ${body[cause]}")
                .filter(exchange -> !opsChat.isEmpty() && !areMany())
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

    private boolean areMany() {
        return letters.list(Filter.of(State.NEW), 0, 1).total() > many;
    }

    private boolean isOpsChat(String chat) {
        return !opsChat.isEmpty() && opsChat.equals(chat);
    }
}
