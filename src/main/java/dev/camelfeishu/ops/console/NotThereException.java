package dev.camelfeishu.ops.console;

/** The page asked for is of something that is not there (any more). */
final class NotThereException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
