package dev.camelfeishu.card;

import java.util.regex.Pattern;

/** Keeps foreign text from being read as markup, as an @-mention or as a link. */
final class Markup {

    private static final Pattern ENTITY = Pattern.compile("&(?=#?[A-Za-z0-9]{1,31};)");
    private static final Pattern INLINE = Pattern.compile("[\\\\<>*_~`\\[\\]$|]");
    private static final Pattern BLOCK = Pattern.compile("(?m)^(\\h*)([#=+-])");
    private static final Pattern NUMBERED = Pattern.compile("(?m)^(\\h*\\d{1,9})([.)])(?=\\h|$)");
    private static final Pattern LINK = Pattern.compile("(?i):(?=//)");
    private static final Pattern EMOJI = Pattern.compile(":(?=[A-Za-z0-9_]{1,40}:)");
    private static final Pattern TAG = Pattern.compile("<(?=[A-Za-z/!?])");

    private Markup() {}

    /**
     * Escapes text for {@code markdown} and {@code lark_md}: what would be markup becomes its numeric HTML entity, which
     * Feishu shows as the character. Ordinary names, dates, amounts and ids stay readable in the JSON.
     */
    static String markdown(String text) {
        String escaped =
                ENTITY.matcher(text.replace("\r\n", "\n").replace('\r', '\n')).replaceAll("&#38;");
        // ahead of the inline pass, whose entities hold no character that the later passes look for at a line's start
        escaped = EMOJI.matcher(escaped).replaceAll("&#58;");
        escaped = LINK.matcher(escaped).replaceAll("&#58;");
        escaped = INLINE.matcher(escaped).replaceAll(match -> entity(match.group()));
        escaped = BLOCK.matcher(escaped).replaceAll(match -> match.group(1) + entity(match.group(2)));
        return NUMBERED.matcher(escaped).replaceAll(match -> match.group(1) + entity(match.group(2)));
    }

    /**
     * Makes text harmless in a text message, which knows no escape: a tag loses its angle bracket ({@code <at …>} would
     * mention people) and {@code [label](address)} is no link any more.
     */
    static String message(String text) {
        return TAG.matcher(text).replaceAll("\uFF1C").replace("](", "] (");
    }

    private static String entity(String character) {
        return "&#" + (int) character.charAt(0) + ";";
    }
}
