package dev.camelfeishu.sync;

/**
 * A record of which a row is to be made.
 *
 * @param link of the row it had before, or null
 * @param key of the new row; null when the database gives it
 * @param mark that led to it, or null
 */
record Newcomer(Link link, String key, BitableTable.Remote remote, Batch.Mark mark) {}
