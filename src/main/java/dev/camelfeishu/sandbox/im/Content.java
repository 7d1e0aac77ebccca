package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code content} of messages: what the app may send and how it is read back. */
public final class Content {
    private static final int MAX_TEXT = 150 * 1024;
    private static final int MAX_RICH = 30 * 1024;
    private static final Pattern AT = Pattern.compile("<at user_id=\"([^\"]*)\">([^<]*)</at>");
    private static final Set<String> LANGUAGES = Set.of(
            "zh_cn", "en_us", "ja_jp", "zh_hk", "zh_tw", "id_id", "vi_vn", "th_th", "pt_br", "es_es", "ko_kr", "de_de",
            "fr_fr", "it_it", "ru_ru", "ms_my");
    private static final Set<String> POST_TAGS =
            Set.of("text", "a", "at", "img", "media", "emotion", "code_block", "hr", "md");
    /** The member each of the other types must have. */
    private static final Map<String, String> KEYS = Map.of(
            "image", "image_key",
            "file", "file_key",
            "audio", "file_key",
            "sticker", "file_key",
            "media", "file_key",
            "share_chat", "chat_id",
            "share_user", "user_id",
            "system", "type");

    /** Content as it is stored, with its mentions. */
    record Sent(String content, JsonNode mentions) {}

    private final People people;

    public Content(People people) {
        this.people = people;
    }

    /** @throws Refusal 230001, 230025 or 230099 */
    Sent check(String msgType, JsonNode content) {
        if (!content.isTextual()) {
            throw invalid("content must be a string that holds JSON");
        }
        String text = content.asText();
        int size = text.getBytes(StandardCharsets.UTF_8).length;
        boolean rich = msgType.equals("post") || msgType.equals("interactive");
        if (size > (rich ? MAX_RICH : MAX_TEXT)) {
            throw new Refusal(400, 230025, "The length of the message content reaches its limit.");
        }
        if (msgType.equals("interactive")) {
            checkCard(text);
            return new Sent(text, Json.array());
        }
        JsonNode value = Json.parse(text);
        if (value == null || !value.isObject()) {
            throw invalid("content is not a string type of JSON object");
        }
        return switch (msgType) {
            case "text" -> text(value);
            case "post" -> post(value);
            default -> other(msgType, value);
        };
    }

    /** @throws Refusal 230099 */
    static void checkCard(String content) {
        Optional<CardCheck.Fault> fault = CardCheck.check(content);
        if (fault.isPresent()) {
            throw new Refusal(400, 230099, fault.get().text());
        }
    }

    /** How a message is read: rich text flat in one language, a card in its degraded form unless the original is wanted. */
    static String read(Message message, boolean original) {
        if (message.msgType().equals("post")) {
            JsonNode value = Json.read(message.content());
            if (value.path("content").isArray()) {
                return message.content();
            }
            for (String language : new String[] {"zh_cn", "en_us"}) {
                if (value.has(language)) {
                    return Json.write(value.path(language));
                }
            }
            return Json.write(value.elements().next());
        }
        return message.card() && !original ? degraded(Json.read(message.content())) : message.content();
    }

    private Sent text(JsonNode value) {
        if (!value.path("text").isTextual()) {
            throw invalid("text is missing");
        }
        ArrayNode mentions = Json.array();
        Matcher at = AT.matcher(value.path("text").asText());
        StringBuilder replaced = new StringBuilder();
        while (at.find()) {
            at.appendReplacement(replaced, Matcher.quoteReplacement(mention(at.group(1), mentions)));
        }
        at.appendTail(replaced);
        return new Sent(Json.write(Json.object().put("text", replaced.toString())), mentions);
    }

    private String mention(String userId, ArrayNode mentions) {
        if (userId.equals("all")) {
            return "@_all";
        }
        Person person = people.byOpenId(userId)
                .or(() -> people.find("user_id", userId))
                .orElseThrow(() -> invalid("invalid user id in an at element"));
        String key = "@_user_" + (mentions.size() + 1);
        mentions.addObject()
                .put("key", key)
                .put("id", person.openId())
                .put("id_type", "open_id")
                .put("name", person.name())
                .put("tenant_key", person.tenantKey());
        return key;
    }

    private static Sent post(JsonNode value) {
        if (value.isEmpty()) {
            throw invalid("post has no language");
        }
        for (Map.Entry<String, JsonNode> language : value.properties()) {
            JsonNode paragraphs = language.getValue().path("content");
            if (!LANGUAGES.contains(language.getKey()) || !paragraphs.isArray()) {
                throw invalid("post needs languages with a content of paragraphs");
            }
            for (JsonNode paragraph : paragraphs) {
                if (!paragraph.isArray()) {
                    throw invalid("a paragraph of a post is an array");
                }
                for (JsonNode element : paragraph) {
                    if (!POST_TAGS.contains(element.path("tag").asText())) {
                        throw invalid("unknown tag in a post");
                    }
                }
            }
        }
        return new Sent(Json.write(value), Json.array());
    }

    private static Sent other(String msgType, JsonNode value) {
        String key = KEYS.get(msgType);
        if (key == null) {
            throw invalid("msg_type is not one of the known ones");
        }
        if (!value.path(key).isTextual()) {
            throw invalid(key + " is missing");
        }
        if (msgType.equals("image") || msgType.endsWith("file") || value.has("file_key")) {
            throw new Refusal(400, 230017, "Bot is NOT the owner of the resource.");
        }
        return new Sent(Json.write(value), Json.array());
    }

    private static String degraded(JsonNode card) {
        ObjectNode degraded = Json.object();
        JsonNode title = card.path("header").path("title");
        degraded.put("title", title.path("content").asText(title.asText("")));
        ArrayNode lines = degraded.putArray("elements");
        JsonNode elements = card.has("body") ? card.path("body").path("elements") : card.path("elements");
        for (JsonNode element : elements) {
            String text = element.path("text")
                    .path("content")
                    .asText(element.path("content").asText(""));
            ArrayNode line = lines.addArray();
            if (element.path("tag").asText().equals("hr")) {
                line.addObject().put("tag", "hr");
            } else if (!text.isEmpty()) {
                String tag = element.path("tag").asText().equals("button") ? "button" : "text";
                line.addObject().put("tag", tag).put("text", text);
            }
        }
        return Json.write(degraded);
    }

    static Refusal invalid(String reason) {
        return new Refusal(400, 230001, "Your request contains an invalid request parameter, ext=" + reason + ".");
    }
}
