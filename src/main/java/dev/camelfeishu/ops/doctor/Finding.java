package dev.camelfeishu.ops.doctor;

import dev.camelfeishu.event.Failure;
import dev.camelfeishu.openapi.FeishuException;

/**
 * What a check has found; no secrets.
 *
 * @param check the check's name
 * @param what what is so, a sentence
 * @param mend what to do about it, a sentence; "" when nothing is to be done
 * @param where the page or file in which to do it; "" when that is clear or there is none
 */
public record Finding(String check, Severity severity, String what, String mend, String where) {

    private static final String CONSOLE = "Feishu developer console (open.feishu.cn/app), your app, ";
    private static final int LACKS_SCOPE = 99991672;

    static Finding ok(String check, String what) {
        return new Finding(check, Severity.OK, what, "", "");
    }

    static Finding skipped(String check, String why) {
        return new Finding(check, Severity.SKIPPED, why, "", "");
    }

    static Finding warning(String check, String what, String mend, String where) {
        return new Finding(check, Severity.WARNING, what, mend, where);
    }

    static Finding error(String check, String what, String mend, String where) {
        return new Finding(check, Severity.ERROR, what, mend, where);
    }

    /** A page of the app in the developer console. */
    static String console(String page) {
        return CONSOLE + page;
    }

    /** A refusal or failure of Feishu, with what it says to do about it. */
    static Finding of(String check, String attempt, FeishuException e) {
        String said = e.code() == 0 ? "does not answer" : "answers with code " + e.code();
        return error(
                check,
                attempt + ": Feishu " + said + ".",
                e.hint() == null ? "See the log." : e.hint(),
                e.code() == LACKS_SCOPE ? console("Permissions & Scopes") : "");
    }

    /** A check that could not be carried out. */
    static Finding failed(String check, Throwable thrown) {
        return error(
                check,
                "This could not be looked at: " + Failure.of(thrown).cause() + ".",
                "Mend what it names, or look at it by hand (docs/doctor.md).",
                "");
    }

    public boolean isWrong() {
        return severity == Severity.WARNING || severity == Severity.ERROR;
    }

    /** For a terminal or a log. */
    public String line() {
        return severity + " " + check + ": " + what + (mend.isEmpty() ? "" : " " + mend)
                + (where.isEmpty() ? "" : " [" + where + "]");
    }
}
