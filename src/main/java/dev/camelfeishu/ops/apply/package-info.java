/**
 * Changes of routes while the application runs: checked in a scratch context first, replaced file by file, taken back when they do
 * not start, and written down. Called by the root package and the rest of {@code ops}.
 */
package dev.camelfeishu.ops.apply;
