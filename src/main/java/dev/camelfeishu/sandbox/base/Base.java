package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;

/** A Base without its tables. */
record Base(String appToken, String name, String folderToken, ZoneId timeZone, boolean advanced, long revision) {
    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("app_token", appToken)
                .put("name", name)
                .put("revision", revision)
                .put("is_advanced", advanced)
                .put("time_zone", timeZone.getId())
                .put("formula_type", 1)
                .put("advance_version", "v1");
    }
}
