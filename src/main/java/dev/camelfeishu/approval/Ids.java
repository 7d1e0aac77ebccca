package dev.camelfeishu.approval;

import java.util.regex.Pattern;

/** Checks ids before they are used: they come from cards, which anybody can forge. */
final class Ids {

    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern TASK = Pattern.compile("[0-9]{1,20}");
    private static final Pattern OPEN_ID = Pattern.compile("ou_[A-Za-z0-9]{1,64}");

    private Ids() {}

    static String approvalCode(String code) {
        return checked(code, CODE, "approval code");
    }

    static String instanceCode(String code) {
        return checked(code, CODE, "instance code");
    }

    static String taskId(String id) {
        return checked(id, TASK, "task id");
    }

    static String openId(String id) {
        return checked(id, OPEN_ID, "open_id");
    }

    /** Foreign text as it may stand in a message or a log line: short, in one line. */
    static String shown(String text) {
        if (text == null) {
            return "null";
        }
        String line = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
        return "'" + (line.length() > 80 ? line.substring(0, 80) + "…" : line) + "'";
    }

    private static String checked(String id, Pattern pattern, String what) {
        if (id == null || !pattern.matcher(id).matches()) {
            throw new IllegalArgumentException(shown(id) + " is no " + what);
        }
        return id;
    }
}
