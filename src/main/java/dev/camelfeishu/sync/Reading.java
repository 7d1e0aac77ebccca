package dev.camelfeishu.sync;

/**
 * A value as one side shows it, in its canonical form: text as it is, a number in plain notation at its scale, an option by
 * name, a moment as milliseconds since 1970; null when empty.
 *
 * @param value canonical form; what was seen, as text, when there is a problem
 * @param problem why the other side cannot take it, or null
 */
public record Reading(String value, String problem) {

    public static final Reading EMPTY = new Reading(null, null);

    public static Reading of(String value) {
        return new Reading(value, null);
    }

    public static Reading invalid(String seen, String problem) {
        return new Reading(seen, problem);
    }

    public boolean valid() {
        return problem == null;
    }

    public boolean empty() {
        return value == null;
    }
}
