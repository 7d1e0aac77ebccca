package dev.camelfeishu.connector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One table that Bases may pull. Answers are JSON texts, always with HTTP 200, as the protocol has it: {@code {"code":0,"msg":"",
 * "data":{…}}}, or a code (1254400 configuration, 1254403 permission, 1254500 system, 1254501 too many) with a message in two
 * languages. Nothing is thrown.
 */
public final class Connector {

    private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

    /** Base asks for one page after the other: more at once is several Bases, or somebody else. */
    private static final int AT_ONCE = 4;

    private static final String PLAIN_ID = "[A-Za-z0-9][A-Za-z0-9_]{0,99}";
    private static final int LONGEST_ID = 100;

    /** Who sent a request, and what it asks for. */
    private record Request(String tenant, String base, JsonNode params) {}

    private final ConnectorDeclaration declaration;
    private final ConnectorQuery query;
    private final BaseSignature signature;
    private final ObjectMapper mapper = new ObjectMapper();
    private final MeterRegistry meters;
    private final Semaphore turns = new Semaphore(AT_ONCE);

    Connector(ConnectorDeclaration declaration, DataSource source, MeterRegistry meters, Clock clock) {
        this.declaration = declaration;
        this.query = new ConnectorQuery(declaration, source);
        this.signature = new BaseSignature(declaration.tokens(), clock);
        this.meters = meters;
    }

    public String name() {
        return declaration.name();
    }

    /** Why nobody can pull, naming what is missing; empty when somebody can. */
    public Optional<String> unavailable() {
        return declaration.tokens().isEmpty()
                ? Optional.of("the connector " + name() + " has no token: set what `token` of its file names to the"
                        + " verification token of the data source in Base")
                : Optional.empty();
    }

    /** {@code GET meta.json}, the only answer that asks for no signature: it says nothing of the data. */
    public String meta() {
        var extra = mapper.createObjectNode().put("disabledPeriodicSync", !declaration.periodic());
        if (declaration.configUi() != null) {
            extra.put("dataSourceConfigUiUri", declaration.configUi())
                    .put("initHeight", 500)
                    .put("initWidth", 600);
        }
        var meta = mapper.createObjectNode()
                .put("schemaVersion", 1)
                .put("version", "1.0.0")
                .put("type", "data_connector");
        meta.set("extraData", extra);
        var uris = meta.putObject("protocol")
                .put("type", "http")
                .putObject("httpProtocol")
                .putArray("uris");
        uris.addObject().put("type", "tableMeta").put("uri", "/table_meta");
        uris.addObject().put("type", "records").put("uri", "/records");
        return meta.toString();
    }

    /**
     * {@code POST table_meta}: the name of the table and its fields.
     *
     * @param headers a header by its name, or null
     * @param tenants tenant keys that may pull; {@code *} for all that have the token
     */
    public String tableMeta(byte[] body, UnaryOperator<String> headers, Set<String> tenants) {
        return answer(() -> {
            request(body, headers, tenants);
            query.check();
            var data = mapper.createObjectNode().put("tableName", declaration.title());
            var fields = data.putArray("fields");
            declaration.columns().forEach(column -> fields.add(field(column)));
            return data;
        });
    }

    /**
     * {@code POST records}: a page of the records.
     *
     * @param route sees each row, by column, and answers what the Base gets of it, with the same key; nothing keeps it out
     */
    public String records(
            byte[] body,
            UnaryOperator<String> headers,
            Set<String> tenants,
            Function<Map<String, Object>, Optional<Map<String, Object>>> route) {
        return answer(() -> {
            var request = request(body, headers, tenants);
            var asked = request.params().path("maxPageSize").asInt(declaration.page());
            var size = asked < 1 ? declaration.page() : Math.min(asked, declaration.page());
            var token = request.params().path("pageToken").asText("");
            var before = token.isEmpty() ? new PageToken(0, null) : PageToken.parse(token);
            return page(request, before, size, route);
        });
    }

    private ObjectNode page(
            Request request,
            PageToken before,
            int size,
            Function<Map<String, Object>, Optional<Map<String, Object>>> route) {
        var rows = query.page(before.key(), size + 1);
        var keys = new HashSet<String>();
        for (var row : rows) {
            var key = row.get(declaration.key());
            if (key == null) {
                throw withoutKey();
            }
            if (!keys.add(key.toString())) {
                throw ConnectorRefusal.config(
                        "two rows have the " + declaration.key() + " " + printable(key.toString()));
            }
        }
        var more = rows.size() > size;
        var shown = more ? rows.subList(0, size) : rows;
        var read = before.rows() + shown.size();
        if (read > declaration.rows() || more && read == declaration.rows()) {
            // a part would make the Base delete the rest
            throw ConnectorRefusal.config("the query has more than " + declaration.rows() + " rows");
        }
        if (!more && query.anyWithoutKey()) {
            throw withoutKey();
        }
        var data = mapper.createObjectNode()
                .put(
                        "nextPageToken",
                        more
                                ? new PageToken(
                                                read,
                                                shown.get(size - 1)
                                                        .get(declaration.key())
                                                        .toString())
                                        .text()
                                : "")
                .put("hasMore", more);
        var records = data.putArray("records");
        for (var row : shown) {
            var key = row.get(declaration.key()).toString();
            route.apply(row).ifPresent(changed -> records.add(record(key, changed)));
        }
        if (!more) {
            LOG.info(
                    "Connector {}: the Base {} of {} has pulled {} rows",
                    name(),
                    printable(request.base()),
                    printable(request.tenant()),
                    read);
        }
        return data;
    }

    private ConnectorRefusal withoutKey() {
        return ConnectorRefusal.config("a row has no " + declaration.key());
    }

    private ObjectNode record(String key, Map<String, Object> row) {
        var record = mapper.createObjectNode().put("primaryID", primaryId(key));
        var data = record.putObject("data");
        for (var column : declaration.columns()) {
            try {
                ConnectorCell.of(column, row.get(column.name())).ifPresent(cell -> data.set(column.name(), cell));
            } catch (IllegalArgumentException unmappable) {
                // one cell stays empty; a refused page would end the whole pull
                meters.counter("feishu.connector.unmapped", "connector", name(), "column", column.name())
                        .increment();
                LOG.warn(
                        "Connector {}: {} of {} is left empty: {}",
                        name(),
                        column.name(),
                        printable(key),
                        unmappable.getMessage());
            }
        }
        return record;
    }

    /** The key itself where the protocol allows its letters; otherwise its bytes, and of a long one the digest. */
    static String primaryId(String key) {
        if (key.matches(PLAIN_ID)) {
            return key;
        }
        var bytes = key.getBytes(StandardCharsets.UTF_8);
        var hex = "_x" + HexFormat.of().formatHex(bytes);
        if (hex.length() <= LONGEST_ID) {
            return hex;
        }
        try {
            return "_h"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private ObjectNode field(ConnectorDeclaration.Column column) {
        var field = mapper.createObjectNode()
                .put("fieldID", column.name())
                .put("fieldName", column.field())
                .put("fieldType", column.type().code())
                .put("isPrimary", column.primary());
        if (column.description() != null) {
            field.put("description", column.description());
        }
        var property = mapper.createObjectNode();
        if (column.format() != null) {
            property.put("formatter", column.format());
        }
        if (column.currency() != null) {
            property.put("currencyCode", column.currency());
        }
        if (column.max() != null) {
            property.put("max", column.max());
        }
        if (!property.isEmpty()) {
            field.set("property", property);
        }
        return field;
    }

    private Request request(byte[] body, UnaryOperator<String> headers, Set<String> tenants) {
        unavailable().ifPresent(reason -> {
            throw ConnectorRefusal.config(reason);
        });
        signature.refusal(body, headers).ifPresent(reason -> {
            throw ConnectorRefusal.permission(reason);
        });
        try {
            var outer = mapper.readTree(body);
            var params = mapper.readTree(outer.path("params").asText(""));
            var context = mapper.readTree(outer.path("context").asText(""));
            var tenant = context.path("tenantKey").asText("");
            var base = context.path("bitable").path("token").asText("");
            if (!params.isObject() || tenant.isEmpty()) {
                throw ConnectorRefusal.config("the request has no params, or no tenantKey in its context");
            }
            if (!tenants.contains("*") && !tenants.contains(tenant)) {
                throw ConnectorRefusal.permission("the tenant " + printable(tenant) + " may not pull");
            }
            if (!declaration.bases().isEmpty() && !declaration.bases().contains(base)) {
                throw ConnectorRefusal.permission("the Base " + printable(base) + " may not pull");
            }
            return new Request(tenant, base, params);
        } catch (IOException malformed) {
            throw ConnectorRefusal.config("the request is none of the protocol's");
        }
    }

    private String answer(Supplier<ObjectNode> work) {
        if (!turns.tryAcquire()) {
            return refused(ConnectorRefusal.busy());
        }
        try {
            var answer = mapper.createObjectNode().put("code", 0).put("msg", "");
            answer.set("data", work.get());
            count(0);
            return mapper.writeValueAsString(answer);
        } catch (ConnectorRefusal refusal) {
            return refused(refusal);
        } catch (RuntimeException | JsonProcessingException failed) {
            LOG.error("Connector {}: a request was not answered", name(), failed);
            return refused(ConnectorRefusal.system());
        } finally {
            turns.release();
        }
    }

    private String refused(ConnectorRefusal refusal) {
        LOG.warn("Connector {}: refused with {}: {}", name(), refusal.code(), refusal.getMessage());
        count(refusal.code());
        var message = mapper.createObjectNode().put("zh", refusal.chinese()).put("en", refusal.getMessage());
        return mapper.createObjectNode()
                .put("code", refusal.code())
                .put("msg", message.toString())
                .toString();
    }

    private void count(int code) {
        meters.counter("feishu.connector.answers", "connector", name(), "code", Integer.toString(code))
                .increment();
    }

    private static String printable(String text) {
        var line = text.replaceAll("\\p{Cntrl}", " ");
        return line.length() > 100 ? line.substring(0, 100) + "…" : line;
    }
}
