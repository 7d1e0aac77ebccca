package dev.camelfeishu.ops.doctor;

/** How bad a finding is. */
public enum Severity {
    OK,
    /** It could not be looked at, since something else is wrong first. */
    SKIPPED,
    /** It works, but not as well or not as long as it should. */
    WARNING,
    /** Something does not work. */
    ERROR
}
