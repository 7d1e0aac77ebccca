/**
 * From bytes to a stored event to a delivery: verification, envelopes, the journal on PostgreSQL, lanes, dead letters, the
 * idempotent repository. Called by {@code component} (which turns deliveries into exchanges), {@code route} and {@code ops}.
 * It may call {@code openapi}, for the long connection's address only.
 */
package dev.camelfeishu.event;
