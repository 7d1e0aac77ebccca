package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Denial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The settings of a group: who may do what, and how it looks. The first value of each is the default. */
final class ChatSettings {
    private static final List<String> WHO = List.of("all_members", "only_owner");
    private static final List<String> WHO_SEES = List.of("all_members", "only_owner", "not_anyone");
    private static final Map<String, List<String>> VALUES = values();

    private ChatSettings() {}

    private static Map<String, List<String>> values() {
        Map<String, List<String>> values = new LinkedHashMap<>();
        values.put("chat_type", List.of("private", "public"));
        values.put("group_message_type", List.of("chat", "thread"));
        values.put("add_member_permission", WHO);
        values.put("share_card_permission", List.of("allowed", "not_allowed"));
        values.put("at_all_permission", WHO);
        values.put("edit_permission", WHO);
        values.put("join_message_visibility", WHO_SEES);
        values.put("leave_message_visibility", WHO_SEES);
        values.put("membership_approval", List.of("no_approval_required", "approval_required"));
        values.put("moderation_permission", List.of("all_members", "only_owner", "moderator_list"));
        values.put("urgent_setting", WHO);
        values.put("video_conference_setting", WHO);
        values.put("pin_manage_setting", WHO);
        values.put("hide_member_count_setting", WHO);
        return values;
    }

    static String value(ObjectNode settings, String name) {
        return settings.path(name).asText(VALUES.get(name).get(0));
    }

    /** The settings with those that a body gives. */
    static ObjectNode with(ObjectNode settings, JsonNode body) {
        ObjectNode changed = settings.deepCopy();
        VALUES.forEach((name, allowed) -> {
            JsonNode value = body.path(name);
            if (value.isMissingNode() || value.isNull() || name.equals("moderation_permission")) {
                return;
            }
            changed.put(name, checked(name, value.asText()));
        });
        return changed;
    }

    static String checked(String name, String value) {
        if (!VALUES.get(name).contains(value)) {
            throw new Denial(232001, name);
        }
        return value;
    }

    /** Whether a body names a setting that only the owner and managers may change. */
    static boolean named(JsonNode body) {
        return VALUES.keySet().stream().anyMatch(body::hasNonNull);
    }

    static void show(Chat chat, ObjectNode shown) {
        VALUES.keySet().forEach(name -> shown.put(name, chat.setting(name)));
    }

    /** The settings that differ, as they were and as they are. */
    static void differences(ObjectNode before, ObjectNode after, ObjectNode was, ObjectNode is) {
        for (String name : VALUES.keySet()) {
            String old = value(before, name);
            String now = value(after, name);
            if (!old.equals(now)) {
                was.put(name, old);
                is.put(name, now);
            }
        }
    }
}
