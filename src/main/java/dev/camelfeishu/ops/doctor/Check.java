package dev.camelfeishu.ops.doctor;

import java.util.List;

/**
 * One look at the set-up.
 *
 * @param name of the check, in lower case
 * @param asApp whether it calls Feishu as the app, so that it is of use only when the credentials are right
 */
record Check(String name, boolean asApp, Look look) {

    /** Answers at least one finding, or throws; it may be interrupted. */
    @FunctionalInterface
    interface Look {
        List<Finding> findings() throws Exception;
    }

    static Check here(String name, Look look) {
        return new Check(name, false, look);
    }

    static Check asApp(String name, Look look) {
        return new Check(name, true, look);
    }
}
