package dev.camelfeishu.sandbox.approval;

/**
 * Somebody who was told of an instance.
 *
 * @param openId who was told
 * @param sender open_id of who told, or null where the definition says so
 */
record Copy(String id, String instanceCode, String openId, String sender, boolean read, long createMs) {}
