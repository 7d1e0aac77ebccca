package dev.camelfeishu.sandbox.push;

/**
 * How badly pushes travel, for tests.
 *
 * @param duplicates how often more an acknowledged event is delivered
 * @param delayMs how long the first delivery waits
 * @param dropProbability how probable it is that a delivery is lost on the way, which makes it a failed one
 * @param paused whether events wait
 */
public record PushSettings(int duplicates, long delayMs, double dropProbability, boolean paused) {
    static final PushSettings NONE = new PushSettings(0, 0, 0, false);
}
