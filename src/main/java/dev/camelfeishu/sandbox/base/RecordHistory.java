package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Routes;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What has become of a record, version by version: {@code GET base/v3/bases/:base_token/record_history}, as Feishu's own
 * command-line tool reads it. Values have the shapes of that family: a date as {@code yyyy-MM-dd HH:mm:ss} in the time zone
 * of the Base, a link as {@code [{"id"}]}, a location as {@code {"lng","lat"}}, others as they are written. What Bitable works
 * out by itself has no history.
 */
final class RecordHistory implements Api {
    private static final int MOST = 50;
    private static final int USUAL = 30;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final Documented documented;
    private final JdbcTemplate jdbc;
    private final BaseStore store;
    private final ObjectMapper mapper;
    private final Clock clock;

    RecordHistory(Documented documented, JdbcTemplate jdbc, BaseStore store, ObjectMapper mapper, Clock clock) {
        this.documented = documented;
        this.jdbc = jdbc;
        this.store = store;
        this.mapper = mapper;
        this.clock = clock;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "GET", "/open-apis/base/v3/bases/:base_token/record_history", this::list);
    }

    /** Notes what the draft changed, in the caller's transaction. A record that it changed twice has one entry. */
    void note(Draft draft) {
        if (draft.recordActions().isEmpty()) {
            return;
        }
        Map<String, RecordAction> actions = new LinkedHashMap<>();
        draft.recordActions()
                .forEach(action -> actions.merge(
                        action.recordId(), action, (first, last) -> new RecordAction(first.before(), last.after())));
        ZoneId zone = store.base(draft.before().appToken()).orElseThrow().timeZone();
        List<Object[]> entries = new ArrayList<>();
        actions.forEach((recordId, action) -> {
            if (action.before() != null || action.after() != null) {
                entries.add(new Object[] {
                    draft.before().id(),
                    recordId,
                    draft.revision(),
                    draft.author().openId(),
                    clock.instant().getEpochSecond(),
                    activity(action),
                    changes(action, draft, zone).toString()
                });
            }
        });
        jdbc.batchUpdate("""
                insert into sandbox.base_history (table_id, record_id, rev, operator, create_time, activity, changes)
                values (?, ?, ?, ?, ?, ?, ?::jsonb)
                """, entries);
    }

    private static String activity(RecordAction action) {
        if (action.before() == null) {
            return "create";
        }
        return action.after() == null ? "delete" : "update";
    }

    private static ArrayNode changes(RecordAction action, Draft draft, ZoneId zone) {
        ArrayNode changes = JSON.arrayNode();
        Map<String, Field> known = new LinkedHashMap<>();
        draft.before().fields().forEach(field -> known.put(field.id(), field));
        for (Field field : draft.fields()) {
            JsonNode before =
                    action.before() == null ? null : action.before().cells().get(field.id());
            JsonNode after =
                    action.after() == null ? null : action.after().cells().get(field.id());
            boolean same = before == null ? after == null : before.equals(after);
            if (!same && !field.type().computed()) {
                ObjectNode change = changes.addObject()
                        .put("field_id", field.id())
                        .put("field_name", field.name())
                        .put("field_type", field.type().code());
                // an option of the value before may be gone by now
                change.set("before", shown(before, known.getOrDefault(field.id(), field), zone));
                change.set("after", shown(after, field, zone));
            }
        }
        return changes;
    }

    private static JsonNode shown(JsonNode stored, Field field, ZoneId zone) {
        if (stored == null) {
            return JSON.nullNode();
        }
        return switch (field.type()) {
            case DATE ->
                JSON.textNode(
                        TIME.format(Instant.ofEpochMilli(stored.longValue()).atZone(zone)));
            case LINK, DUPLEX_LINK -> {
                ArrayNode ids = JSON.arrayNode();
                stored.forEach(id -> ids.addObject().set("id", id));
                yield ids;
            }
            case LOCATION -> {
                String[] place = stored.textValue().split(",");
                yield JSON.objectNode()
                        .put("lng", Double.parseDouble(place[0]))
                        .put("lat", Double.parseDouble(place[1]));
            }
            default -> field.type().cell().rewrite(stored, field);
        };
    }

    private Answer list(Call call) {
        String appToken = Id.APP.checked(call.variable("base_token"));
        String tableId = Id.TABLE.checked(call.query("table_id", ""));
        String recordId = Id.RECORD.checked(call.query("record_id", ""));
        store.base(appToken).orElseThrow(Id.APP::notFound);
        if (store.tables(appToken).stream().noneMatch(table -> table.id().equals(tableId))) {
            throw Id.TABLE.notFound();
        }
        int size = (int) number(call.query("page_size", Integer.toString(USUAL)), MOST);
        long newest = number(call.query("max_version", Long.toString(Long.MAX_VALUE)), Long.MAX_VALUE);
        List<ObjectNode> found = jdbc.query(
                "select * from sandbox.base_history where table_id = ? and record_id = ? and rev <= ?"
                        + " order by rev desc limit ?",
                (rs, n) -> {
                    ObjectNode item = JSON.objectNode()
                            .put("rev", rs.getLong("rev"))
                            .put("operator", rs.getString("operator"))
                            .put("create_time", rs.getLong("create_time"))
                            .put("activity_type", rs.getString("activity"));
                    item.set("field_changes", parse(rs.getString("changes")));
                    return item;
                },
                tableId,
                recordId,
                newest,
                size + 1);
        boolean more = found.size() > size;
        ObjectNode data = JSON.objectNode().put("has_more", more);
        data.putArray("items").addAll(more ? found.subList(0, size) : found);
        if (more) {
            data.put("next_max_version", found.get(size).path("rev").longValue());
        }
        return Answer.ok(data);
    }

    private static long number(String text, long most) {
        if (text.matches("[1-9]\\d{0,17}|" + Long.MAX_VALUE) && Long.parseLong(text) <= most) {
            return Long.parseLong(text);
        }
        throw new Denied(1254011, "a number from 1 to " + most);
    }

    private JsonNode parse(String json) {
        try {
            return mapper.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Stored JSON cannot be read", e);
        }
    }
}
