package dev.camelfeishu.event.socket;

import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/** Text that came from outside, made fit for a log line. */
final class Text {

    private static final int LONGEST = 200;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");

    private Text() {}

    static String printable(String text) {
        String line = UNPRINTABLE
                .matcher(text.length() > LONGEST ? text.substring(0, LONGEST) : text)
                .replaceAll(" ");
        return line.strip();
    }

    /**
     * What a log line says of a failure: our own words as they are, of any other its kind only. Its message might repeat the
     * address, which holds secrets.
     */
    static String cause(Throwable failure) {
        Throwable cause = root(failure);
        return cause instanceof RefusedException
                ? cause.getMessage()
                : cause.getClass().getSimpleName();
    }

    static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
