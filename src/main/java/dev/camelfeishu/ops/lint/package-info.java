/**
 * The linter of routes, cards, texts and pairs, and the Camel context beside the application's own in which routes are built for a
 * look or a test. Called by the root package and the rest of {@code ops}; nothing here sends anything or needs a database.
 */
package dev.camelfeishu.ops.lint;
