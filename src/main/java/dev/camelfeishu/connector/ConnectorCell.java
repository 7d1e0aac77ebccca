package dev.camelfeishu.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A value of the query, or of the route, in the shape that the protocol has for its type. */
final class ConnectorCell {

    private static final JsonNodeFactory JSON = JsonNodeFactory.withExactBigDecimals(true);
    private static final Map<String, String> PERSON_IDS =
            Map.of("open_id", "UserOpenID", "union_id", "UserUnionID", "user_id", "UserEmployeeID");

    private ConnectorCell() {}

    /**
     * @return empty for no value
     * @throws IllegalArgumentException when the type cannot hold the value
     */
    static Optional<JsonNode> of(ConnectorDeclaration.Column column, Object value) {
        if (value == null || value instanceof String text && text.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (column.type()) {
                    case TEXT, BARCODE, SINGLE_SELECT -> JSON.textNode(value.toString());
                    case PHONE -> phone(value.toString());
                    case NUMBER, CURRENCY, PROGRESS -> JSON.numberNode(number(value));
                    case RATING -> rating(column, value);
                    case MULTI_SELECT -> texts(value);
                    case DATETIME -> JSON.numberNode(moment(column, value).toEpochMilli());
                    case BOOLEAN -> flag(value);
                    case URL -> url(value);
                    case LOCATION -> location(value);
                    case PERSON -> ids(value, PERSON_IDS.get(column.ids()));
                    case ATTACHMENTS -> ids(value, "DriveFile");
                    case GROUP -> ids(value, "ChatOpenID");
                });
    }

    private static JsonNode phone(String text) {
        var digits = text.replaceAll("[+() .-]", "");
        if (!digits.matches("\\d+")) {
            throw new IllegalArgumentException("no phone number");
        }
        return JSON.textNode(digits);
    }

    private static BigDecimal number(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        try {
            return new BigDecimal(value.toString());
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("no number", none);
        }
    }

    private static JsonNode rating(ConnectorDeclaration.Column column, Object value) {
        var most = Objects.requireNonNullElse(column.max(), 5);
        var number = number(value);
        if (number.stripTrailingZeros().scale() > 0
                || number.signum() < 0
                || number.compareTo(BigDecimal.valueOf(most)) > 0) {
            throw new IllegalArgumentException("no whole number from 0 to " + most);
        }
        return JSON.numberNode(number.intValueExact());
    }

    private static Instant moment(ConnectorDeclaration.Column column, Object value) {
        var zone = Objects.requireNonNullElse(column.zone(), (ZoneId) ZoneOffset.UTC);
        if (value instanceof Instant instant) {
            return instant;
        } else if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        } else if (value instanceof LocalDateTime time) {
            return time.atZone(zone).toInstant();
        } else if (value instanceof LocalDate day) {
            return day.atStartOfDay(zone).toInstant();
        } else if (value instanceof java.util.Date date) {
            return Instant.ofEpochMilli(date.getTime());
        }
        throw new IllegalArgumentException("no time");
    }

    private static JsonNode flag(Object value) {
        if (value instanceof Boolean flag) {
            return JSON.booleanNode(flag);
        }
        throw new IllegalArgumentException("neither true nor false");
    }

    private static JsonNode url(Object value) {
        var name = value instanceof Map<?, ?> map ? map.get("name") : null;
        var url = String.valueOf(value instanceof Map<?, ?> map ? map.get("url") : value);
        if (!url.matches("(?i)https?://.+")) {
            throw new IllegalArgumentException("no http address");
        }
        return JSON.objectNode()
                .put("name", name == null ? url : name.toString())
                .put("url", url);
    }

    private static JsonNode location(Object value) {
        var parts = value instanceof Map<?, ?> map
                ? List.of(String.valueOf(map.get("latitude")), String.valueOf(map.get("longitude")))
                : List.of(value.toString().split(",", -1));
        if (parts.size() != 2) {
            throw new IllegalArgumentException("no latitude and longitude with a comma between them");
        }
        var latitude = number(parts.get(0).strip());
        var longitude = number(parts.get(1).strip());
        if (latitude.abs().intValue() > 90 || longitude.abs().intValue() > 180) {
            throw new IllegalArgumentException("no place on the earth");
        }
        return JSON.objectNode().put("latitude", latitude).put("longitude", longitude);
    }

    private static JsonNode ids(Object value, String type) {
        var node = JSON.objectNode();
        node.set("ids", texts(value));
        return node.put("idType", type);
    }

    private static ArrayNode texts(Object value) {
        var texts = JSON.arrayNode();
        var items = value instanceof Collection<?> list ? list : List.of(value);
        items.stream().filter(Objects::nonNull).map(Object::toString).forEach(texts::add);
        return texts;
    }
}
