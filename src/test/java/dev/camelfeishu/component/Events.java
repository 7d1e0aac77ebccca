package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.time.Instant;

/** Events as Feishu sends them, cut down to what is read. */
final class Events {

    static final String TENANT = "tenant0001";

    private Events() {}

    static FeishuEvent event(String type, String event) {
        JsonNode payload = FakeFeishu.json("{'event': " + event + "}");
        return new FeishuEvent("cli_a", TENANT, "ev-1", type, "key", Instant.EPOCH, payload);
    }

    /** The same event, sent to another app. */
    static FeishuEvent of(String appId, FeishuEvent event) {
        return new FeishuEvent(
                appId,
                event.tenantKey(),
                event.eventId(),
                event.type(),
                event.key(),
                event.createdAt(),
                event.payload());
    }

    static FeishuEvent message(String chatType, String text, String mentions) {
        return message(chatType, text, mentions, "user", TENANT);
    }

    static FeishuEvent message(String chatType, String text, String mentions, String senderType, String tenant) {
        FeishuEvent message = event("im.message.receive_v1", """
                {'sender': {'sender_id': {'open_id': 'ou_person'}, 'sender_type': '%s', 'tenant_key': '%s'},
                 'message': {'message_id': 'om_1', 'chat_id': 'oc_1', 'chat_type': '%s', 'message_type': 'text',
                             'mentions': [%s]}}""".formatted(senderType, tenant, chatType, mentions));
        ObjectNode content = JsonNodeFactory.instance.objectNode().put("text", text);
        ((ObjectNode) message.event().path("message")).put("content", content.toString());
        return message;
    }

    static String mention(String openId) {
        return "{'key': '@_user_1', 'id': {'open_id': '" + openId + "'}}";
    }

    static EventJournal.Delivery delivery(FeishuEvent event) {
        return new EventJournal.Delivery(7, "route", event, 1, 0);
    }
}
