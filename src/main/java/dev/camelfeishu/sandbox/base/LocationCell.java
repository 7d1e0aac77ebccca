package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** Type 22: written as {@code "longitude,latitude"}. The sandbox knows no map, so the address stays empty. */
final class LocationCell implements Cell {
    private static final Pattern POINT = Pattern.compile("-?[0-9]{1,3}(\\.[0-9]{1,20})?,-?[0-9]{1,2}(\\.[0-9]{1,20})?");

    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isTextual() || !POINT.matcher(written.textValue()).matches()) {
            throw new Denied(1254015, field.name() + " takes \"longitude,latitude\"");
        }
        return written;
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        return JSON.objectNode()
                .put("location", stored.textValue())
                .put("pname", "")
                .put("cityname", "")
                .put("adname", "")
                .put("address", "")
                .put("name", "")
                .put("full_address", "");
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        return stored;
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return "";
    }
}
