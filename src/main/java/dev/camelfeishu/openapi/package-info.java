/**
 * The gate to Feishu: one client for each app and tenant that owns tokens, limits, the month's budget, retries, write order and
 * errors, over the official SDK's wire layer; the catalog of endpoints and of error codes. Every call of the Open Platform goes
 * through it; only the long connection of {@code event.socket} is opened elsewhere. It uses nothing of ours.
 */
package dev.camelfeishu.openapi;
