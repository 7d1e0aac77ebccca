package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** Type 13: digits with an optional plus sign. */
final class PhoneCell implements Cell {
    private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{0,64}");

    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isTextual()
                || written.textValue().length() > 64
                || !NUMBER.matcher(written.textValue()).matches()) {
            throw new Denied(1254072, field.name() + " takes up to 64 digits with an optional +");
        }
        return written.textValue().isEmpty() ? EMPTY : written;
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        return stored;
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        return stored;
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return stored.textValue();
    }

    @Override
    public String eventValue(JsonNode stored) {
        return stored.textValue();
    }
}
