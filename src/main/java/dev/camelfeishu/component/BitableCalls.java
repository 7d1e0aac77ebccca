package dev.camelfeishu.component;

import static dev.camelfeishu.component.DeclaredCall.call;
import static dev.camelfeishu.component.ProgrammedOperation.operation;

import java.util.List;

/**
 * Bitable: Bases, tables, fields, views, roles, forms and the rest as one call each, and records by {@link BitableRecords}.
 * Upserting rows is programmed in {@link BitableUpsert}.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/docs/bitable-v1/bitable-overview">Bitable</a>
 */
final class BitableCalls {

    private static final String APPS = "/open-apis/bitable/v1/apps";
    private static final String APP = APPS + "/:app_token";
    private static final String TABLES = APP + "/tables";
    private static final String TABLE = TABLES + "/:table_id";
    private static final String FIELDS = TABLE + "/fields";
    private static final String RECORDS = TABLE + "/records";
    private static final String VIEWS = TABLE + "/views";
    private static final String FORM = TABLE + "/forms/:form_id";
    private static final String ROLES = APP + "/roles";
    private static final String MEMBERS = ROLES + "/:role_id/members";

    private static final String ADVANCED = "1254301 while the advanced permissions of the Base are off.";
    static final String VALUES = "Values by type of the field: text; a number; a date or time (`Instant` when read,"
            + " milliseconds or ISO 8601 too when written); true or false; for people and groups a list of ids; for links a list"
            + " of record_ids; for a URL a map `text`, `link`; for attachments a list of maps with `file_token`; for a location"
            + " \"longitude,latitude\" or a map with it as `location`; formulas and look-ups are read only, as lists. Null clears"
            + " a cell; an empty cell is missing when read.";
    private static final String RECORD =
            "`{\"record_id\",\"fields\":{name: value}}`, with `created_time`, `created_by`,"
                    + " `last_modified_time`, `last_modified_by` where they were asked for.";
    private static final String ROW_ERRORS =
            "An unknown field, a value that does not fit its type (named). A batch is written"
                    + " whole or not at all; when one is refused, those before it are written.";

    static final List<Operation> ALL = List.of(
            call("bitable/create-app", "Makes a Base. Its table has blank rows.", "POST", APPS)
                    .optionalJson("`{\"name\",\"folder_token\",\"time_zone\"}`.")
                    .answers("app", "The Base: `app_token`, `default_table_id`, `url`.")
                    .errors("After a lost answer another call makes another Base."),
            call(
                            "bitable/copy-app",
                            "Copies a Base. The copy takes its time: 1254036 until it is there.",
                            "POST",
                            APP + "/copy")
                    .optionalJson("`{\"name\",\"folder_token\",\"without_content\",\"time_zone\"}`.")
                    .answers("app", "The copy: `app_token`, `default_table_id`, `url`."),
            call("bitable/app", "Reads a Base.", "GET", APP)
                    .answers("app", "The Base: `name`, `revision`, `is_advanced`."),
            call("bitable/update-app", "Renames a Base or switches its advanced permissions.", "PUT", APP)
                    .optionalMember("name", "Its new name")
                    .optionalMember("is_advanced", "true or false")
                    .optionalJson("`{\"name\",\"is_advanced\"}`.")
                    .answers("app", "The Base as it is now."),
            call("bitable/tables", "Lists the tables of a Base.", "GET", TABLES).paged("items", 100),
            call("bitable/create-table", "Makes a table.", "POST", TABLES)
                    .json("`{\"table\":{\"name\",\"default_view_name\",\"fields\":[{\"field_name\",\"type\"}]}}`.")
                    .errors("1254013 when there is one of that name."),
            call(
                            "bitable/create-tables",
                            "Makes tables that have their primary field only.",
                            "POST",
                            TABLES + "/batch_create")
                    .list("tables", "A list of `{\"name\"}`.")
                    .answers("table_ids", "The ids of the tables, a list."),
            call("bitable/rename-table", "Renames a table.", "PATCH", TABLE).member("name", "Its new name"),
            call("bitable/delete-table", "Deletes a table with its records.", "DELETE", TABLE)
                    .errors("1254034 for the last table."),
            call("bitable/delete-tables", "Deletes tables with their records.", "POST", TABLES + "/batch_delete")
                    .items("table_ids", 50, "A list of table ids."),
            call("bitable/fields", "Lists the fields of a table.", "GET", FIELDS)
                    .optional("view_id")
                    .optional("text_field_as_array", "true: descriptions in segments")
                    .paged("items", 100),
            call("bitable/create-field", "Makes a field.", "POST", FIELDS)
                    .once("client_token")
                    .json("The field: `field_name`, `type`, `property`.")
                    .answers("field", "The field."),
            call(
                            "bitable/update-field",
                            "Changes a field; its property is replaced as a whole.",
                            "PUT",
                            FIELDS + "/:field_id")
                    .json("The field: `field_name`, `type`, `property`.")
                    .answers("field", "The field.")
                    .errors("1254606 when nothing changes."),
            call("bitable/delete-field", "Deletes a field with its cells.", "DELETE", FIELDS + "/:field_id"),
            call("bitable/views", "Lists the views of a table.", "GET", VIEWS)
                    .optional("user_id_type")
                    .paged("items", 100),
            call("bitable/view", "Reads a view with its filter and hidden fields.", "GET", VIEWS + "/:view_id")
                    .answers("view", "The view."),
            call("bitable/create-view", "Makes a view.", "POST", VIEWS)
                    .member("view_name", "Its name")
                    .optionalMember("view_type", "grid (default), kanban, gallery, gantt or form")
                    .answers("view", "The view."),
            call("bitable/update-view", "Renames a view, or changes what it shows.", "PATCH", VIEWS + "/:view_id")
                    .optionalMember("view_name", "Its new name")
                    .optionalJson(
                            "`{\"view_name\",\"property\":{\"filter_info\",\"hidden_fields\",\"hierarchy_config\"}}`.")
                    .answers("view", "The view as it is now."),
            call("bitable/delete-view", "Deletes a view.", "DELETE", VIEWS + "/:view_id"),
            call("bitable/roles", "Lists the roles of a Base.", "GET", ROLES)
                    .paged("items", 30)
                    .errors(ADVANCED),
            call("bitable/create-role", "Makes a role.", "POST", ROLES)
                    .json("The role: `role_name`, `table_roles`, `block_roles`.")
                    .answers("role", "The role with its `role_id`.")
                    .errors(ADVANCED),
            call(
                            "bitable/update-role",
                            "Changes a role; its rules are replaced as a whole.",
                            "PUT",
                            ROLES + "/:role_id")
                    .json("The role: `role_name`, `table_roles`, `block_roles`.")
                    .answers("role", "The role as it is now.")
                    .errors(ADVANCED),
            call("bitable/delete-role", "Deletes a role.", "DELETE", ROLES + "/:role_id")
                    .errors(ADVANCED),
            call("bitable/role-members", "Lists the members of a role.", "GET", MEMBERS)
                    .paged("items", 100)
                    .errors(ADVANCED),
            call("bitable/add-role-member", "Gives a role to a person, a group or a department.", "POST", MEMBERS)
                    .optional(
                            "member_id_type",
                            "Kind of member_id: open_id (default), union_id, user_id, chat_id, department_id"
                                    + " or open_department_id")
                    .member("member_id", "Who gets it")
                    .errors(ADVANCED),
            call("bitable/remove-role-member", "Takes a role away.", "DELETE", MEMBERS + "/:member_id")
                    .optional("member_id_type", "Kind of member_id, as of add-role-member")
                    .errors(ADVANCED),
            call("bitable/add-role-members", "Gives a role to many.", "POST", MEMBERS + "/batch_create")
                    .items("member_list", 100, "A list of `{\"type\",\"id\"}`.")
                    .errors(ADVANCED),
            call("bitable/remove-role-members", "Takes a role away from many.", "POST", MEMBERS + "/batch_delete")
                    .items("member_list", 100, "A list of `{\"type\",\"id\"}`.")
                    .errors(ADVANCED),
            call("bitable/form", "Reads a form: its name and how it is shared.", "GET", FORM)
                    .answers("form", "The form."),
            call("bitable/update-form", "Changes a form's name, or how it is shared.", "PATCH", FORM)
                    .json("`{\"name\",\"description\",\"shared\",\"shared_limit\",\"submit_limit_once\"}`.")
                    .answers("form", "The form as it is now."),
            call("bitable/form-fields", "Lists the questions of a form.", "GET", FORM + "/fields")
                    .paged("items", 100),
            call(
                            "bitable/update-form-field",
                            "Changes or moves a question of a form.",
                            "PATCH",
                            FORM + "/fields/:field_id")
                    .json("`{\"title\",\"description\",\"required\",\"visible\",\"pre_field_id\"}`.")
                    .answers("field", "The question as it is now."),
            call("bitable/dashboards", "Lists the dashboards of a Base.", "GET", APP + "/dashboards")
                    .paged("dashboards", 100),
            call("bitable/copy-dashboard", "Copies a dashboard.", "POST", APP + "/dashboards/:block_id/copy")
                    .member("name", "Name of the copy"),
            call("bitable/workflows", "Lists the automations of a Base.", "GET", APP + "/workflows")
                    .answers("workflows", "A list of `workflow_id`, `title`, `status`."),
            call("bitable/update-workflow", "Switches an automation on or off.", "PUT", APP + "/workflows/:workflow_id")
                    .member("status", "Enable or Disable"),
            records(
                            "bitable/create",
                            "Makes records, 500 in a call. The same delivery tried again makes none twice, as long as"
                                    + " the platform remembers the key of its call.")
                    .calls("GET", FIELDS)
                    .calls("POST", RECORDS + "/batch_create")
                    .takes(BitableRecords.HURRY)
                    .body(
                            "A row, a list or an iterator of rows: maps, field name to value. " + VALUES,
                            "The record_ids, a list in the order of the rows.")
                    .errors(ROW_ERRORS
                            + " 1255006 or 1254608: the records may be there already; look before another try.")
                    .runsOneEach(() -> new BitableRecords()::create),
            records("bitable/update", "Changes the cells that are named, 500 records in a call.")
                    .calls("GET", FIELDS)
                    .calls("POST", RECORDS + "/batch_update")
                    .takes(BitableRecords.HURRY)
                    .body(
                            "One, a list or an iterator of `{\"record_id\",\"fields\":{name: value}}`. " + VALUES,
                            "The record_ids, a list in their order.")
                    .errors(ROW_ERRORS)
                    .runsOneEach(() -> new BitableRecords()::update),
            records("bitable/delete", "Deletes records, 500 in a call.")
                    .calls("POST", RECORDS + "/batch_delete")
                    .takes(BitableRecords.HURRY)
                    .body(
                            "A record_id, a list or an iterator of them, or of maps with `record_id`.",
                            "The record_ids, a list in their order.")
                    .errors("1254043 when one of them does not exist: then none of its batch is deleted.")
                    .runsOneEach(() -> new BitableRecords()::delete),
            records("bitable/get", "Reads records by their ids, 100 in a call.")
                    .calls("GET", FIELDS)
                    .calls("POST", RECORDS + "/batch_get")
                    .body(
                            "A record_id, a list or an iterator of them.",
                            "Of one record_id its record, or null; of several an iterator over those that exist, in order: "
                                    + RECORD + " " + VALUES)
                    .runsOneEach(() -> new BitableRecords()::get),
            records("bitable/search", "Searches records; all pages, which are read while they are asked for.")
                    .calls("GET", FIELDS)
                    .calls("POST", RECORDS + "/search")
                    .reads("pageSize")
                    .body(
                            "None, or the search: `filter`, `sort`, `field_names`, `view_id`, `automatic_fields`.",
                            "An iterator over the records, for `split` with `streaming`: " + RECORD + " " + VALUES)
                    .errors("1254018 for a filter that the field's type does not allow.")
                    .runsOneEach(() -> new BitableRecords()::search));

    private BitableCalls() {}

    private static ProgrammedOperation.Page records(String name, String description) {
        ProgrammedOperation.Page page = operation(name, description);
        BitableRecords.PARAMETERS.forEach(page::takes);
        return page.callsAsAsked();
    }
}
