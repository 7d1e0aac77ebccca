package dev.camelfeishu.event;

import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an exception says, in a form that may be kept and shown.
 *
 * @param cause one line, at most 500 characters, without control characters and without what looks like a secret
 * @param fingerprint the kind of failure: the cause without its numbers and ids
 * @param code Feishu's code, null when Feishu did not refuse
 * @param logId Feishu's log id, or null
 * @param rejected whether Feishu said that trying again cannot help
 */
public record Failure(String cause, String fingerprint, Integer code, String logId, boolean rejected) {

    private static final int MAX_LENGTH = 500;
    private static final int MAX_CHAIN = 32;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Cs}\\u2028\\u2029]+");
    private static final Pattern SECRET = Pattern.compile(
            "(?i)((?:secret|token|password|passwd|authorization|api[_-]?key)[\"']?\\s*[=:]\\s*[\"']?(?:(?:bearer|basic)\\s+)?"
                    + "|bearer\\s+)[^\\s\"',;&]+");
    private static final Pattern VARYING = Pattern.compile("[0-9a-fA-F-]*\\d[0-9a-zA-Z_-]*");

    public static Failure of(Throwable thrown) {
        List<Throwable> chain = chain(thrown);
        for (Throwable link : chain) {
            if (link instanceof FeishuException feishu) {
                Integer code = feishu.code() == 0 ? null : feishu.code();
                String cause = line(feishu);
                return new Failure(
                        cause,
                        code == null ? kind(cause) : "code " + code,
                        code,
                        feishu.logId() == null ? null : oneLine(feishu.logId()),
                        feishu instanceof FeishuRejectedException);
            }
        }
        String cause = line(chain.get(chain.size() - 1));
        return new Failure(cause, kind(cause), null, null, false);
    }

    static boolean interrupted(Throwable thrown) {
        return chain(thrown).stream()
                .anyMatch(link -> link instanceof InterruptedException
                        || link instanceof java.nio.channels.ClosedByInterruptException
                        || link instanceof java.util.concurrent.RejectedExecutionException);
    }

    private static List<Throwable> chain(Throwable thrown) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable link = thrown; link != null && chain.size() < MAX_CHAIN; link = link.getCause()) {
            chain.add(link);
        }
        return chain;
    }

    private static String line(Throwable thrown) {
        String message = thrown.getMessage();
        String name = thrown.getClass().getSimpleName();
        return oneLine(message == null || message.isBlank() ? name : name + ": " + message);
    }

    /** Foreign text made fit for a log line or a column. */
    static String oneLine(String text) {
        String line =
                SECRET.matcher(CONTROL.matcher(text).replaceAll(" ").strip()).replaceAll("$1***");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH - 1) + "…";
    }

    private static String kind(String cause) {
        return VARYING.matcher(cause).replaceAll("#");
    }
}
