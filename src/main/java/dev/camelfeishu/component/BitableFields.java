package dev.camelfeishu.component;

import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The fields of the tables that an endpoint works on, by name; remembered for a minute. */
final class BitableFields {

    private static final String FIELDS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/fields";
    private static final int MOST_TABLES = 100;
    private static final Duration KEPT = Duration.ofMinutes(1);
    /** A name that stays unknown does not read the table again for each row. */
    private static final Duration KEPT_WHEN_UNKNOWN = Duration.ofSeconds(1);

    private record Fields(Map<String, BitableCell> byName, long readAt) {}

    private final Map<String, Fields> known = new ConcurrentHashMap<>();

    /** The field of a name, or null; a name that is not known is looked for once more in the table. */
    BitableCell named(FeishuClient client, String app, String table, String name) {
        BitableCell field = fields(client, app, table, KEPT).get(name);
        return field != null
                ? field
                : fields(client, app, table, KEPT_WHEN_UNKNOWN).get(name);
    }

    Set<String> names(FeishuClient client, String app, String table) {
        return fields(client, app, table, KEPT).keySet();
    }

    private Map<String, BitableCell> fields(FeishuClient client, String app, String table, Duration kept) {
        String key = app + "/" + table;
        Fields fields = known.get(key);
        if (fields == null || System.nanoTime() - fields.readAt() >= kept.toNanos()) {
            if (known.size() >= MOST_TABLES) {
                known.clear();
            }
            fields = new Fields(read(client, app, table), System.nanoTime());
            known.put(key, fields);
        }
        return fields.byName();
    }

    private static Map<String, BitableCell> read(FeishuClient client, String app, String table) {
        Map<String, BitableCell> fields = new LinkedHashMap<>();
        ApiRequest request = ApiRequest.get(FIELDS)
                .with("app_token", app)
                .with("table_id", table)
                .query("page_size", "100");
        new Pages(client, request, "items").forEachRemaining(field -> {
            String name = field.path("field_name").asText();
            fields.put(name, new BitableCell(name, field.path("type").asInt()));
        });
        return fields;
    }
}
