package dev.camelfeishu.openapi;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A successful answer of the Open Platform: HTTP 2xx and {@code code == 0}.
 *
 * @param data the member {@code data}, a missing node where the endpoint answers none
 * @param root the whole body (token and bot endpoints keep their fields at top level)
 * @param status HTTP status
 * @param logId {@code X-Tt-Logid}, or null
 */
public record ApiResponse(JsonNode data, JsonNode root, int status, String logId) {}
