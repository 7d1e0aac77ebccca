/**
 * What operators need: the REST interface under /ops/api, accounts and the audit, what the console shows, health, required settings,
 * which copy of a route file is used, which scopes the routes need, and errors at start-up in one line. Called by the root package
 * and, for the settings of apps, by {@code route}; it may use anything but {@code sandbox}.
 */
package dev.camelfeishu.ops;
