package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code content} of messages: what the app may send and how it is read back. */
public final class Content {
    private static final int MAX_TEXT = 150 * 1024;
    private static final int MAX_DIVIDER = 20;
    private static final String MERGED = "Merged and Forwarded Message";
    private static final int MAX_RICH = 30 * 1024;
    private static final Pattern AT = Pattern.compile("<at user_id=\"([^\"]*)\">([^<]*)</at>");
    private static final Set<String> LANGUAGES = Set.of(
            "zh_cn", "en_us", "ja_jp", "zh_hk", "zh_tw", "id_id", "vi_vn", "th_th", "pt_br", "es_es", "ko_kr", "de_de",
            "fr_fr", "it_it", "ru_ru", "ms_my");
    private static final Set<String> POST_TAGS =
            Set.of("text", "a", "at", "img", "media", "emotion", "code_block", "hr", "md");
    /** Tags that have a paragraph of their own. */
    private static final Set<String> ALONE = Set.of("img", "media", "md");
    /** The types of uploads that each type of message takes. */
    private static final Map<String, Set<String>> UPLOADS = Map.of(
            "image", Set.of("image"),
            "file", Set.of("pdf", "doc", "xls", "ppt", "stream"),
            "audio", Set.of("opus"),
            "media", Set.of("mp4"),
            "sticker", Set.of("sticker"));

    /** Content as it is stored, with its mentions. */
    record Sent(String content, JsonNode mentions) {}

    private final People people;
    private final Chats chats;
    private final Resources resources;
    private final CardSources cards;
    private final SandboxProperties properties;

    public Content(People people, Chats chats, Resources resources, CardSources cards, SandboxProperties properties) {
        this.people = people;
        this.chats = chats;
        this.resources = resources;
        this.cards = cards;
        this.properties = properties;
    }

    /**
     * @throws Refusal 230001 or 230099
     * @throws Denial 230002, 230013, 230015, 230017, 230025 or 230055
     */
    Sent check(String msgType, JsonNode content) {
        if (!content.isTextual()) {
            throw invalid("content must be a string that holds JSON");
        }
        String text = content.asText();
        int size = text.getBytes(StandardCharsets.UTF_8).length;
        boolean rich = msgType.equals("post") || msgType.equals("interactive");
        if (size > (rich ? MAX_RICH : MAX_TEXT)) {
            throw new Denial(230025);
        }
        if (msgType.equals("interactive")) {
            return new Sent(cards.card(text), Json.array());
        }
        JsonNode value = Json.parse(text);
        if (value == null || !value.isObject()) {
            throw invalid("content is not a string type of JSON object");
        }
        return switch (msgType) {
            case "text" -> text(value);
            case "post" -> post(value);
            case "image" -> new Sent(Json.write(Json.object().put("image_key", image(value))), Json.array());
            case "file", "audio", "media", "sticker" -> file(msgType, value);
            case "share_chat" -> shareChat(value);
            case "share_user" -> shareUser(value);
            case "system" -> divider(value);
            default -> throw invalid("msg_type is not one of the known ones");
        };
    }

    /**
     * How a message is read: rich text flat in one language and without Markdown, a card in its degraded form unless the
     * original is wanted, a merged message as a sentence.
     */
    static String read(Message message, boolean original) {
        if (message.msgType().equals("post")) {
            JsonNode post = language(Json.read(message.content()));
            post.path("content").forEach(paragraph -> paragraph.forEach(Content::plain));
            return Json.write(post);
        }
        if (message.merged()) {
            return MERGED;
        }
        return message.card() && !original ? degraded(Json.read(message.content())) : message.content();
    }

    private static JsonNode language(JsonNode post) {
        if (post.path("content").isArray()) {
            return post;
        }
        for (String language : new String[] {"zh_cn", "en_us"}) {
            if (post.has(language)) {
                return post.path(language);
            }
        }
        return post.elements().next();
    }

    private static void plain(JsonNode element) {
        if (element.path("tag").asText().equals("md")) {
            ((ObjectNode) element).put("tag", "text");
        }
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
                .or(() -> people.find("union_id", userId))
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

    private Sent post(JsonNode value) {
        if (value.isEmpty()) {
            throw invalid("post has no language");
        }
        JsonNode post = value.deepCopy();
        ArrayNode mentions = Json.array();
        for (Map.Entry<String, JsonNode> language : post.properties()) {
            JsonNode paragraphs = language.getValue().path("content");
            if (!LANGUAGES.contains(language.getKey()) || !paragraphs.isArray()) {
                throw invalid("post needs languages with a content of paragraphs");
            }
            for (JsonNode paragraph : paragraphs) {
                if (!paragraph.isArray()) {
                    throw invalid("a paragraph of a post is an array");
                }
                for (JsonNode element : paragraph) {
                    element(element, paragraph.size(), mentions);
                }
            }
        }
        return new Sent(Json.write(post), mentions);
    }

    private void element(JsonNode element, int together, ArrayNode mentions) {
        String tag = element.path("tag").asText();
        if (!POST_TAGS.contains(tag)) {
            throw invalid("unknown tag in a post");
        }
        if (together > 1 && ALONE.contains(tag)) {
            throw invalid(tag + " must have a paragraph of its own");
        }
        switch (tag) {
            case "text", "code_block", "md" -> text(element, "text");
            case "a" -> {
                text(element, "text");
                text(element, "href");
            }
            case "at" -> ((ObjectNode) element).put("user_id", mention(text(element, "user_id"), mentions));
            case "emotion" -> text(element, "emoji_type");
            case "img" -> image(element);
            case "media" -> file("media", element);
            default -> {
                // hr has no members
            }
        }
    }

    private static String text(JsonNode value, String name) {
        if (!value.path(name).isTextual()) {
            throw invalid(name + " is missing");
        }
        return value.path(name).asText();
    }

    /** The key of an image that the app has uploaded for messages. */
    private String image(JsonNode value) {
        return upload("image", text(value, "image_key")).key();
    }

    private Sent file(String msgType, JsonNode value) {
        Resource file = upload(msgType, text(value, "file_key"));
        ObjectNode content = Json.object().put("file_key", file.key());
        if (msgType.equals("media") && value.hasNonNull("image_key")) {
            content.put("image_key", image(value));
        }
        if (msgType.equals("file") || msgType.equals("media")) {
            content.put("file_name", file.name());
        }
        if (file.duration() != null && !msgType.equals("file")) {
            content.put("duration", file.duration());
        }
        return new Sent(Json.write(content), Json.array());
    }

    /** An upload of the app's; a sticker is one that somebody has sent. */
    private Resource upload(String msgType, String key) {
        Resource resource = resources
                .find(key)
                .filter(found ->
                        found.owner().equals(properties.appId()) || found.type().equals("sticker"))
                .orElseThrow(() -> new Denial(230017));
        if (!UPLOADS.get(msgType).contains(resource.type())) {
            throw new Denial(230055);
        }
        return resource;
    }

    private Sent shareChat(JsonNode value) {
        Chat chat = chats.find(text(value, "chat_id")).orElseThrow(() -> invalid("chat_id is unknown"));
        if (chat.p2p()) {
            throw new Denial(230015);
        }
        if (!chat.bot()) {
            throw new Denial(230002);
        }
        return new Sent(Json.write(Json.object().put("chat_id", chat.id())), Json.array());
    }

    private Sent shareUser(JsonNode value) {
        Person person =
                people.byOpenId(text(value, "user_id")).orElseThrow(() -> invalid("user_id is not a known open_id"));
        if (!person.colleague()) {
            throw new Denial(230013);
        }
        return new Sent(Json.write(Json.object().put("user_id", person.openId())), Json.array());
    }

    /** A dividing line, of at most 20 characters of which a Chinese one counts twice. */
    private static Sent divider(JsonNode value) {
        String text = value.path("params").path("divider_text").path("text").asText();
        int width = text.codePoints()
                .map(character -> Character.isIdeographic(character) ? 2 : 1)
                .sum();
        if (!value.path("type").asText().equals("divider") || text.isEmpty() || width > MAX_DIVIDER) {
            throw invalid("a system message is a divider with a short divider_text");
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

    /** The content of a call that has it as an object, in the shape that {@link #check} reads; not an object when it is missing. */
    static JsonNode fromObject(String msgType, JsonNode body) {
        JsonNode content = body.path("content");
        return switch (msgType) {
            case "interactive" -> body.path("card");
            case "post" -> content.path("post");
            case "share_chat" ->
                Json.object().put("chat_id", content.path("share_chat_id").asText());
            default -> content;
        };
    }

    /** The content of a merged message. */
    static Sent merged() {
        return new Sent(Json.write(Json.object().put("content", MERGED)), Json.array());
    }

    static Refusal invalid(String reason) {
        return new Refusal(400, 230001, "Your request contains an invalid request parameter, ext=" + reason + ".");
    }
}
