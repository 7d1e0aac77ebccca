package dev.camelfeishu.ops.alert;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code feishu.alerts}: when something is wrong.
 *
 * @param period how often it is looked for
 * @param window over which calls are judged
 * @param calm how long nothing may be wrong for an alert to end
 * @param reopen an alert that comes back so soon after its end is told on the same card
 * @param mute how long the button keeps a kind quiet
 * @param errorPercent share of calls that may fail
 * @param fewestCalls below so many in the window there is no share
 * @param lag how long a delivery may wait
 * @param deadLetters from so many on that nobody has decided
 * @param quotaPercent of the month's calls
 */
public record AlertSettings(
        @DefaultValue("10s") Duration period,
        @DefaultValue("5m") Duration window,
        @DefaultValue("30s") Duration calm,
        @DefaultValue("10m") Duration reopen,
        @DefaultValue("1h") Duration mute,
        @DefaultValue("2") int errorPercent,
        @DefaultValue("20") int fewestCalls,
        @DefaultValue("1m") Duration lag,
        @DefaultValue("10") int deadLetters,
        @DefaultValue("80") int quotaPercent) {}
