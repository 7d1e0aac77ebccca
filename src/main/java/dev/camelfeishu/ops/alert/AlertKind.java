package dev.camelfeishu.ops.alert;

import java.util.Locale;

/** What can be wrong. Each has its title, line and mend under {@code alert.<name>} in {@code config/texts}. */
public enum AlertKind {
    /** Feishu gives the app no token. */
    TOKEN,
    /** Calls to Feishu fail. */
    CALLS,
    /** Events wait too long for their route. */
    LAG,
    /** Many deliveries have failed for good. */
    DEAD_LETTERS,
    /** A job did not run when it was due, or its last run failed. */
    SCHEDULE,
    /** The month's calls are nearly used up. */
    QUOTA,
    /** Both sides of a pair differ, or a pair cannot be worked on. */
    PAIR,
    /** Events do not come in: a long connection is not open. A Base that is not subscribed is a problem of its pair. */
    SUBSCRIPTION;

    /** As in texts, cards and tables. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException when there is no such kind */
    static AlertKind of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
