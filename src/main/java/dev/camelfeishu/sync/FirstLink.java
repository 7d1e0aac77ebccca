package dev.camelfeishu.sync;

import java.util.Locale;

/**
 * How far the first link of a pair is.
 *
 * @param rows of the SQL side when it began, null before that
 * @param linked rows that have their record
 * @param preview what it would do or was to do, null when nobody has looked
 */
public record FirstLink(State state, Long rows, long linked, Preview preview) {

    /** Where a pair stands. */
    public enum State {
        /** A person has to start it: {@code POST /ops/api/pairs/<name>/start}. */
        WAITING,
        /** Rows and records are linked, batch by batch; after an interruption it goes on. */
        RUNNING,
        DONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
