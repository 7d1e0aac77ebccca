package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Bitable")
@ExtendWith(SandboxRoutes.Running.class)
class BitableCallsTest {

    private static final String GROUP = RunningSandbox.PURCHASING;

    private final SandboxRoutes feishu;
    private String app;

    BitableCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    /** A Base of one's own, made once for a test class's instance. */
    private Map<String, Object> base() {
        if (app == null) {
            app = feishu.json("bitable/create-app", Map.of(), Map.of("name", "Calls"))
                    .path("app_token")
                    .asText();
        }
        return Map.of("CamelFeishuAppToken", app);
    }

    private Map<String, Object> with(Object... more) {
        Map<String, Object> headers = new HashMap<>(base());
        for (int i = 0; i < more.length; i += 2) {
            headers.put("CamelFeishu" + more[i], more[i + 1]);
        }
        return headers;
    }

    private Map<String, Object> table(Object... fields) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            all.add(Map.of("field_name", fields[i], "type", fields[i + 1]));
        }
        String name = "T" + System.nanoTime();
        JsonNode made =
                feishu.json("bitable/create-table", base(), Map.of("table", Map.of("name", name, "fields", all)));
        return with("TableId", made.path("table_id").asText());
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> all(Object pages) {
        List<T> items = new ArrayList<>();
        ((Iterator<T>) pages).forEachRemaining(items::add);
        return items;
    }

    private static List<String> texts(Object pages, String member) {
        return BitableCallsTest.<JsonNode>all(pages).stream()
                .map(item -> item.path(member).asText())
                .toList();
    }

    @Test
    @Exercises({"bitable/create-app", "bitable/copy-app", "bitable/app", "bitable/update-app"})
    @DisplayName("a Base is made, read, renamed and copied")
    void apps() {
        assertThat(feishu.json("bitable/app", base(), null).path("name").asText())
                .isEqualTo("Calls");
        feishu.run("bitable/update-app?param.name=Renamed&param.is_advanced=true", base(), null);
        assertThat(feishu.json("bitable/app", base(), null).path("is_advanced").asBoolean())
                .isTrue();
        String copy = feishu.json("bitable/copy-app", base(), Map.of("name", "Copy"))
                .path("app_token")
                .asText();
        assertThat(texts(feishu.run("bitable/tables?app=" + copy, Map.of(), null), "name"))
                .isEqualTo(texts(feishu.run("bitable/tables", base(), null), "name"));
    }

    @Test
    @Exercises({
        "bitable/create-table",
        "bitable/create-tables",
        "bitable/tables",
        "bitable/rename-table",
        "bitable/delete-table",
        "bitable/delete-tables"
    })
    @DisplayName("tables are made, listed over all pages, renamed and deleted")
    void tables() {
        Map<String, Object> one = table("Name", 1);
        JsonNode ids = feishu.json("bitable/create-tables", base(), List.of(Map.of("name", "A"), Map.of("name", "B")));
        feishu.run("bitable/rename-table?param.name=C", one, null);
        assertThat(texts(feishu.run("bitable/tables?pageSize=1", base(), null), "name"))
                .contains("A", "B", "C");
        feishu.run("bitable/delete-table", one, null);
        feishu.run("bitable/delete-tables", base(), ids);
        assertThat(texts(feishu.run("bitable/tables", base(), null), "name")).doesNotContain("A", "B", "C");
    }

    @Test
    @Exercises({"bitable/fields", "bitable/create-field", "bitable/update-field", "bitable/delete-field"})
    @DisplayName("a field is made, renamed, listed and deleted")
    void fields() {
        Map<String, Object> table = table("Name", 1);
        String field = feishu.json("bitable/create-field", table, Map.of("field_name", "Size", "type", 2))
                .path("field_id")
                .asText();
        feishu.run("bitable/update-field?param.field_id=" + field, table, Map.of("field_name", "Weight", "type", 2));
        assertThat(texts(feishu.run("bitable/fields?pageSize=1", table, null), "field_name"))
                .containsExactly("Name", "Weight");
        feishu.run("bitable/delete-field?param.field_id=" + field, table, null);
        assertThat(texts(feishu.run("bitable/fields", table, null), "field_name"))
                .containsExactly("Name");
    }

    @Test
    @Exercises({
        "bitable/views",
        "bitable/view",
        "bitable/create-view",
        "bitable/update-view",
        "bitable/delete-view",
        "bitable/form",
        "bitable/update-form",
        "bitable/form-fields",
        "bitable/update-form-field"
    })
    @DisplayName("views are made and changed; a form is shared, and its questions put in order")
    void views() {
        Map<String, Object> table = table("Name", 1, "Size", 2);
        String view = feishu.json("bitable/create-view?param.view_name=Mine", table, null)
                .path("view_id")
                .asText();
        feishu.run("bitable/update-view?param.view_name=Ours&param.view_id=" + view, table, null);
        assertThat(feishu.json("bitable/view?param.view_id=" + view, table, null)
                        .path("view_name")
                        .asText())
                .isEqualTo("Ours");
        String form = feishu.json("bitable/create-view?param.view_name=Ask&param.view_type=form", table, null)
                .path("view_id")
                .asText();
        assertThat(texts(feishu.run("bitable/views", table, null), "view_name")).contains("Ours", "Ask");

        assertThat(feishu.json("bitable/form?param.form_id=" + form, table, null)
                        .path("shared")
                        .asBoolean())
                .isFalse();
        assertThat(feishu.json("bitable/update-form?param.form_id=" + form, table, Map.of("shared", true))
                        .path("shared_url")
                        .asText())
                .isNotEmpty();
        String questions = "bitable/form-fields?param.form_id=" + form;
        String size = texts(feishu.run(questions, table, null), "field_id").get(1);
        feishu.run(
                "bitable/update-form-field?param.form_id=" + form + "&param.field_id=" + size,
                table,
                Map.of("title", "How large?", "pre_field_id", ""));
        assertThat(texts(feishu.run(questions, table, null), "title")).containsExactly("How large?", "Name");

        feishu.run("bitable/delete-view?param.view_id=" + view, table, null);
        assertThat(texts(feishu.run("bitable/views", table, null), "view_name")).doesNotContain("Ours");
    }

    @Test
    @Exercises({
        "bitable/roles",
        "bitable/create-role",
        "bitable/update-role",
        "bitable/delete-role",
        "bitable/role-members",
        "bitable/add-role-member",
        "bitable/remove-role-member",
        "bitable/add-role-members",
        "bitable/remove-role-members"
    })
    @DisplayName("roles are given and taken while the advanced permissions are on")
    void roles() {
        assertThatThrownBy(() -> feishu.run("bitable/create-role", base(), Map.of("role_name", "Readers")))
                .isInstanceOfSatisfying(
                        FeishuRejectedException.class, e -> assertThat(e.code()).isEqualTo(1254301));
        feishu.run("bitable/update-app?param.is_advanced=true", base(), null);
        String role = feishu.json("bitable/create-role", base(), Map.of("role_name", "Readers"))
                .path("role_id")
                .asText();
        Map<String, Object> named = with("RoleId", role);
        feishu.run("bitable/update-role", named, Map.of("role_name", "Editors"));
        assertThat(texts(feishu.run("bitable/roles", base(), null), "role_name"))
                .containsExactly("Editors");

        feishu.run("bitable/add-role-member?param.member_id=" + RunningSandbox.person(1), named, null);
        List<Map<String, String>> more =
                List.of(Map.of("type", "chat_id", "id", GROUP), Map.of("type", "department_id", "id", "finance"));
        feishu.run("bitable/add-role-members", named, more);
        assertThat(texts(feishu.run("bitable/role-members", named, null), "member_type"))
                .containsExactly("user", "chat", "department");
        feishu.run("bitable/remove-role-members", named, more);
        feishu.run("bitable/remove-role-member?param.member_id=" + RunningSandbox.person(1), named, null);
        assertThat(texts(feishu.run("bitable/role-members", named, null), "member_type"))
                .isEmpty();
        feishu.run("bitable/delete-role", named, null);
        assertThat(texts(feishu.run("bitable/roles", base(), null), "role_name"))
                .isEmpty();
    }

    @Test
    @Exercises({"bitable/dashboards", "bitable/copy-dashboard", "bitable/workflows", "bitable/update-workflow"})
    @DisplayName("a dashboard is copied, an automation switched on")
    void blocks() {
        base();
        String block = feishu.sandbox()
                .post("/sandbox/bases/" + app + "/dashboards", Json.object().put("name", "Sales"))
                .body()
                .path("block_id")
                .asText();
        feishu.run("bitable/copy-dashboard?param.name=Sales 2&param.block_id=" + block, base(), null);
        assertThat(texts(feishu.run("bitable/dashboards", base(), null), "name"))
                .containsExactly("Sales", "Sales 2");
        String workflow = feishu.sandbox()
                .post("/sandbox/bases/" + app + "/workflows", Json.object().put("title", "Tell"))
                .body()
                .path("workflow_id")
                .asText();
        feishu.run("bitable/update-workflow?param.status=Enable&param.workflow_id=" + workflow, base(), null);
        assertThat(feishu.json("bitable/workflows", base(), null)
                        .at("/0/status")
                        .asText())
                .isEqualTo("Enable");
    }

    @Test
    @Exercises({"bitable/create", "bitable/search", "bitable/update", "bitable/get", "bitable/delete"})
    @DisplayName("a record has values of Java, goes round unchanged, and null clears its cells")
    void records() {
        Map<String, Object> table = table(
                "Name", 1, "Size", 2, "State", 3, "Tags", 4, "Day", 5, "Done", 7, "Who", 11, "Phone", 13, "Site", 15,
                "Where", 22, "Group", 23, "Made", 1001, "Maker", 1003);
        Map<String, Object> row = new HashMap<>();
        row.put("Name", "Paper");
        row.put("Size", "12.50");
        row.put("State", "New");
        row.put("Tags", List.of("a", "b"));
        row.put("Day", "2026-02-03T12:00:00Z");
        row.put("Done", true);
        row.put("Who", RunningSandbox.person(1));
        row.put("Phone", "13100000000");
        row.put("Site", "https://example.com");
        row.put("Where", "116.3,40.0");
        row.put("Group", GROUP);
        List<?> ids = (List<?>) feishu.run("bitable/create", table, row);

        Map<String, Object> read = record(feishu.run("bitable/get", table, ids.get(0)));
        Map<String, Object> values = fields(read);
        assertThat(values)
                .containsEntry("Name", "Paper")
                .containsEntry("State", "New")
                .containsEntry("Tags", List.of("a", "b"))
                .containsEntry("Day", Instant.parse("2026-02-03T12:00:00Z"))
                .containsEntry("Done", true)
                .containsEntry("Who", List.of(RunningSandbox.person(1)))
                .containsEntry("Phone", "13100000000")
                .containsEntry("Group", List.of(GROUP));
        assertThat((BigDecimal) values.get("Size")).isEqualByComparingTo("12.5");
        assertThat(values.get("Made")).isInstanceOf(Instant.class);
        assertThat(read.get("created_time")).isInstanceOf(Instant.class);

        values.keySet().removeAll(List.of("Made", "Maker"));
        feishu.run("bitable/update", table, read);
        assertThat(fields(record(feishu.run("bitable/get", table, ids.get(0))))).containsAllEntriesOf(values);

        Map<String, Object> nothing = new HashMap<>();
        values.keySet().stream().filter(name -> !name.equals("Name")).forEach(name -> nothing.put(name, null));
        feishu.run("bitable/update", table, Map.of("record_id", ids.get(0), "fields", nothing));
        List<Map<String, Object>> found = all(feishu.run(
                "bitable/search",
                table,
                Map.of(
                        "filter",
                        Map.of(
                                "conjunction",
                                "and",
                                "conditions",
                                List.of(Map.of("field_name", "Name", "operator", "is", "value", List.of("Paper")))))));
        assertThat(fields(found.get(0))).containsOnlyKeys("Name", "Made", "Maker");

        feishu.run("bitable/delete", table, ids);
        assertThat(feishu.run("bitable/get", table, ids.get(0))).isNull();
    }

    @Test
    @DisplayName("an upsert compares people, links and places by what they are, and writes them by their type")
    void upsert() {
        Map<String, Object> table = table("Name", 1, "Who", 11, "Site", 15, "Where", 22, "Day", 5, "Size", 2);
        String upsert = "bitable/upsert?key=Name&app=" + app + "&table=" + table.get("CamelFeishuTableId");
        Map<String, Object> row = new HashMap<>(Map.of(
                "Name", "Paper",
                "Who", RunningSandbox.person(1),
                "Site", "https://example.com",
                "Where", "116.3,40.0",
                "Day", "2026-02-03T12:00:00Z",
                "Size", "12.50"));
        assertThat(feishu.run(upsert, Map.of(), row)).isEqualTo(Map.of("created", 1, "updated", 0, "unchanged", 0));
        assertThat(feishu.run(upsert, Map.of(), row)).isEqualTo(Map.of("created", 0, "updated", 0, "unchanged", 1));
        row.put("Who", null);
        assertThat(feishu.run(upsert, Map.of(), row)).isEqualTo(Map.of("created", 0, "updated", 1, "unchanged", 0));
        List<Map<String, Object>> found = all(feishu.run("bitable/search", table, null));
        assertThat(fields(found.get(0))).doesNotContainKey("Who").containsEntry("Name", "Paper");
    }

    @Test
    @DisplayName("an attachment is a file that was uploaded to the Base")
    void attachments() {
        Map<String, Object> table = table("Name", 1, "Files", 17);
        feishu.sandbox()
                .jdbc()
                .update(
                        "insert into sandbox.drive_media (token, name, parent_type, parent_node, size, created_ms)"
                                + " values ('boxcnCallsTest0123456789', 'plan.pdf', 'bitable_file', ?, 12, 0)",
                        app);
        List<?> ids = (List<?>) feishu.run("bitable/create", table, Map.of("Files", "boxcnCallsTest0123456789"));
        assertThat(fields(record(feishu.run("bitable/get", table, ids.get(0)))).get("Files"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(Map.class))
                .singleElement()
                .satisfies(file -> assertThat(file.get("name")).isEqualTo("plan.pdf"));
        assertThatThrownBy(() -> feishu.run("bitable/create", table, Map.of("Files", "boxcnOfAnotherBase123456")))
                .isInstanceOfSatisfying(
                        FeishuRejectedException.class, e -> assertThat(e.code()).isEqualTo(1254303));
    }

    @Test
    @DisplayName("rows go out in batches as they come, and come back page by page in their order")
    void streams() {
        Map<String, Object> table = table("Name", 1, "Number", 2);
        Iterator<Map<String, Object>> rows = IntStream.range(0, 1201)
                .mapToObj(i -> Map.<String, Object>of("Name", "row " + i, "Number", i))
                .iterator();
        List<?> ids = (List<?>) feishu.run("bitable/create", table, rows);
        assertThat(ids).hasSize(1201).doesNotHaveDuplicates();

        List<Map<String, Object>> some = all(feishu.run("bitable/get", table, List.of(ids.get(700), ids.get(3))));
        assertThat(some).extracting(record -> fields(record).get("Name")).containsExactly("row 700", "row 3");

        List<Map<String, Object>> found =
                all(feishu.run("bitable/search", table, Map.of("sort", List.of(Map.of("field_name", "Number")))));
        assertThat(found).extracting(record -> record.get("record_id")).isEqualTo(ids);

        assertThat((List<?>) feishu.run("bitable/delete", table, ids.iterator()))
                .isEqualTo(ids);
        assertThat(all(feishu.run("bitable/search", table, null))).isEmpty();
    }

    @Test
    @DisplayName("a delivery that is tried again makes its records once, though an answer was lost")
    void once() {
        Map<String, Object> table = new HashMap<>(table("Name", 1));
        table.put(FeishuConstants.REFERENCE, "rows-1");
        Object first = feishu.run("bitable/create", table, Map.of("Name", "once"));
        assertThat(feishu.run("bitable/create", table, Map.of("Name", "once"))).isEqualTo(first);
        table.put(FeishuConstants.REFERENCE, "rows-2");
        assertThat(feishu.run("bitable/create", table, Map.of("Name", "once"))).isNotEqualTo(first);
    }

    @Test
    @DisplayName("an unknown field and a value that does not fit are named; a field made later is found")
    void wrongRows() {
        Map<String, Object> table = table("Name", 1, "Size", 2);
        assertThatThrownBy(() -> feishu.run("bitable/create", table, Map.of("Nmae", "x")))
                .hasMessageContaining("Did you mean \"Name\"");
        assertThatThrownBy(() -> feishu.run("bitable/create", table, Map.of("Size", "large")))
                .hasMessageContaining("\"Size\" takes a number");
        feishu.run("bitable/create-field", table, Map.of("field_name", "Late", "type", 1));
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(15))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat((List<?>) feishu.run("bitable/create", table, Map.of("Late", "x")))
                        .hasSize(1));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> record(Object body) {
        return (Map<String, Object>) body;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> fields(Map<String, Object> record) {
        return (Map<String, Object>) record.get("fields");
    }
}
