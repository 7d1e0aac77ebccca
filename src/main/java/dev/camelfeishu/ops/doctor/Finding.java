package dev.camelfeishu.ops.doctor;

import dev.camelfeishu.event.Failure;
import dev.camelfeishu.openapi.FeishuException;
import java.util.Locale;

/** What a check has found; no secrets. {@link #in} says it in a language. */
public record Finding(String check, Severity severity, Sentence what, Sentence mend, Sentence where) {

    /**
     * A finding in a language.
     *
     * @param check the check's name, the same in every language
     * @param what what is so, a sentence
     * @param mend what to do about it, a sentence; "" when nothing is to be done
     * @param where the page or file in which to do it; "" when that is clear or there is none
     */
    public record Told(String check, Severity severity, String what, String mend, String where) {}

    private static final String CONSOLE = "Feishu developer console (open.feishu.cn/app), your app, ";
    private static final int LACKS_SCOPE = 99991672;

    static Finding ok(String check, String what, Object... values) {
        return of(check, Severity.OK, Sentence.of(what, values), "", "");
    }

    static Finding skipped(String check, String why, Object... values) {
        return of(check, Severity.SKIPPED, Sentence.of(why, values), "", "");
    }

    static Finding warning(String check, String what, String mend, String where) {
        return warning(check, Sentence.of(what), mend, where);
    }

    static Finding warning(String check, Sentence what, String mend, String where) {
        return of(check, Severity.WARNING, what, mend, where);
    }

    static Finding error(String check, String what, String mend, String where) {
        return error(check, Sentence.of(what), mend, where);
    }

    static Finding error(String check, Sentence what, String mend, String where) {
        return of(check, Severity.ERROR, what, mend, where);
    }

    static Finding error(String check, Sentence what, Sentence mend, String where) {
        return new Finding(check, Severity.ERROR, what, mend, Sentence.of(where));
    }

    static Finding of(String check, Severity severity, Sentence what, String mend, String where) {
        return new Finding(check, severity, what, Sentence.of(mend), Sentence.of(where));
    }

    public Told in(Locale language) {
        return new Told(check, severity, what.in(language), mend.in(language), where.in(language));
    }

    /** A page of the app in the developer console. */
    static String console(String page) {
        return CONSOLE + page;
    }

    /** A refusal or failure of Feishu, with what it says to do about it. */
    static Finding of(String check, String attempt, FeishuException e) {
        return error(
                check,
                e.code() == 0
                        ? Sentence.of("{0}: Feishu does not answer.", Sentence.of(attempt))
                        : Sentence.of("{0}: Feishu answers with code {1}.", Sentence.of(attempt), e.code()),
                e.hint() == null ? "See the log." : e.hint(),
                e.code() == LACKS_SCOPE ? console("Permissions & Scopes") : "");
    }

    /** A check that could not be carried out. */
    static Finding failed(String check, Throwable thrown) {
        return error(
                check,
                Sentence.of(
                        "This could not be looked at: {0}.", Failure.of(thrown).cause()),
                "Mend what it names, or look at it by hand (docs/doctor.md).",
                "");
    }

    public boolean isWrong() {
        return severity == Severity.WARNING || severity == Severity.ERROR;
    }

    /** For a log, in English. */
    public String line() {
        Told told = in(Locale.ENGLISH);
        return severity + " " + check + ": " + told.what + (told.mend.isEmpty() ? "" : " " + told.mend)
                + (told.where.isEmpty() ? "" : " [" + told.where + "]");
    }
}
