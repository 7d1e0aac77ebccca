package dev.camelfeishu.component;

import static dev.camelfeishu.component.DeclaredCall.call;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/**
 * Messages, as one call each. Sending, replying and editing are programmed in {@link MessageOperations}.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/intro">Messages</a>
 */
final class MessageCalls {

    private static final String MESSAGES = "/open-apis/im/v1/messages";
    private static final String MESSAGE = MESSAGES + "/:message_id";
    private static final String BATCH = "/open-apis/im/v1/batch_messages/:batch_message_id";

    private static final String PEOPLE = "A list of people, of the kind that user_id_type names; or one.";
    private static final String NOT_IN_CHAT = "`invalid_user_id_list`: those who are not in the chat.";
    private static final String USER_ID_TYPE = "Kind of the people's ids: open_id, union_id or user_id";
    private static final String CARD_CONTENT =
            "user_card_content for the card as it was sent, raw_card_content for all of it; a summary when not given";

    static final List<Operation> ALL = List.of(
            call("message/get", "Reads a message; a merged one with the messages in it.", "GET", MESSAGE)
                    .optional("user_id_type")
                    .optional("card_msg_content_type", CARD_CONTENT)
                    .answers("items", "A list: the message, then the messages that were merged into it."),
            call("message/list", "Lists the messages of a chat or a thread.", "GET", MESSAGES)
                    .query("container_id_type", "What container_id is: chat or thread")
                    .query("container_id", "The chat or the thread")
                    .optional("start_time", "Begin of the time range, seconds since 1970; not for a thread")
                    .optional("end_time", "End of the time range, seconds since 1970; not for a thread")
                    .optional("sort_type", "ByCreateTimeAsc (default) or ByCreateTimeDesc")
                    .optional("card_msg_content_type", CARD_CONTENT)
                    .paged("items", 50),
            call("message/recall", "Withdraws a message.", "DELETE", MESSAGE),
            forward("message/forward", "Forwards a message.", MESSAGE + "/forward"),
            forward("message/forward-thread", "Forwards a thread.", "/open-apis/im/v1/threads/:thread_id/forward"),
            forward(
                            "message/merge-forward",
                            "Forwards several messages of one chat as one.",
                            MESSAGES + "/merge_forward")
                    .list("message_id_list", "A list of message ids, all of one chat."),
            call(
                            "message/read-by",
                            "Lists who has read a message of this app, for 7 days.",
                            "GET",
                            MESSAGE + "/read_users")
                    .usually("user_id_type", "open_id", USER_ID_TYPE)
                    .paged("items", 100),
            call("message/react", "Adds a reaction to a message.", "POST", MESSAGE + "/reactions")
                    .member("emoji_type", "The emoji, such as SMILE")
                    .shaped(
                            "Not read.",
                            (exchange, options, platform, members) ->
                                    JsonNodeFactory.instance.objectNode().set("reaction_type", members)),
            call("message/reactions", "Lists the reactions to a message.", "GET", MESSAGE + "/reactions")
                    .optional("reaction_type", "Reactions with this emoji only, such as SMILE")
                    .optional("user_id_type")
                    .paged("items", 50),
            call(
                    "message/unreact",
                    "Takes a reaction of this app back.",
                    "DELETE",
                    MESSAGE + "/reactions/:reaction_id"),
            call("message/pin", "Pins a message in its chat.", "POST", "/open-apis/im/v1/pins")
                    .member("message_id", "Message")
                    .answers("pin", "The pin: `message_id`, `chat_id`, `operator_id`, `create_time` (milliseconds)."),
            call("message/unpin", "Takes a pin away.", "DELETE", "/open-apis/im/v1/pins/:message_id"),
            call("message/pins", "Lists the pins of a chat.", "GET", "/open-apis/im/v1/pins")
                    .query("chat_id", "Chat")
                    .optional("start_time", "Begin of the time range, milliseconds since 1970")
                    .optional("end_time", "End of the time range, milliseconds since 1970")
                    .paged("items", 50),
            urgent(
                    "app",
                    "Makes a message of this app urgent: its receivers are told in the app until they have read it."),
            urgent("sms", "Makes a message of this app urgent by SMS, which uses the tenant's quota."),
            urgent("phone", "Makes a message of this app urgent by a phone call, which uses the tenant's quota."),
            call(
                            "message/follow-up",
                            "Offers bubbles below a message for a quick answer.",
                            "POST",
                            MESSAGE + "/push_follow_up")
                    .list(
                            "follow_ups",
                            "One to three bubbles, each a map with `content` and, if wanted, `i18n_contents`."),
            call(
                            "message/upload-image",
                            "Uploads an image for messages, at most 10 MB.",
                            "POST",
                            "/open-apis/im/v1/images")
                    .usualPart("image_type", "message", "message, or avatar")
                    .upload("image", "The image: a file, bytes or a stream.")
                    .answers("image_key", "The `image_key`."),
            call("message/upload-file", "Uploads a file for messages, at most 30 MB.", "POST", "/open-apis/im/v1/files")
                    .usualPart("file_type", "stream", "opus, mp4, pdf, doc, xls, ppt or stream")
                    .part("file_name", "Name with its extension; the header CamelFileName when not given")
                    .optionalPart("duration", "Length of an audio or a video, milliseconds")
                    .upload("file", "The file: a file, bytes or a stream. An audio must be opus, a video mp4.")
                    .answers("file_key", "The `file_key`."),
            call(
                            "message/image",
                            "Downloads an image that this app has uploaded.",
                            "GET",
                            "/open-apis/im/v1/images/:image_key")
                    .download(),
            call(
                            "message/file",
                            "Downloads a file that this app has uploaded.",
                            "GET",
                            "/open-apis/im/v1/files/:file_key")
                    .download(),
            call(
                            "message/resource",
                            "Downloads an image, file, audio or video of a message, at most 100 MB.",
                            "GET",
                            MESSAGE + "/resources/:file_key")
                    .usually("type", "file", "image for an image or one in a post, else file")
                    .download(),
            call(
                            "message/batch-send",
                            "Sends one message to many people and departments, in the background.",
                            "POST",
                            "/open-apis/message/v4/batch_send/")
                    .optionalMember("open_ids", "People, a list, at most 200")
                    .optionalMember("user_ids", "People by user_id, a list, at most 200")
                    .optionalMember("union_ids", "People by union_id, a list, at most 200")
                    .optionalMember("department_ids", "Departments, a list, at most 200")
                    .reads("card", "text", "type")
                    .shaped(
                            "As `message/send`; only text, post, image, share_chat and cards.",
                            (exchange, options, platform, members) -> MessageContent.of(exchange, options, platform)
                                    .plain()
                                    .setAll(members))
                    .errors("Nobody to send it to: 99992402 names the field."),
            call("message/batch-progress", "Reads how far a batch is.", "GET", BATCH + "/get_progress"),
            call(
                            "message/batch-read-count",
                            "Reads how many people have got and read a batch.",
                            "GET",
                            BATCH + "/read_user")
                    .answers("read_user", "`read_count` and `total_count`, texts."),
            call("message/batch-recall", "Withdraws a batch, within a day.", "DELETE", BATCH));

    private MessageCalls() {}

    private static DeclaredCall forward(String name, String description, String path) {
        return call(name, description, "POST", path)
                .usually(
                        "receive_id_type",
                        "chat_id",
                        "Kind of receive_id: chat_id, open_id, user_id, union_id, email, thread_id")
                .member("receive_id", "Receiver")
                .oncePerDelivery("uuid");
    }

    private static DeclaredCall urgent(String how, String description) {
        return call("message/urgent-" + how, description, "PATCH", MESSAGE + "/urgent_" + how)
                .usually("user_id_type", "open_id", USER_ID_TYPE)
                .list("user_id_list", PEOPLE)
                .answers("invalid_user_id_list", NOT_IN_CHAT);
    }
}
