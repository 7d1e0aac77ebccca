package dev.camelfeishu.sandbox.base;

/** A view of a table. Views here neither filter nor sort. */
record View(String id, String name, String type) {}
