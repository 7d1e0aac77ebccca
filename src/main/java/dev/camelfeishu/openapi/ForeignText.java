package dev.camelfeishu.openapi;

import java.util.regex.Pattern;

/** Text that came from outside, made fit for a message or a log line. */
final class ForeignText {

    private static final int LONGEST = 300;
    private static final Pattern LOG_ID = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
    /** Control, format (bidirectional overrides), surrogate and line-separator characters. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");

    private ForeignText() {}

    /** One line of at most 300 characters, without control characters and without the given secrets. */
    static String clean(String text, String... secrets) {
        if (text == null) {
            return "";
        }
        // secrets first: a cut could leave the half of one
        var cleaned = text;
        for (var secret : secrets) {
            if (secret != null && !secret.isEmpty()) {
                cleaned = cleaned.replace(secret, "***");
            }
        }
        if (cleaned.length() > 4 * LONGEST) {
            cleaned = cleaned.substring(0, 4 * LONGEST);
        }
        cleaned = UNPRINTABLE.matcher(cleaned).replaceAll(" ").strip();
        return cleaned.length() > LONGEST ? cleaned.substring(0, LONGEST) + "…" : cleaned;
    }

    /** A log id, or null when it is none. */
    static String logId(String text) {
        return text != null && LOG_ID.matcher(text).matches() ? text : null;
    }
}
