package dev.camelfeishu.ops.lint;

/**
 * A mistake, in one line: where it is, what it is, what to do.
 *
 * @param line counted from 1
 * @param cause a sentence
 * @param mend what to do, a sentence
 */
public record Finding(String file, int line, Rule rule, String cause, String mend) {

    public Finding {
        line = Math.max(1, line);
        cause = oneLine(cause);
        mend = oneLine(mend);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ").strip();
    }

    public boolean isError() {
        return rule.severity() == Rule.Severity.ERROR;
    }

    /** {@code routes/bot.camel.yaml:14: error: cause. Mend. [rule]}, which editors turn into a link. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + rule.severity().word() + ": " + cause + ". " + mend + " [" + rule.id() + "]";
    }
}
