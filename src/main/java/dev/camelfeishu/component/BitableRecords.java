package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.support.ObjectHelper;

/**
 * Records with values of Java: written in batches as they come, read page by page as they are asked for. One of an endpoint,
 * which remembers the fields of its tables for a minute.
 *
 * @see BitableCell
 */
final class BitableRecords {

    private static final String TABLE = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id";
    private static final String RECORDS = TABLE + "/records";
    /** What the platform's own newer tools write in one call; the pages say 1000. */
    private static final int MOST_WRITTEN = 500;

    private static final int MOST_GOT = 100;
    private static final int LARGEST_PAGE = 500;

    /** The parameters of every operation, in order. */
    static final List<Parameter> PARAMETERS = List.of(
            Parameter.of("app_token", Parameter.Place.PATH, true),
            Parameter.of("table_id", Parameter.Place.PATH, true),
            Parameter.of("user_id_type", Parameter.Place.QUERY, false));

    static final Parameter HURRY = new Parameter(
            "ignore_consistency_check",
            Parameter.Place.QUERY,
            false,
            "true: written faster, and read late by others",
            null);

    private final BitableFields fields = new BitableFields();

    /** One exchange's table. */
    private record Target(FeishuClient client, String app, String table, String idType) {
        ApiRequest at(ApiRequest request) {
            return request.with("app_token", app).with("table_id", table);
        }
    }

    private static Target target(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        return new Target(
                platform.client(exchange, options),
                required(PARAMETERS.get(0), exchange, options),
                required(PARAMETERS.get(1), exchange, options),
                PARAMETERS.get(2).text(exchange, options));
    }

    private static String required(Parameter parameter, Exchange exchange, FeishuConfiguration options) {
        String value = parameter.text(exchange, options);
        if (value == null) {
            throw new IllegalArgumentException(
                    "The operation has no " + parameter.name() + ": set " + parameter.ways());
        }
        return value;
    }

    /** {@code bitable/create}: rows become records; the body becomes the list of their record_ids, in order. */
    void create(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Target target = target(exchange, options, platform);
        write(exchange, options, target, "batch_create", row -> {
            Object fields =
                    row instanceof Map<?, ?> map && map.size() == 1 && map.get("fields") instanceof Map<?, ?> inner
                            ? inner
                            : row;
            return JsonNodeFactory.instance.objectNode().set("fields", cells(target, fields));
        });
    }

    /** {@code bitable/update}: the cells that are named change; the body becomes the list of the record_ids. */
    void update(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Target target = target(exchange, options, platform);
        write(exchange, options, target, "batch_update", row -> {
            Map<?, ?> map = map(row);
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("record_id", id(row))
                    .set("fields", cells(target, map.get("fields")));
        });
    }

    /** {@code bitable/delete}: the body becomes the list of the record_ids that were deleted. */
    void delete(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Target target = target(exchange, options, platform);
        write(exchange, options, target, "batch_delete", row -> JsonNodeFactory.instance.textNode(id(row)));
    }

    @FunctionalInterface
    private interface Shape {
        JsonNode of(Object row);
    }

    private void write(Exchange exchange, FeishuConfiguration options, Target target, String call, Shape shape) {
        Iterator<?> rows = items(exchange);
        List<String> ids = new ArrayList<>();
        for (int batch = 0; rows.hasNext(); batch++) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode records = body.putArray("records");
            while (rows.hasNext() && records.size() < MOST_WRITTEN) {
                records.add(shape.of(rows.next()));
            }
            ApiRequest request = target.at(ApiRequest.post(RECORDS + "/" + call))
                    .query("user_id_type", target.idType())
                    .query(HURRY.name(), HURRY.text(exchange, options))
                    .body(body);
            if (call.equals("batch_create")) {
                request = request.query("client_token", token(exchange, target, batch, body));
            }
            target.client()
                    .call(request)
                    .data()
                    .path("records")
                    .forEach(record -> ids.add(record.path("record_id").asText()));
        }
        exchange.getMessage().setBody(ids);
    }

    /** The same for the same batch of the same delivery; the platform takes a UUID of version 4 only. */
    private static String token(Exchange exchange, Target target, int batch, ObjectNode body) {
        UUID key = UUID.fromString(
                DeliveryKey.of(exchange, "bitable/create", target.app(), target.table(), batch, body.toString()));
        ByteBuffer bytes =
                ByteBuffer.allocate(16).putLong(key.getMostSignificantBits()).putLong(key.getLeastSignificantBits());
        bytes.put(6, (byte) (bytes.get(6) & 0x0f | 0x40));
        return new UUID(bytes.getLong(0), bytes.getLong(8)).toString();
    }

    /**
     * {@code bitable/get}: one record_id becomes its record, or null; several become an iterator over those that exist, in
     * order.
     */
    void get(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Target target = target(exchange, options, platform);
        Object body = exchange.getMessage().getBody();
        Iterator<?> ids = items(exchange);
        Iterator<Map<String, Object>> found = new Batches(ids, target);
        boolean one = body instanceof CharSequence || body instanceof Map<?, ?> || body instanceof ObjectNode;
        exchange.getMessage().setBody(one ? found.hasNext() ? found.next() : null : found);
    }

    private final class Batches implements Iterator<Map<String, Object>> {
        private final Iterator<?> ids;
        private final Target target;
        private Iterator<Map<String, Object>> batch = Collections.emptyIterator();

        Batches(Iterator<?> ids, Target target) {
            this.ids = ids;
            this.target = target;
        }

        @Override
        public boolean hasNext() {
            while (!batch.hasNext() && ids.hasNext()) {
                batch = read();
            }
            return batch.hasNext();
        }

        @Override
        public Map<String, Object> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return batch.next();
        }

        private Iterator<Map<String, Object>> read() {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode wanted = body.putArray("record_ids");
            while (ids.hasNext() && wanted.size() < MOST_GOT) {
                wanted.add(id(ids.next()));
            }
            body.put("automatic_fields", true);
            if (target.idType() != null) {
                body.put("user_id_type", target.idType());
            }
            Map<String, JsonNode> found = new HashMap<>();
            target.client()
                    .call(target.at(ApiRequest.post(RECORDS + "/batch_get"))
                            .body(body)
                            .onlyReads())
                    .data()
                    .path("records")
                    .forEach(record -> found.put(record.path("record_id").asText(), record));
            List<Map<String, Object>> records = new ArrayList<>();
            for (JsonNode id : wanted) {
                if (found.containsKey(id.asText())) {
                    records.add(record(target, found.get(id.asText())));
                }
            }
            return records.iterator();
        }
    }

    /** {@code bitable/search}: an iterator over the records of all pages. */
    void search(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Target target = target(exchange, options, platform);
        JsonNode given = RequestBody.json(exchange, exchange.getMessage().getBody());
        if (!given.isNull() && !given.isObject()) {
            throw new IllegalArgumentException("feishu:bitable/search takes a search as its body, or none");
        }
        int size = options.getPageSize() == null ? LARGEST_PAGE : options.getPageSize();
        ApiRequest request = target.at(ApiRequest.post(RECORDS + "/search"))
                .query("user_id_type", target.idType())
                .query("page_size", String.valueOf(size))
                .body(given.isNull() ? JsonNodeFactory.instance.objectNode() : given)
                .onlyReads();
        Pages pages = new Pages(target.client(), request, "items");
        exchange.getMessage().setBody(new Iterator<Map<String, Object>>() {
            @Override
            public boolean hasNext() {
                return pages.hasNext();
            }

            @Override
            public Map<String, Object> next() {
                return record(target, pages.next());
            }
        });
    }

    /** A record with values of Java; a cell of a field that is not known any more stays as the platform gives it. */
    private Map<String, Object> record(Target target, JsonNode json) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("record_id", json.path("record_id").asText());
        Map<String, Object> values = new LinkedHashMap<>();
        json.path("fields").properties().forEach(cell -> {
            BitableCell field = fields.named(target.client(), target.app(), target.table(), cell.getKey());
            values.put(
                    cell.getKey(),
                    field == null ? FeishuConverters.plain(cell.getValue()) : field.read(cell.getValue()));
        });
        record.put("fields", values);
        for (String time : List.of("created_time", "last_modified_time")) {
            if (json.path(time).isNumber()) {
                record.put(time, Instant.ofEpochMilli(json.path(time).longValue()));
            }
        }
        for (String person : List.of("created_by", "last_modified_by")) {
            if (json.path(person).isObject()) {
                record.put(person, json.path(person).path("id").asText());
            }
        }
        return record;
    }

    private ObjectNode cells(Target target, Object row) {
        ObjectNode cells = JsonNodeFactory.instance.objectNode();
        map(row).forEach((name, value) -> {
            BitableCell field = fields.named(target.client(), target.app(), target.table(), String.valueOf(name));
            if (field == null) {
                throw new IllegalArgumentException("The table has no field \"" + name + "\". Did you mean \""
                        + Spelling.nearest(
                                String.valueOf(name), fields.names(target.client(), target.app(), target.table()))
                        + "\"?");
            }
            cells.set(field.name(), field.write(value));
        });
        return cells;
    }

    private static Iterator<?> items(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body == null) {
            throw new IllegalArgumentException("The exchange has no body: it must be one item, a list or an iterator");
        }
        if (body instanceof Map<?, ?> || body instanceof ObjectNode || body instanceof CharSequence) {
            return List.of(body).iterator();
        }
        return ObjectHelper.createIterator(body);
    }

    private static String id(Object item) {
        Object id = item instanceof ObjectNode json
                ? json.path("record_id").asText(null)
                : item instanceof Map<?, ?> map
                        ? map.get("record_id")
                        : item instanceof JsonNode json ? json.asText() : item;
        if (!(id instanceof CharSequence text) || text.toString().isBlank()) {
            throw new IllegalArgumentException("A record is named by its record_id, a text or a map that has one");
        }
        return text.toString();
    }

    private static Map<?, ?> map(Object row) {
        if (row instanceof ObjectNode json) {
            return FeishuConverters.toMap(json);
        }
        if (row instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("A row is a map, field name to value, not "
                + (row == null ? "nothing" : row.getClass().getSimpleName()));
    }
}
