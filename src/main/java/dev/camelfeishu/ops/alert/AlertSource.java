package dev.camelfeishu.ops.alert;

import java.util.List;

/** Looks for what is wrong. Asked every few seconds by one thread; must not wait for anything but the database. */
@FunctionalInterface
public interface AlertSource {

    /** What is wrong now. What it throws is logged, and says nothing about its alerts. */
    List<Alert> firing();
}
