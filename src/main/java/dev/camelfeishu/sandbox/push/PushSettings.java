package dev.camelfeishu.sandbox.push;

/**
 * How badly pushes travel, for tests.
 *
 * @param duplicates how often more an acknowledged event is delivered
 * @param delayMs how long the first delivery waits
 * @param jitterMs how much longer, at most, the first delivery of an event waits: by chance, so that events overtake each other
 * @param dropProbability how probable it is that a delivery is lost on the way, which makes it a failed one
 * @param loseProbability how probable it is that an event never comes: no delivery of it is tried
 * @param paused whether events wait
 */
public record PushSettings(
        int duplicates, long delayMs, long jitterMs, double dropProbability, double loseProbability, boolean paused) {
    static final PushSettings NONE = new PushSettings(0, 0, 0, 0, 0, false);
}
