package dev.camelfeishu.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.e2e.ChaosPair.Column;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** The Bitable table of a pair, as people use it: they know its fields by their ids, whatever they are called by now. */
final class ChaosTable {

    private final Http http;
    private final JdbcTemplate links;
    private final String path;
    private final ChaosPair pair;
    /** Field id by the name it had in the beginning. */
    private final Map<String, String> ids = new LinkedHashMap<>();

    /** What it holds at one moment. */
    record Content(List<Entry> records, Map<String, String> names, Map<String, String> options) {}

    /**
     * @param values canonical, by column
     * @param madeByApp whether the application made the record
     */
    record Entry(String id, String syncId, Map<String, String> values, boolean madeByApp) {

        String key(ChaosPair pair) {
            return values.get(pair.key());
        }
    }

    private ChaosTable(Http http, JdbcTemplate links, String path, ChaosPair pair) {
        this.http = http;
        this.links = links;
        this.path = path;
        this.pair = pair;
    }

    /** Empty while the application has not made all of it. */
    static Optional<ChaosTable> find(ChaosSite site, ChaosPair pair) {
        for (JsonNode base : site.feishu().get("/sandbox/bases").json().path("bases")) {
            for (JsonNode table : base.path("tables")) {
                if (base.path("app_token").asText().equals(site.base())
                        && table.path("name").asText().equals(pair.table())) {
                    ChaosTable found = new ChaosTable(
                            site.feishu(),
                            site.own(),
                            "/sandbox/bases/" + site.base() + "/tables/"
                                    + table.path("table_id").asText(),
                            pair);
                    found.page(1)
                            .path("fields")
                            .forEach(field -> found.ids.put(
                                    field.path("field_name").asText(),
                                    field.path("field_id").asText()));
                    if (found.ids.containsKey("Sync ID")
                            && pair.columns().stream().allMatch(column -> found.ids.containsKey(column.field()))) {
                        return Optional.of(found);
                    }
                }
            }
        }
        return Optional.empty();
    }

    ChaosPair pair() {
        return pair;
    }

    String id() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    String fieldId(String firstName) {
        return ids.get(firstName);
    }

    private JsonNode page(int number) {
        Http.Answer answer = http.get(path + "?size=1000&page=" + number);
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.body());
        }
        return answer.json();
    }

    Content read() {
        List<Entry> records = new ArrayList<>();
        Map<String, String> names = new LinkedHashMap<>();
        Map<String, String> options = new LinkedHashMap<>();
        Map<String, String> rows = rows("record_id", "sql_key");
        for (int number = 1; ; number++) {
            JsonNode page = page(number);
            page.path("fields").forEach(field -> {
                names.put(
                        field.path("field_id").asText(),
                        field.path("field_name").asText());
                field.at("/property/options")
                        .forEach(option -> options.put(
                                option.path("id").asText(), option.path("name").asText()));
            });
            page.path("records").forEach(record -> records.add(entry(record, names, rows)));
            if (records.size() >= page.path("total").asInt()) {
                return new Content(records, names, options);
            }
        }
    }

    /** Keys of {@link ChaosPair#ITEMS} by record, or records by key; nothing for a table that names none of them. */
    private Map<String, String> rows(String from, String to) {
        Map<String, String> rows = new LinkedHashMap<>();
        if (pair.columns().stream().anyMatch(column -> column.kind() == ChaosKind.ROW)) {
            links.query(
                    "select * from feishu.sync_link where pair = ? and record_id is not null",
                    row -> {
                        rows.put(row.getString(from), row.getString(to));
                    },
                    ChaosPair.ITEMS.name());
        }
        return rows;
    }

    private Entry entry(JsonNode record, Map<String, String> names, Map<String, String> rows) {
        JsonNode cells = record.path("fields");
        Map<String, String> values = new LinkedHashMap<>();
        for (Column column : pair.columns()) {
            String name = names.getOrDefault(ids.get(column.field()), "");
            String value = column.kind().cellOrNull(cells.path(name));
            values.put(column.name(), value == null ? null : column.kind().named(value, rows));
        }
        return new Entry(
                record.path("record_id").asText(),
                ChaosKind.TEXT.cellOrNull(cells.path(names.getOrDefault(ids.get("Sync ID"), ""))),
                values,
                record.at("/created_by/id").asText().equals(Sandbox.BOT));
    }

    /** Cells of columns. A row that has no record, so that no cell can name it, is left out. */
    ObjectNode cells(Content now, Map<Column, String> values) {
        ObjectNode cells = JsonNodeFactory.instance.objectNode();
        Map<String, String> records = rows("sql_key", "record_id");
        values.forEach((column, value) -> {
            boolean row = column.kind() == ChaosKind.ROW && value != null;
            if (!row || records.containsKey(value)) {
                String held = row ? records.get(value) : value;
                cells.set(
                        now.names().get(ids.get(column.field())),
                        held == null ? column.kind().emptyCell() : column.kind().cell(held));
            }
        });
        return cells;
    }

    ObjectNode syncId(Content now, String value) {
        return JsonNodeFactory.instance.objectNode().put(now.names().get(ids.get("Sync ID")), value);
    }

    /** Each answers whether it was done: another one may have deleted the record, or renamed the field. */
    boolean edit(String record, ObjectNode cells) {
        return send("PUT", "/records/" + record, body("fields", cells));
    }

    boolean insert(ObjectNode cells) {
        return send("POST", "/records", body("fields", cells));
    }

    boolean copy(String record) {
        return send("POST", "/records/" + record + "/copy", body("fields", JsonNodeFactory.instance.objectNode()));
    }

    boolean delete(String record) {
        return send("DELETE", "/records/" + record + "?operator=" + Person.ZHAO_MIN.openId(), null);
    }

    boolean rename(String firstName, String name) {
        return send(
                "PATCH", "/fields/" + ids.get(firstName), body("field_name", JsonNodeFactory.instance.textNode(name)));
    }

    private static ObjectNode body(String member, JsonNode value) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("operator", Person.ZHAO_MIN.openId());
        body.set(member, value);
        return body;
    }

    private boolean send(String method, String below, ObjectNode body) {
        byte[] bytes = body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
        return http.send(method, path + below, bytes, Map.of("Content-Type", "application/json"))
                        .status()
                == 200;
    }
}
