/**
 * The gate to Feishu: one client that owns tokens, retries, write order and errors, over the official SDK's wire layer.
 * Everything that talks to the Open Platform calls it; nothing else opens a connection to Feishu. It uses nothing of ours.
 */
package dev.camelfeishu.openapi;
