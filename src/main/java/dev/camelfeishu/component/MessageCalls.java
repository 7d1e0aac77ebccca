package dev.camelfeishu.component;

import static dev.camelfeishu.component.DeclaredCall.call;

import java.util.List;

/**
 * Messages, as one call each. Sending and replying are programmed in {@link MessageOperations}.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/intro">Messages</a>
 */
final class MessageCalls {

    private static final String MESSAGE = "/open-apis/im/v1/messages/:message_id";

    static final List<Operation> ALL = List.of(
            call("message/get", "Reads a message; a merged one with the messages in it.", "GET", MESSAGE)
                    .optional("user_id_type")
                    .answers("items", "A list: the message, then the messages that were merged into it."),
            call("message/list", "Lists the messages of a chat or a thread.", "GET", "/open-apis/im/v1/messages")
                    .query("container_id_type", "What container_id is: chat or thread")
                    .query("container_id", "The chat or the thread")
                    .optional("start_time", "Begin of the time range, seconds since 1970; not for a thread")
                    .optional("end_time", "End of the time range, seconds since 1970; not for a thread")
                    .optional("sort_type", "ByCreateTimeAsc (default) or ByCreateTimeDesc")
                    .paged("items", 50),
            call("message/recall", "Withdraws a message.", "DELETE", MESSAGE));

    private MessageCalls() {}
}
