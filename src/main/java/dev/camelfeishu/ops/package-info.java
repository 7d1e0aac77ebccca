/**
 * What operators need: the REST interface under /ops/api, health, required settings, which copy of a route file is used, and
 * errors at start-up in one line. Only the root package calls it; it may use anything but {@code sandbox}.
 */
package dev.camelfeishu.ops;
