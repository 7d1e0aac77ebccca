package dev.camelfeishu.component;

import org.apache.camel.spi.Metadata;

/** Message headers of the component. Nothing else is read as control, and nothing else is set from an event. */
public final class FeishuConstants {

    @Metadata(label = "consumer", description = "Id of the event: what tells it from every other", javaType = "String")
    public static final String EVENT_ID = "CamelFeishuEventId";

    @Metadata(label = "consumer", description = "Type of the event, such as im.message.receive_v1", javaType = "String")
    public static final String EVENT_TYPE = "CamelFeishuEventType";

    @Metadata(
            label = "consumer",
            description =
                    "What the event is about: the instance, table, chat, card or person whose events come in order",
            javaType = "String")
    public static final String EVENT_KEY = "CamelFeishuEventKey";

    @Metadata(label = "consumer", description = "When it happened, by Feishu's clock", javaType = "java.time.Instant")
    public static final String EVENT_TIME = "CamelFeishuEventTime";

    @Metadata(
            description =
                    "App of feishu.apps that the event came to, and that calls Feishu when the endpoint names none",
            javaType = "String")
    public static final String APP_NAME = "CamelFeishuAppName";

    @Metadata(description = "Tenant the event comes from", javaType = "String")
    public static final String TENANT_KEY = "CamelFeishuTenantKey";

    @Metadata(
            label = "consumer",
            description = "Reference number of the delivery: the same in the log, the dead letter and a bot's apology",
            javaType = "String")
    public static final String REFERENCE = "CamelFeishuReference";

    @Metadata(
            label = "consumer",
            description = "How often a person has replayed this delivery, 0 for an ordinary one",
            javaType = "Integer")
    public static final String REPLAY = "CamelFeishuReplay";

    @Metadata(
            label = "consumer",
            description =
                    "The event's place in a distributed trace: W3C traceparent. It is in the headers traceparent and"
                            + " tracestate too, which HTTP calls of the route carry on",
            javaType = "String")
    public static final String TRACE_PARENT = "CamelFeishuTraceParent";

    @Metadata(
            label = "producer",
            description = "Why a card was not sent as it is: the path of its fault and what is wrong there",
            javaType = "String")
    public static final String CARD_FAULT = "CamelFeishuCardFault";

    @Metadata(label = "producer", description = "Card entity that was created", javaType = "String")
    public static final String CARD_ID = "CamelFeishuCardId";

    @Metadata(
            label = "producer",
            description = "Number of the last change of a card entity; the next one needs a greater",
            javaType = "Integer")
    public static final String SEQUENCE = "CamelFeishuSequence";

    @Metadata(description = "Message that is replied to, or whose card is updated", javaType = "String")
    public static final String MESSAGE_ID = "CamelFeishuMessageId";

    @Metadata(label = "consumer", description = "Chat the event belongs to", javaType = "String")
    public static final String CHAT_ID = "CamelFeishuChatId";

    @Metadata(
            label = "consumer",
            description = "open_id of the person who sent the message, clicked or edited",
            javaType = "String")
    public static final String OPERATOR_ID = "CamelFeishuOperatorId";

    @Metadata(
            label = "producer",
            description = "Receiver of message/send when the endpoint names none",
            javaType = "String")
    public static final String RECEIVE_ID = "CamelFeishuReceiveId";

    @Metadata(
            label = "producer",
            description = "Message that message/send or message/reply has made",
            javaType = "String")
    public static final String SENT_MESSAGE_ID = "CamelFeishuSentMessageId";

    @Metadata(
            label = "producer",
            description = "open_id of the person in whose name an endpoint with identity=user calls",
            javaType = "String")
    public static final String USER_OPEN_ID = "CamelFeishuUserOpenId";

    private FeishuConstants() {}

    @Metadata(
            label = "producer",
            description =
                    "Set by a route that bitable/merge sends rows through: why this row is not written, either way; it is"
                            + " listed as parked with this reason",
            javaType = "String")
    public static final String VETO = "CamelFeishuVeto";
}
