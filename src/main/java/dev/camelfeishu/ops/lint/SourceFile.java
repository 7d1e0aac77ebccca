package dev.camelfeishu.ops.lint;

/**
 * A file that people edit, as text.
 *
 * @param name relative to the home folder, with forward slashes, as findings name it
 */
public record SourceFile(String name, String text) {}
