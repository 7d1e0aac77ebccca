package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An approval of a third party.
 *
 * @param body as it was given
 */
record ExternalDefinition(String code, String approvalId, JsonNode body) {
    /** Its name in its default language. */
    String name() {
        for (JsonNode resource : body.path("i18n_resources")) {
            for (JsonNode text : resource.path("texts")) {
                if (resource.path("is_default").asBoolean() && text.path("key").equals(body.path("approval_name"))) {
                    return text.path("value").asText();
                }
            }
        }
        return body.path("approval_name").asText();
    }
}
