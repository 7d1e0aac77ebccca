package dev.camelfeishu.sync;

/** The last values both sides agreed on for one column, each in the canonical form of its own side. */
public record Agreed(String sql, String bitable) {}
