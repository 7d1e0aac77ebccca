package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tables that a Base pulls from a data source (the data connector): all records page by page, told apart by their primaryID.
 * They are read only, for people and for the API.
 *
 * <pre>
 * POST /sandbox/connected-tables {"app_token","service","token","max_page_size","tenant_key"}  {"table_id","pages","added",…}
 * POST /sandbox/connected-tables/:table_id/sync {"max_page_size","tenant_key"}   {"table_id","pages","added","updated","deleted"}
 * </pre>
 *
 * Answers have no envelope. What a Base would refuse is refused with 400 and a sentence; the table then stays as it was.
 */
final class ConnectedTables implements Api {
    private static final String PATH = "/sandbox/connected-tables";
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration META = Duration.ofSeconds(10);
    private static final Duration RECORDS = Duration.ofSeconds(20);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** A source, and its table's fields by fieldID. */
    private record Source(String appToken, String tableId, String service, String token, JsonNode fields) {}

    private final JdbcTemplate jdbc;
    private final Tables tables;
    private final Directory directory;
    private final BaseSettings settings;
    private final ObjectMapper mapper;
    private final Clock clock;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
    private final Set<String> connected = ConcurrentHashMap.newKeySet();

    ConnectedTables(
            JdbcTemplate jdbc,
            Tables tables,
            Directory directory,
            BaseSettings settings,
            ObjectMapper mapper,
            Clock clock) {
        this.jdbc = jdbc;
        this.tables = tables;
        this.directory = directory;
        this.settings = settings;
        this.mapper = mapper;
        this.clock = clock;
        connected.addAll(jdbc.queryForList("select table_id from sandbox.connected_table", String.class));
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", PATH, this::connect);
        routes.on("POST", PATH + "/:table_id/sync", this::sync);
    }

    /** Records of such a table cannot be written. The guide names no code for it; this one says that a right is lacking. */
    void requireWritable(String tableId) {
        if (connected.contains(tableId)) {
            throw new Denied(1254302, "the table is pulled from a data source");
        }
    }

    private Answer connect(Call call) {
        JsonNode body = Control.body(call);
        String appToken = tables.base(Control.text(body, "app_token")).appToken();
        String service = Control.text(body, "service");
        if (service.endsWith("/") || !service.matches("https://.+|http://(127\\.0\\.0\\.1|localhost)(:\\d+)?(/.*)?")) {
            throw Control.bad("service must be an https address, or http on loopback, without a slash at its end.");
        }
        Map<String, String> endpoints = DataSourceAnswers.endpoints(get(URI.create(service + "/meta.json")));
        Source asked = new Source(appToken, "0", service, body.path("token").asText(""), null);
        JsonNode meta = post(asked, endpoints.get("tableMeta"), META, JSON.objectNode(), tenant(body));
        List<Field> fields = DataSourceAnswers.fields(meta).stream()
                .map(field -> new FieldDefinition(id -> false).create(field, false))
                .toList();
        Table table = Table.empty(
                appToken,
                Id.TABLE.fresh(),
                meta.path("tableName").asText(),
                fields.stream().map(field -> primary(field, fields.get(0))).toList(),
                List.of(NewBase.view("Grid")));
        ObjectNode byId = JSON.objectNode();
        meta.path("fields")
                .forEach(field -> byId.putObject(field.path("fieldID").asText())
                        .put("name", field.path("fieldName").asText())
                        .put("type", field.path("fieldType").asInt()));
        tables.create(table);
        jdbc.update(
                "insert into sandbox.connected_table (table_id, app_token, service, token, fields) values (?, ?, ?, ?, ?::jsonb)",
                table.id(),
                appToken,
                service,
                asked.token(),
                byId.toString());
        connected.add(table.id());
        return Answer.of(200, pull(new Source(appToken, table.id(), service, asked.token(), byId), body));
    }

    private static Field primary(Field field, Field first) {
        return new Field(
                field.id(),
                field.name(),
                field.type(),
                field.uiType(),
                field.property(),
                field.options(),
                field.description(),
                field == first);
    }

    private Answer sync(Call call) {
        JsonNode body = Control.body(call);
        Source source = jdbc
                .query(
                        "select * from sandbox.connected_table where table_id = ?",
                        (rs, n) -> new Source(
                                rs.getString("app_token"),
                                rs.getString("table_id"),
                                rs.getString("service"),
                                rs.getString("token"),
                                json(rs.getString("fields"))),
                        call.variable("table_id"))
                .stream()
                .findFirst()
                .orElseThrow(() -> Control.bad("No table of that id is connected."));
        return Answer.of(200, pull(source, body));
    }

    private static String tenant(JsonNode body) {
        return body.path("tenant_key").asText(SandboxProperties.TENANT_KEY);
    }

    /** Pulls all, and only then makes the table hold what was pulled. */
    private ObjectNode pull(Source source, JsonNode body) {
        int size = Control.number(body, "max_page_size", 500, 1, 1000);
        String endpoint = DataSourceAnswers.endpoints(get(URI.create(source.service() + "/meta.json")))
                .get("records");
        Map<String, JsonNode> records = new LinkedHashMap<>();
        String transaction = UUID.randomUUID().toString();
        String token = "";
        int pages = 0;
        boolean more = true;
        while (more) {
            ObjectNode params = JSON.objectNode()
                    .put("transactionID", transaction)
                    .put("pageToken", token)
                    .put("maxPageSize", size);
            JsonNode page = post(source, endpoint, RECORDS, params, tenant(body));
            DataSourceAnswers.require(page.path("records").isArray(), "records is a list");
            DataSourceAnswers.require(page.path("records").size() <= size, "a page has at most maxPageSize records");
            DataSourceAnswers.require(page.path("hasMore").isBoolean(), "hasMore is true or false");
            for (JsonNode record : page.path("records")) {
                String id = record.path("primaryID").asText();
                DataSourceAnswers.require(id.matches(DataSourceAnswers.ID), "primaryID is [A-Za-z0-9_], 1 to 100");
                DataSourceAnswers.require(records.put(id, record.path("data")) == null, "a primaryID stands twice");
            }
            DataSourceAnswers.require(records.size() <= settings.recordLimit(), "the table is full");
            more = page.path("hasMore").asBoolean();
            token = page.path("nextPageToken").asText();
            DataSourceAnswers.require(
                    !more || token.matches(DataSourceAnswers.ID), "nextPageToken is [A-Za-z0-9_], 1 to 100");
            pages++;
        }
        return store(source, records).put("pages", pages);
    }

    private ObjectNode store(Source source, Map<String, JsonNode> records) {
        return tables.write(source.appToken(), source.tableId(), Author.person(Directory.BOT), draft -> {
            Map<String, String> known = new HashMap<>();
            jdbc.query(
                    "select primary_id, record_id from sandbox.connected_record where table_id = ?",
                    rs -> {
                        known.put(rs.getString(1), rs.getString(2));
                    },
                    source.tableId());
            int added = 0;
            int updated = 0;
            for (Map.Entry<String, JsonNode> record : records.entrySet()) {
                String recordId = known.remove(record.getKey());
                Map<String, JsonNode> before =
                        recordId == null ? Map.of() : draft.row(recordId).cells();
                Map<String, JsonNode> cells = cells(source, draft, before, record.getValue());
                if (recordId == null) {
                    jdbc.update(
                            "insert into sandbox.connected_record (table_id, primary_id, record_id) values (?, ?, ?)",
                            source.tableId(),
                            record.getKey(),
                            draft.add(cells).id());
                    added++;
                } else if (!cells.equals(before)) {
                    draft.edit(draft.row(recordId), cells);
                    updated++;
                }
            }
            known.values().forEach(recordId -> draft.remove(draft.row(recordId)));
            known.keySet()
                    .forEach(id -> jdbc.update(
                            "delete from sandbox.connected_record where table_id = ? and primary_id = ?",
                            source.tableId(),
                            id));
            return JSON.objectNode()
                    .put("table_id", source.tableId())
                    .put("added", added)
                    .put("updated", updated)
                    .put("deleted", known.size());
        });
    }

    private Map<String, JsonNode> cells(Source source, Draft draft, Map<String, JsonNode> before, JsonNode data) {
        ObjectNode written = JSON.objectNode();
        IdType people = IdType.OPEN_ID;
        data.fieldNames()
                .forEachRemaining(id -> DataSourceAnswers.require(
                        source.fields().has(id), "the record has a fieldID that table_meta does not name"));
        for (Map.Entry<String, JsonNode> field : source.fields().properties()) {
            JsonNode value = data.path(field.getKey());
            String name = field.getValue().path("name").asText();
            if (value.isMissingNode() || value.isNull()) {
                written.putNull(name);
            } else {
                int type = field.getValue().path("type").asInt();
                written.set(name, DataSourceAnswers.cell(type, value));
                people = type == 14 ? DataSourceAnswers.idType(value) : people;
            }
        }
        return new CellWriter(draft, directory, people, (tableId, recordId) -> false).cells(before, written);
    }

    private JsonNode get(URI address) {
        return send(HttpRequest.newBuilder(address).timeout(META).GET().build());
    }

    private JsonNode post(Source source, String path, Duration timeout, ObjectNode params, String tenantKey) {
        params.put("datasourceConfig", "{}");
        ObjectNode context = JSON.objectNode()
                .put("packID", "sandbox")
                .put("type", "data_connector")
                .put("tenantKey", tenantKey)
                .put("userTenantKey", tenantKey)
                .put("bizInstanceID", source.tableId());
        context.putObject("bitable")
                .put("token", source.appToken())
                .put("logID", UUID.randomUUID().toString());
        context.putObject("scriptArgs").put("projectURL", source.service()).put("baseOpenID", "sandbox");
        String body = JSON.objectNode()
                .put("params", params.toString())
                .put("context", context.toString())
                .toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(source.service() + path))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!source.token().isEmpty()) {
            String timestamp = Long.toString(clock.instant().getEpochSecond());
            String nonce = UUID.randomUUID().toString();
            request.header("X-Base-Request-Timestamp", timestamp)
                    .header("X-Base-Request-Nonce", nonce)
                    .header("X-Base-Signature", sha1(timestamp + nonce + source.token() + body));
        }
        JsonNode answer = send(request.build());
        if (answer.path("code").asInt(-1) != 0) {
            throw DataSourceAnswers.refused(
                    "code " + answer.path("code") + ", " + answer.path("msg").asText());
        }
        return answer.path("data");
    }

    private JsonNode send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            DataSourceAnswers.require(response.statusCode() == 200, "HTTP " + response.statusCode());
            return json(response.body());
        } catch (IOException e) {
            throw DataSourceAnswers.refused("it does not answer, " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DataSourceAnswers.refused("interrupted");
        }
    }

    private JsonNode json(String text) {
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw DataSourceAnswers.refused("it is not JSON");
        }
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
