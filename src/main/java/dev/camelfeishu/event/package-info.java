/**
 * From bytes to a stored event to a delivery: verification, envelopes, the journal on PostgreSQL, lanes, dead letters, the
 * idempotent repository. Called by {@code component} (which turns deliveries into exchanges), {@code route} and {@code ops}.
 * It may call {@code openapi}: what Feishu refused for good is not tried again.
 */
package dev.camelfeishu.event;
