/**
 * From bytes to a stored event to a delivery: the apps, verification, envelopes, the journal on PostgreSQL, lanes, dead letters,
 * retention, events of the past for new routes, the idempotent repository. Called by {@code component} (which turns deliveries into
 * exchanges), {@code event.socket}, {@code route} and {@code ops}. It may call {@code openapi}: what Feishu refused for good is not
 * tried again, and the tickets of store apps are kept for it.
 */
package dev.camelfeishu.event;
