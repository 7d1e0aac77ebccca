package dev.camelfeishu.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/**
 * What a person wrote to the bot: the text of a text or rich-text message with the mentions taken out.
 *
 * @param command the word behind a leading slash, lower case, "" when there is none
 * @param argument what follows the command, trimmed; the whole text when there is no command
 */
record MessageText(String command, String argument) {

    /** Reads {@code event.message} of im.message.receive_v1. Anything but text and rich text has no text. */
    static MessageText of(JsonNode message) {
        String type = message.path("message_type").asText();
        String text = "";
        try {
            JsonNode content =
                    FeishuConverters.JSON.readTree(message.path("content").asText("{}"));
            if (type.equals("text")) {
                text = content.path("text").asText("");
            } else if (type.equals("post")) {
                text = rich(content);
            }
        } catch (JsonProcessingException e) {
            // content that is not JSON has no text; the bot answers it like any other thing it cannot read
            text = "";
        }
        for (String key : mentionKeys(message)) {
            text = text.replace(key, " ");
        }
        return parse(text.strip());
    }

    /** Longest first: "@_user_1" is the beginning of "@_user_10". */
    private static List<String> mentionKeys(JsonNode message) {
        return StreamSupport.stream(message.path("mentions").spliterator(), false)
                .map(mention -> mention.path("key").asText(""))
                .filter(key -> !key.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    private static MessageText parse(String text) {
        // an input method may have written the full-width slash
        if (text.isEmpty() || (text.charAt(0) != '/' && text.charAt(0) != '／')) {
            return new MessageText("", text);
        }
        int end = 1;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return new MessageText(
                text.substring(1, end).toLowerCase(Locale.ROOT),
                text.substring(end).strip());
    }

    private static String rich(JsonNode post) {
        var text = new StringBuilder(post.path("title").asText(""));
        for (JsonNode paragraph : post.path("content")) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            for (JsonNode element : paragraph) {
                switch (element.path("tag").asText()) {
                    case "text", "a", "md", "code_block" ->
                        text.append(element.path("text").asText(""));
                    default -> text.append(' ');
                }
            }
        }
        return text.toString();
    }
}
