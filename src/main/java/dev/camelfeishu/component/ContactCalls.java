package dev.camelfeishu.component;

import static dev.camelfeishu.component.DeclaredCall.call;

import java.util.List;

/**
 * The directory: people, departments, user groups. Which fields come back depends on the app's scopes; one that is missing
 * is silently absent.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/contact-v3/resources">Contacts</a>
 */
final class ContactCalls {

    private static final String V3 = "/open-apis/contact/v3/";
    private static final String USERS = V3 + "users";
    private static final String DEPARTMENTS = V3 + "departments";
    private static final String GROUP = V3 + "group";
    private static final String[] ID_TYPES = {"user_id_type", "department_id_type"};

    static final List<Operation> ALL = List.of(
            call("contact/user", "Reads a person.", "GET", USERS + "/:user_id")
                    .optional(ID_TYPES)
                    .answers("user", "The person."),
            call("contact/users-batch", "Reads people by their ids.", "GET", USERS + "/batch")
                    .repeated("user_ids", "The people, at most 50: a list, or ids with commas between them")
                    .optional(ID_TYPES)
                    .answers("items", "The people that were found, a list."),
            call("contact/users", "Lists the people directly in a department.", "GET", USERS + "/find_by_department")
                    .query("department_id", "The department; 0 is the root")
                    .optional(ID_TYPES)
                    .paged("items", 50),
            call(
                            "contact/ids",
                            "Finds the ids of people by e-mail address or mobile number.",
                            "POST",
                            USERS + "/batch_get_id")
                    .optional("user_id_type")
                    .json("`emails` and `mobiles`, lists of at most 50 each.")
                    .answers("user_list", "A list: `email` or `mobile`, with `user_id` where somebody was found."),
            call("contact/scopes", "Reads which departments, people and groups the app may see.", "GET", V3 + "scopes")
                    .optional(ID_TYPES)
                    .optional("page_size", "At most 100")
                    .optional("page_token", "Of the page before"),
            call("contact/me", "Reads the person in whose name is called.", "GET", "/open-apis/authen/v1/user_info"),
            call("contact/department", "Reads a department.", "GET", DEPARTMENTS + "/:department_id")
                    .optional(ID_TYPES)
                    .answers("department", "The department."),
            call("contact/departments-batch", "Reads departments by their ids.", "GET", DEPARTMENTS + "/batch")
                    .repeated("department_ids", "The departments, at most 50: a list, or ids with commas between them")
                    .optional(ID_TYPES)
                    .answers("items", "The departments that were found, a list."),
            call(
                            "contact/departments",
                            "Lists the departments below one.",
                            "GET",
                            DEPARTMENTS + "/:department_id/children")
                    .optional(ID_TYPES)
                    .optional("fetch_child", "true: at every depth")
                    .paged("items", 50),
            call(
                            "contact/parents",
                            "Lists the departments above one, from the nearest up.",
                            "GET",
                            DEPARTMENTS + "/parent")
                    .query("department_id", "The department")
                    .optional(ID_TYPES)
                    .paged("items", 50),
            call(
                            "contact/search-departments",
                            "Finds departments by name, as a person sees them.",
                            "POST",
                            DEPARTMENTS + "/search")
                    .optional(ID_TYPES)
                    .member("query", "Words of the name")
                    .paged("items", 50),
            call("contact/groups", "Lists the user groups.", "GET", GROUP + "/simplelist")
                    .optional("type", "1 (default): ordinary groups; 2: dynamic ones")
                    .paged("grouplist", 100),
            call("contact/group", "Reads a user group.", "GET", GROUP + "/:group_id")
                    .answers("group", "The group."),
            call("contact/create-group", "Creates a user group.", "POST", GROUP)
                    .json("`name`, `description`, `type` (1), `group_id` of one's own.")
                    .answers("group_id", "The group's id."),
            call("contact/update-group", "Changes name or description of a user group.", "PATCH", GROUP + "/:group_id")
                    .json("`name`, `description`."),
            call("contact/delete-group", "Deletes a user group without members.", "DELETE", GROUP + "/:group_id"),
            call(
                            "contact/group-members",
                            "Lists the members of a user group.",
                            "GET",
                            GROUP + "/:group_id/member/simplelist")
                    .usually("member_type", "user", "user")
                    .optional("member_id_type", "Kind of the ids: open_id (default), union_id or user_id")
                    .paged("memberlist", 100),
            call("contact/groups-of", "Lists the user groups a person is in.", "GET", GROUP + "/member_belong")
                    .query("member_id", "The person")
                    .optional("member_id_type", "Kind of the id: open_id (default), union_id or user_id")
                    .paged("group_list", 1000),
            call("contact/join-group", "Adds people to a user group.", "POST", GROUP + "/:group_id/member/batch_add")
                    .items(
                            "members",
                            100,
                            "A list of members, each `{\"member_id\",\"member_type\":\"user\",\"member_id_type\"}`.")
                    .answers("results", "A list: `member_id` and its `code`, 0 when it was added."),
            call(
                            "contact/leave-group",
                            "Takes a person out of a user group.",
                            "POST",
                            GROUP + "/:group_id/member/remove")
                    .json("`member_id`, `member_type` (`user`), `member_id_type`."));

    private ContactCalls() {}
}
