package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An instance of a third party's approval.
 *
 * @param body as it was pushed, its tasks and copies merged
 */
record ExternalInstance(String id, String approvalCode, JsonNode body, long pushedMs) {}
