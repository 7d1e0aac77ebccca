package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** Type 2: number, progress, currency and rating. Kept with a double's precision, as the platform's clients see it. */
final class NumberCell implements Cell {
    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isNumber()) {
            throw new Denied(1254061, field.name() + " takes a number");
        }
        double value = written.doubleValue();
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            throw new Denied(1254061, field.name() + " is out of range");
        }
        if (field.uiType().equals("Rating")) {
            checkRating(value, field);
        }
        BigDecimal plain = BigDecimal.valueOf(value).stripTrailingZeros();
        return plain.scale() <= 0 && plain.precision() - plain.scale() <= 18
                ? JSON.numberNode(plain.longValueExact())
                : JSON.numberNode(plain);
    }

    private static void checkRating(double value, Field field) {
        JsonNode property = field.property();
        if (value != Math.rint(value)
                || value < property.path("min").asInt(0)
                || value > property.path("max").asInt(5)) {
            throw new Denied(1254061, field.name() + " is a rating outside its range");
        }
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
        return stored.decimalValue().toPlainString();
    }
}
