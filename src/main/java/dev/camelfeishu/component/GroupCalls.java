package dev.camelfeishu.component;

import static dev.camelfeishu.component.DeclaredCall.call;

import java.util.List;

/**
 * Groups and who is in them.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/group/chat/intro">Groups</a>
 */
final class GroupCalls {

    private static final String CHATS = "/open-apis/im/v1/chats";
    private static final String CHAT = CHATS + "/:chat_id";
    private static final String ID_TYPE = "member_id_type";
    private static final String KINDS = "Kind of the ids: open_id (default), union_id, user_id, or app_id for bots";

    static final List<Operation> ALL = List.of(
            call(
                            "group/create",
                            "Creates a group with the bot in it; without an owner_id the bot owns it.",
                            "POST",
                            CHATS)
                    .optional("user_id_type")
                    .optional("set_bot_manager", "true: the bot becomes a manager of a group that somebody else owns")
                    .oncePerDelivery("uuid")
                    .json(
                            "The group: `name`, `description`, `owner_id`, `user_id_list` (at most 50), `bot_id_list` (at most"
                                    + " 5), `chat_type`, settings."),
            call("group/get", "Reads a group.", "GET", CHAT).optional("user_id_type"),
            call("group/update", "Changes name, description, owner or settings of a group.", "PUT", CHAT)
                    .optional("user_id_type")
                    .json("What changes: `name`, `description`, `owner_id`, settings."),
            call(
                    "group/disband",
                    "Ends a group, as its owner or as its creator with the scope im:chat:operate_as_owner.",
                    "DELETE",
                    CHAT),
            call("group/list", "Lists the groups the bot is in.", "GET", CHATS)
                    .optional("user_id_type")
                    .optional("sort_type", "ByCreateTimeAsc (default) or ByActiveTimeDesc")
                    .paged("items", 100),
            call(
                            "group/search",
                            "Finds groups by name: those the bot is in, and public ones.",
                            "GET",
                            CHATS + "/search")
                    .query("query", "Words of the name")
                    .optional("user_id_type")
                    .paged("items", 100),
            call("group/members", "Lists the people in a group; bots are not listed.", "GET", CHAT + "/members")
                    .optional(ID_TYPE, "Kind of the ids: open_id (default), union_id or user_id")
                    .paged("items", 100),
            call("group/add-members", "Adds at most 50 people, or 5 bots, to a group.", "POST", CHAT + "/members")
                    .optional(ID_TYPE, KINDS)
                    .optional(
                            "succeed_type",
                            "0 (default): an unknown id fails the call; 1: what can be added is, the rest is answered; 2: any"
                                    + " unusable id fails the call")
                    .list("id_list", "A list of ids, or one."),
            call("group/remove-members", "Takes people or bots out of a group.", "DELETE", CHAT + "/members")
                    .optional(ID_TYPE, KINDS)
                    .list("id_list", "A list of ids, or one.")
                    .answers("invalid_id_list", "The ids that were not in it."),
            call(
                            "group/is-member",
                            "Says whether the bot, or the person who calls, is in a group.",
                            "GET",
                            CHAT + "/members/is_in_chat")
                    .answers("is_in_chat", "true or false, a JSON tree."),
            call("group/join", "Brings the bot into a public group.", "PATCH", CHAT + "/members/me_join"),
            call(
                            "group/add-managers",
                            "Makes people or bots managers of a group, as its owner.",
                            "POST",
                            CHAT + "/managers/add_managers")
                    .optional(ID_TYPE, KINDS)
                    .list("manager_ids", "A list of ids, or one."),
            call(
                            "group/remove-managers",
                            "Makes managers of a group ordinary members, as its owner.",
                            "POST",
                            CHAT + "/managers/delete_managers")
                    .optional(ID_TYPE, KINDS)
                    .list("manager_ids", "A list of ids, or one."),
            call(
                            "group/announcement",
                            "Reads the announcement of a group, a document of the old kind.",
                            "GET",
                            CHAT + "/announcement")
                    .optional("user_id_type"),
            call("group/update-announcement", "Changes the announcement of a group.", "PATCH", CHAT + "/announcement")
                    .json(
                            "`revision`, as group/announcement answers it, and `requests`: changes of the document, each the text"
                                    + " of a JSON object."),
            call(
                            "group/moderation",
                            "Lists who may speak in a group where not everybody may.",
                            "GET",
                            CHAT + "/moderation")
                    .optional("user_id_type")
                    .paged("items", 100),
            call("group/moderate", "Says who may speak in a group.", "PUT", CHAT + "/moderation")
                    .optional("user_id_type")
                    .json(
                            "`moderation_setting` (`all_members`, `only_owner` or `moderator_list`), `moderator_added_list`,"
                                    + " `moderator_removed_list`."));

    private GroupCalls() {}
}
