package dev.camelfeishu.ops.console;

/** What a page says once, after something was tried. */
public record Said(boolean failed, String text) {}
