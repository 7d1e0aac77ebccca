package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Routes;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates, copies, reads and changes Bases. A new one has a table with blank rows, as on the platform. */
final class AppApi implements Api {
    private static final int LONGEST_NAME = 100;
    private static final int BLANK_ROWS = 5;
    private static final int MOST_COPIED = 50_000;
    private static final String PATH = "/open-apis/bitable/v1/apps";

    private final Documented documented;
    private final BaseStore store;
    private final NewBase newBase;
    private final Tables tables;
    private final TransactionTemplate transactions;

    AppApi(Documented documented, BaseStore store, NewBase newBase, Tables tables, TransactionTemplate transactions) {
        this.documented = documented;
        this.store = store;
        this.newBase = newBase;
        this.tables = tables;
        this.transactions = transactions;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "POST", PATH, this::create);
        documented.on(routes, "GET", PATH + "/:app_token", this::get);
        documented.on(routes, "POST", PATH + "/:app_token/copy", this::copy);
        documented.on(routes, "PUT", PATH + "/:app_token", this::update);
    }

    private Answer create(Call call) {
        JsonNode body = call.json(1254000);
        ZoneId zone = zone(body);
        Base base = new Base(
                Id.APP.fresh(),
                body.has("name") ? name(body) : "Untitled base",
                body.path("folder_token").asText(""),
                zone,
                false,
                1);
        Table table = newBase.create(base, "Table 1", "Text");
        tables.write(base.appToken(), table.id(), Author.person(Directory.BOT), draft -> {
            for (int i = 0; i < BLANK_ROWS; i++) {
                draft.add(Map.of());
            }
            return null;
        });
        ObjectNode app = JsonNodeFactory.instance
                .objectNode()
                .put("app_token", base.appToken())
                .put("name", base.name())
                .put("folder_token", base.folderToken())
                .put("time_zone", zone.getId())
                .put("url", "https://feishu.cn/base/" + base.appToken())
                .put("default_table_id", table.id());
        return app(app);
    }

    /** The copy is there at once; on the platform it takes its time. */
    private Answer copy(Call call) {
        JsonNode body = call.json(1254000);
        Base from = tables.base(call.variable("app_token"));
        Base base = new Base(
                Id.APP.fresh(),
                body.has("name") ? name(body) : from.name(),
                body.path("folder_token").asText(""),
                body.has("time_zone") ? zone(body) : from.timeZone(),
                from.advanced(),
                1);
        List<Table> originals = tables.list(from.appToken()).stream()
                .map(line -> tables.table(from.appToken(), line.id()))
                .toList();
        long rows = originals.stream().mapToLong(table -> table.rows().size()).sum();
        boolean content = !body.path("without_content").asBoolean() && rows <= MOST_COPIED;
        Map<String, String> ids = new HashMap<>();
        originals.forEach(table -> ids.put(table.id(), Id.TABLE.fresh()));
        transactions.executeWithoutResult(status -> {
            store.insert(base);
            store.update(base);
            for (Table original : originals) {
                Table copied = Table.empty(
                        base.appToken(),
                        ids.get(original.id()),
                        original.name(),
                        original.fields().stream()
                                .map(field -> field.linkedTo(ids))
                                .toList(),
                        original.views().stream()
                                .map(view -> new View(Id.VIEW.fresh(), view.name(), view.type(), view.property()))
                                .toList());
                store.insert(copied);
                if (content) {
                    store.copyRows(original, copied);
                }
            }
        });
        return app(JsonNodeFactory.instance
                .objectNode()
                .put("app_token", base.appToken())
                .put("name", base.name())
                .put("folder_token", base.folderToken())
                .put("time_zone", base.timeZone().getId())
                .put("url", "https://feishu.cn/base/" + base.appToken())
                .put("default_table_id", ids.get(originals.get(0).id())));
    }

    private static ZoneId zone(JsonNode body) {
        try {
            return ZoneId.of(body.path("time_zone").asText("Asia/Shanghai"));
        } catch (DateTimeException e) {
            throw new Denied(1254800, "time_zone");
        }
    }

    private Answer get(Call call) {
        return app(tables.base(call.variable("app_token")).json());
    }

    private Answer update(Call call) {
        JsonNode body = call.json(1254000);
        Base base = tables.base(call.variable("app_token"));
        JsonNode advanced = body.path("is_advanced");
        if (!advanced.isMissingNode() && !advanced.isBoolean()) {
            throw new Denied(1254001, "is_advanced is true or false");
        }
        Base changed = new Base(
                base.appToken(),
                body.has("name") ? name(body) : base.name(),
                base.folderToken(),
                base.timeZone(),
                advanced.asBoolean(base.advanced()),
                base.revision());
        store.update(changed);
        return app(JsonNodeFactory.instance
                .objectNode()
                .put("app_token", changed.appToken())
                .put("name", changed.name())
                .put("is_advanced", changed.advanced()));
    }

    private static String name(JsonNode body) {
        String name = body.path("name").asText("");
        if (!body.path("name").isTextual()
                || name.isBlank()
                || name.length() > LONGEST_NAME
                || name.matches("(?s).*[?/\\\\*:\\[\\]].*")) {
            throw new Denied(1254031, "");
        }
        return name;
    }

    private static Answer app(ObjectNode app) {
        return Answer.ok(JsonNodeFactory.instance.objectNode().set("app", app));
    }
}
