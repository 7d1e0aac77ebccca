/**
 * Card building: templates from config/cards filled from a route's body, and the check every card passes before it is sent.
 * Called by {@code component} and, for its texts, {@code route}. It uses nothing of ours.
 */
package dev.camelfeishu.card;
