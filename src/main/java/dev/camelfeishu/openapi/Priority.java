package dev.camelfeishu.openapi;

/**
 * How soon a call is wanted when calls wait for their turn: the first kind goes first. A kind that waits is let through once
 * for every eight calls that passed it, so that it does not wait forever.
 */
public enum Priority {
    /** A person waits for it. */
    INTERACTIVE,
    /** Whatever is neither of the others. */
    NORMAL,
    /** A job that nobody watches; refused when the month's calls are nearly used up. */
    BULK
}
