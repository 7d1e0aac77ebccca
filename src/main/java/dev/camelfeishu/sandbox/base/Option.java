package dev.camelfeishu.sandbox.base;

/** One option of a select field. */
record Option(String id, String name, int color) {}
