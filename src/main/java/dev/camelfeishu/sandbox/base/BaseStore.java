package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** The Bases in PostgreSQL. Callers hold the transaction. */
final class BaseStore {
    private final JdbcTemplate jdbc;
    private final ObjectMapper mapper;

    BaseStore(JdbcTemplate jdbc, ObjectMapper mapper) {
        this.jdbc = jdbc;
        // numbers come back as the nodes that cells are stored from, so that an equal value is an equal node
        this.mapper = mapper.copy()
                .enable(DeserializationFeature.USE_LONG_FOR_INTS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    }

    void insert(Base base) {
        jdbc.update(
                "insert into sandbox.base (app_token, name, folder_token, time_zone) values (?, ?, ?, ?)",
                base.appToken(),
                base.name(),
                base.folderToken(),
                base.timeZone().getId());
    }

    void update(Base base) {
        jdbc.update(
                "update sandbox.base set name = ?, is_advanced = ?, revision = revision + 1 where app_token = ?",
                base.name(),
                base.advanced(),
                base.appToken());
    }

    Optional<Base> base(String appToken) {
        return jdbc.query("select * from sandbox.base where app_token = ?", (rs, n) -> base(rs), appToken).stream()
                .findFirst();
    }

    List<Base> bases() {
        return jdbc.query("select * from sandbox.base order by app_token", (rs, n) -> base(rs));
    }

    /** Lets one transaction at a time change which tables the base has. */
    void lock(String appToken) {
        jdbc.queryForList("select 1 from sandbox.base where app_token = ? for update", appToken);
    }

    private static Base base(ResultSet rs) throws SQLException {
        return new Base(
                rs.getString("app_token"),
                rs.getString("name"),
                rs.getString("folder_token"),
                ZoneId.of(rs.getString("time_zone")),
                rs.getBoolean("is_advanced"),
                rs.getLong("revision"));
    }

    /** The tables of a base in their order: id, name and revision. */
    List<TableLine> tables(String appToken) {
        return jdbc.query(
                "select table_id, name, revision from sandbox.base_table where app_token = ? order by position",
                (rs, n) -> new TableLine(rs.getString(1), rs.getString(2), rs.getLong(3)),
                appToken);
    }

    void insert(Table table) {
        jdbc.update(
                "insert into sandbox.base_table (table_id, app_token, name) values (?, ?, ?)",
                table.id(),
                table.appToken(),
                table.name());
        saveFields(table);
        saveViews(table);
        raise(table.appToken());
    }

    void delete(Table table) {
        jdbc.update("delete from sandbox.base_table where table_id = ?", table.id());
        raise(table.appToken());
    }

    /** Stores what a draft changed. */
    void save(Draft draft) {
        Table table = draft.after();
        jdbc.update(
                "update sandbox.base_table set name = ?, revision = ?, next_number = ? where table_id = ?",
                table.name(),
                table.revision(),
                table.nextNumber(),
                table.id());
        raise(table.appToken());
        if (draft.viewsChanged()) {
            jdbc.update("delete from sandbox.base_view where table_id = ?", table.id());
            saveViews(table);
        }
        if (draft.fieldsChanged()) {
            jdbc.update("delete from sandbox.base_field where table_id = ?", table.id());
            saveFields(table);
        }
        draft.droppedFields()
                .forEach(f -> jdbc.update(
                        "update sandbox.base_record set cells = cells - ? where table_id = ? and jsonb_exists(cells, ?)",
                        f,
                        table.id(),
                        f));
        saveRows(table, draft);
    }

    private void saveViews(Table table) {
        table.views()
                .forEach(v -> jdbc.update(
                        "insert into sandbox.base_view (view_id, table_id, name, view_type, property) values (?, ?, ?, ?, ?::jsonb)",
                        v.id(),
                        table.id(),
                        v.name(),
                        v.type(),
                        json(v.property())));
    }

    /** Gives a new table, which is empty, the records of another one. */
    void copyRows(Table from, Table to) {
        jdbc.update(
                "insert into sandbox.base_record (table_id, record_id, number, cells, created_time, created_by,"
                        + " modified_time, modified_by, revision) select ?, record_id, number, cells, created_time,"
                        + " created_by, modified_time, modified_by, revision from sandbox.base_record where table_id = ?",
                to.id(),
                from.id());
        jdbc.update("update sandbox.base_table set next_number = ? where table_id = ?", from.nextNumber(), to.id());
    }

    private void raise(String appToken) {
        jdbc.update("update sandbox.base set revision = revision + 1 where app_token = ?", appToken);
    }

    private void saveRows(Table table, Draft draft) {
        List<Object[]> kept = new ArrayList<>();
        List<Object[]> deleted = new ArrayList<>();
        for (String id : draft.touchedRows()) {
            Row row = table.rows().get(id);
            if (row == null) {
                deleted.add(new Object[] {table.id(), id});
            } else {
                kept.add(new Object[] {
                    table.id(),
                    row.id(),
                    row.number(),
                    json(row.cells()),
                    row.createdTime(),
                    row.createdBy(),
                    row.modifiedTime(),
                    row.modifiedBy(),
                    row.revision()
                });
            }
        }
        jdbc.batchUpdate("delete from sandbox.base_record where table_id = ? and record_id = ?", deleted);
        jdbc.batchUpdate("""
                insert into sandbox.base_record (table_id, record_id, number, cells, created_time, created_by,
                    modified_time, modified_by, revision)
                values (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?)
                on conflict (table_id, record_id) do update set cells = excluded.cells,
                    modified_time = excluded.modified_time, modified_by = excluded.modified_by,
                    revision = excluded.revision
                """, kept);
    }

    private void saveFields(Table table) {
        List<Object[]> rows = new ArrayList<>();
        for (Field field : table.fields()) {
            rows.add(new Object[] {
                table.id(),
                field.id(),
                rows.size(),
                field.name(),
                field.type().code(),
                field.uiType(),
                field.property() == null ? null : json(field.property()),
                json(field.options().list()),
                field.description() == null ? null : json(field.description()),
                field.primary()
            });
        }
        jdbc.batchUpdate("""
                insert into sandbox.base_field (table_id, field_id, position, name, type, ui_type, property, options,
                    description, is_primary)
                values (?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?::jsonb, ?)
                """, rows);
    }

    /** Reads a whole table. */
    Optional<Table> table(String tableId) {
        return jdbc
                .query(
                        "select * from sandbox.base_table where table_id = ?",
                        (rs, n) -> new Table(
                                rs.getString("app_token"),
                                tableId,
                                rs.getString("name"),
                                rs.getLong("revision"),
                                rs.getLong("next_number"),
                                fields(tableId),
                                views(tableId),
                                rows(tableId)),
                        tableId)
                .stream()
                .findFirst();
    }

    private List<Field> fields(String tableId) {
        return jdbc.query(
                "select * from sandbox.base_field where table_id = ? order by position",
                (rs, n) -> new Field(
                        rs.getString("field_id"),
                        rs.getString("name"),
                        FieldType.of(rs.getInt("type")).orElseThrow(),
                        rs.getString("ui_type"),
                        object(rs.getString("property")),
                        new Options(parse(rs.getString("options"), new TypeReference<List<Option>>() {})),
                        object(rs.getString("description")),
                        rs.getBoolean("is_primary")),
                tableId);
    }

    private List<View> views(String tableId) {
        return jdbc.query(
                "select * from sandbox.base_view where table_id = ? order by position",
                (rs, n) -> new View(
                        rs.getString("view_id"),
                        rs.getString("name"),
                        rs.getString("view_type"),
                        object(rs.getString("property"))),
                tableId);
    }

    private Map<String, Row> rows(String tableId) {
        Map<String, Row> rows = new LinkedHashMap<>();
        jdbc.query(
                "select * from sandbox.base_record where table_id = ? order by number",
                rs -> {
                    Row row = new Row(
                            rs.getString("record_id"),
                            rs.getLong("number"),
                            parse(rs.getString("cells"), new TypeReference<Map<String, JsonNode>>() {}),
                            rs.getLong("created_time"),
                            rs.getString("created_by"),
                            rs.getLong("modified_time"),
                            rs.getString("modified_by"),
                            rs.getLong("revision"));
                    rows.put(row.id(), row);
                },
                tableId);
        return rows;
    }

    private ObjectNode object(String json) {
        return json == null ? null : parse(json, new TypeReference<ObjectNode>() {});
    }

    private <T> T parse(String json, TypeReference<T> type) {
        try {
            return mapper.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Stored JSON cannot be read", e);
        }
    }

    private String json(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("A value cannot be stored as JSON", e);
        }
    }
}
