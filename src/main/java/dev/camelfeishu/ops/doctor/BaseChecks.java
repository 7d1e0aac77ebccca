package dev.camelfeishu.ops.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.sync.ColumnMapping;
import dev.camelfeishu.sync.PairDeclaration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The Base of each pair: whether it is there, the app may change it and gets its events, and its fields fit. Nothing is written. */
final class BaseChecks {

    private static final String BASE = "base";
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final String TABLES = "/open-apis/bitable/v1/apps/:app_token/tables";
    private static final String SHARE = "the Base, menu …, More, Add document app";
    private static final String FILE = "config/pairs";

    private static final Set<Integer> NO_BASE = Set.of(1254003, 1254040);
    private static final Set<Integer> NO_TABLE = Set.of(1254004, 1254041);
    private static final Set<Integer> NO_RIGHT = Set.of(91403, 1254302, 1254304);
    private static final Set<Integer> OFTEN = Set.of(99991400);
    private static final int LACKS_SCOPE = 99991672;

    private final Patient patient;

    BaseChecks(Patient patient) {
        this.patient = patient;
    }

    List<Check> all() {
        return List.of(Check.asApp(BASE, this::bases));
    }

    private List<Finding> bases() {
        List<Finding> findings = new ArrayList<>();
        for (PairDeclaration pair : patient.pairs().get()) {
            String check = BASE + " of " + pair.name();
            if (pair.unavailable().isPresent()) {
                findings.add(Finding.skipped(check, "{0}.", pair.unavailable().get()));
            } else {
                findings.addAll(base(check, pair));
            }
        }
        return findings;
    }

    private List<Finding> base(String check, PairDeclaration pair) {
        String app = pair.bitable().app();
        List<Finding> findings = new ArrayList<>();
        try {
            Map<String, String> tables = tables(app);
            String table = pair.bitable().tableId();
            if (table.isEmpty()) {
                String name = pair.bitable().table();
                table = tables.entrySet().stream()
                        .filter(one -> one.getValue().equals(name))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse("");
            } else if (!tables.containsKey(table)) {
                findings.add(wrongTable(check, pair));
                return findings;
            }
            findings.addAll(table.isEmpty() ? List.of() : fields(check, pair, table));
            findings.addAll(rights(check, app));
            findings.addAll(subscribed(check, app));
            if (findings.isEmpty()) {
                findings.add(Finding.ok(check, "The app reads and may change it, and gets its events."));
            }
        } catch (FeishuException e) {
            findings.add(refused(check, pair, e));
        }
        return findings;
    }

    private static Finding refused(String check, PairDeclaration pair, FeishuException e) {
        if (NO_BASE.contains(e.code())) {
            return Finding.error(
                    check,
                    Sentence.of("There is no Base with the token of the pair {0} (code {1}).", pair.name(), e.code()),
                    "Copy the token from the Base's address, feishu.cn/base/<token>; of a wiki page it is another one.",
                    FILE + ", bitable.app of the pair (BITABLE_APP_TOKEN for orders)");
        }
        if (NO_TABLE.contains(e.code())) {
            return wrongTable(check, pair);
        }
        if (NO_RIGHT.contains(e.code())) {
            return noRight(check, Sentence.of("The app may not open the Base (code {0}).", e.code()));
        }
        return Finding.of(check, "The Base could not be read", e);
    }

    private static Finding wrongTable(String check, PairDeclaration pair) {
        return Finding.error(
                check,
                Sentence.of("The Base has no table {0}.", pair.bitable().tableId()),
                Sentence.of(
                        "Copy the id from the address (table=tbl...), or leave it empty to use the table named {0}.",
                        pair.bitable().table()),
                FILE + ", bitable.table-id of the pair (BITABLE_ORDERS_TABLE_ID for orders)");
    }

    private static Finding noRight(String check, Sentence what) {
        return Finding.error(
                check,
                what,
                "Add the app to the Base with the right to manage it; with advanced permissions also to a role.",
                SHARE);
    }

    private FeishuClient client() {
        return patient.client();
    }

    private static ApiRequest get(String path, String app) {
        return ApiRequest.get(path).with("app_token", app).within(PATIENCE);
    }

    private Map<String, String> tables(String app) {
        Map<String, String> tables = new LinkedHashMap<>();
        for (JsonNode table : pages(get(TABLES, app))) {
            tables.put(table.path("table_id").asText(), table.path("name").asText());
        }
        return tables;
    }

    private List<JsonNode> pages(ApiRequest first) {
        List<JsonNode> items = new ArrayList<>();
        ApiRequest next = first.query("page_size", "100");
        while (next != null) {
            JsonNode data = client().call(next).data();
            data.path("items").forEach(items::add);
            String token = data.path("page_token").asText("");
            next = data.path("has_more").asBoolean() && !token.isEmpty()
                    ? first.query("page_size", "100").query("page_token", token)
                    : null;
        }
        return items;
    }

    private List<Finding> fields(String check, PairDeclaration pair, String table) {
        Map<String, Integer> types = new LinkedHashMap<>();
        pages(get(TABLES + "/:table_id/fields", pair.bitable().app()).with("table_id", table))
                .forEach(field -> types.put(
                        field.path("field_name").asText(), field.path("type").asInt()));
        List<Finding> findings = new ArrayList<>();
        for (ColumnMapping column : pair.columns()) {
            Integer type = types.get(column.field());
            int needed = column.lens().fieldType();
            if (type != null && type != needed) {
                findings.add(Finding.error(
                        check,
                        Sentence.of(
                                "The field {0} has type {1}, but the column {2} needs type {3}.",
                                column.field(), type, column.name(), needed),
                        "Change the type of the field, or the column's type in the declaration.",
                        "the Base; " + FILE));
            }
        }
        return findings;
    }

    private List<Finding> rights(String check, String app) {
        try {
            boolean may = client().call(ApiRequest.get("/open-apis/drive/v1/permissions/:token/members/auth")
                            .with("token", app)
                            .query("type", "bitable")
                            .query("action", "edit")
                            .within(PATIENCE))
                    .data()
                    .path("auth_result")
                    .asBoolean();
            return may
                    ? List.of()
                    : List.of(noRight(check, Sentence.of("The app may read the Base, but not change it.")));
        } catch (FeishuException e) {
            return notTold(check, "whether the app may change it", e);
        }
    }

    private List<Finding> subscribed(String check, String app) {
        try {
            boolean is = client().call(ApiRequest.get("/open-apis/drive/v1/files/:file_token/get_subscribe")
                            .with("file_token", app)
                            .query("file_type", "bitable")
                            .within(PATIENCE))
                    .data()
                    .path("is_subscribe")
                    .asBoolean();
            return is
                    ? List.of()
                    : List.of(Finding.warning(
                            check,
                            "The app does not get the events of this Base: edits are seen only when the pair looks by"
                                    + " itself.",
                            "Start the application: the pair subscribes the Base by itself; when that fails, its page"
                                    + " says why.",
                            "/console/pairs"));
        } catch (FeishuException e) {
            return notTold(check, "whether the app gets its events", e);
        }
    }

    private static List<Finding> notTold(String check, String what, FeishuException e) {
        if (NO_RIGHT.contains(e.code())) {
            return List.of(noRight(check, Sentence.of("The app has no right to the Base (code {0}).", e.code())));
        }
        Sentence why = e.code() == LACKS_SCOPE
                ? Sentence.of("a scope is missing for it")
                : OFTEN.contains(e.code())
                        ? Sentence.of("Feishu was asked too often")
                        : Sentence.of("Feishu answers with code {0}", e.code());
        return List.of(Finding.skipped(check, "It is not known {0}: {1}.", Sentence.of(what), why));
    }
}
