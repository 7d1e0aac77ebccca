package dev.camelfeishu.component;

import static dev.camelfeishu.component.DeclaredCall.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * Approvals, as one call each. Submitting a row, and approving and rejecting by a click, are programmed in
 * {@link ApprovalOperations}.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/approval-v4/approval-overview">Approvals</a>
 */
final class ApprovalCalls {

    private static final String V4 = "/open-apis/approval/v4";
    private static final String DEFINITION = V4 + "/approvals/:approval_code";
    private static final String INSTANCES = V4 + "/instances";
    private static final String COMMENTS = INSTANCES + "/:instance_id/comments";
    private static final String TASKS = V4 + "/tasks";
    private static final String MESSAGES = "/open-apis/approval/v1/message";
    private static final String TASK_GONE =
            "1390010 when the task is not open any more: read the instance before another try; the call has no key of its own.";
    private static final String ANY_OF =
            "any of `user_id`, `approval_code`, `instance_code`, `instance_external_id`, `group_external_id` (one is required)";
    private static final String MESSAGE =
            "The message: `approval_name`, `content`, `actions`, `i18n_resources`; for template"
                    + " 1008 also `action_callback` and `action_configs`.";
    /** The template of the bot's message that urges somebody. */
    private static final String URGE = "1013";

    static final List<Operation> ALL = List.of(
            call("approval/definition", "Reads an approval definition: its form, nodes and viewers.", "GET", DEFINITION)
                    .optional("locale", "zh-CN, en-US or ja-JP")
                    .optional("with_admin_id", "true: with the ids of its managers")
                    .optional("with_option", "true: with the options of choices from an external source")
                    .optional("user_id", "user_id_type"),
            call(
                            "approval/create-definition",
                            "Makes an approval definition, or overwrites the one that the body names by `approval_code`. What"
                                    + " is made so can be neither disabled nor deleted.",
                            "POST",
                            V4 + "/approvals")
                    .optional("department_id_type", "user_id_type")
                    .json(
                            "The definition: `approval_name`, `viewers`, `form`, `node_list`, `settings`, `i18n_resources`.")
                    .errors(
                            "After a lost answer another call makes another definition: give the `approval_code` to overwrite."),
            call(
                            "approval/preview",
                            "Says who will approve: of a form before it is submitted, or of an instance from a task on.",
                            "POST",
                            INSTANCES + "/preview")
                    .optional("user_id_type")
                    .optionalMember("approval_code", "Approval definition")
                    .optionalMember("instance_code", "Approval instance")
                    .optionalMember("task_id", "Task of the instance")
                    .optionalMember("user_id", "Applicant, or approver of the task")
                    .optionalJson("`{\"approval_code\",\"user_id\",\"department_id\",\"form\"}`, or"
                            + " `{\"instance_code\",\"user_id\",\"task_id\"}`.")
                    .answers("preview_nodes", "A list of the nodes with the ids of their approvers."),
            call("approval/list", "Lists the codes of a definition's instances by their creation.", "GET", INSTANCES)
                    .query("approval_code", "Approval definition")
                    .query("start_time", "Begin of the time range, milliseconds since 1970")
                    .query("end_time", "End of the time range, at most 10 hours after its begin")
                    .paged("instance_code_list", 100),
            call("approval/query", "Searches instances. Results lag behind.", "POST", INSTANCES + "/query")
                    .optional("user_id_type")
                    .optionalMember("approval_code", "Approval definition")
                    .optionalJson("The search: " + ANY_OF + ", `instance_status`, `instance_title`,"
                            + " `instance_start_time_from` and `_to`, at most 30 days apart.")
                    .paged("instance_list", 200),
            call(
                            "approval/cancel",
                            "Withdraws an instance in the name of its applicant.",
                            "POST",
                            INSTANCES + "/cancel")
                    .optional("user_id_type")
                    .member("approval_code", "Approval definition")
                    .member("instance_code", "Approval instance")
                    .member("user_id", "The applicant")
                    .errors("1390009 when the definition or the applicant has made it irrevocable."),
            call("approval/cc", "Tells others of an instance.", "POST", INSTANCES + "/cc")
                    .optional("user_id_type")
                    .member("approval_code", "Approval definition")
                    .member("instance_code", "Approval instance")
                    .member("user_id", "Who tells them")
                    .optionalMember("comment", "A remark")
                    .list("cc_user_ids", "The ids of who is told, a list or one."),
            call("approval/search-cc", "Searches what people were told of.", "POST", INSTANCES + "/search_cc")
                    .optional("user_id_type")
                    .optionalMember("approval_code", "Approval definition")
                    .optionalJson(
                            "The search: " + ANY_OF + ", `cc_title`, `read_status`, `cc_create_time_from` and `_to`.")
                    .paged("cc_list", 200),
            call(
                            "approval/roll-back",
                            "Sends an instance back from a task to nodes that it has passed, or to START.",
                            "POST",
                            INSTANCES + "/specified_rollback")
                    .optional("user_id_type")
                    .member("user_id", "The task's approver")
                    .member("task_id", "Task of the instance")
                    .optionalMember("reason", "Why")
                    .list(
                            "task_def_key_list",
                            "The `node_key`s of the timeline's PASS entries, or START; a list or one.")
                    .errors(TASK_GONE),
            call("approval/add-sign", "Adds signers before, after or beside a task.", "POST", INSTANCES + "/add_sign")
                    .member("approval_code", "Approval definition")
                    .member("instance_code", "Approval instance")
                    .member("user_id", "The task's approver, a user_id")
                    .member("task_id", "Task of the instance")
                    .json(
                            "`{\"add_sign_user_ids\",\"add_sign_type\",\"approval_method\",\"comment\"}`: type 1 before, 2 after,"
                                    + " 3 beside; method 1 one of them, 2 all. User_ids only.")
                    .errors(TASK_GONE),
            call("approval/approve-task", "Approves a task in the name of its approver.", "POST", TASKS + "/approve")
                    .optional("user_id_type")
                    .member("approval_code", "Approval definition")
                    .member("instance_code", "Approval instance")
                    .member("user_id", "The task's approver")
                    .member("task_id", "Task of the instance")
                    .optionalMember("comment", "A remark")
                    .errors(TASK_GONE),
            call("approval/reject-task", "Rejects a task in the name of its approver.", "POST", TASKS + "/reject")
                    .optional("user_id_type")
                    .member("approval_code", "Approval definition")
                    .member("instance_code", "Approval instance")
                    .member("user_id", "The task's approver")
                    .member("task_id", "Task of the instance")
                    .optionalMember("comment", "A remark")
                    .errors(TASK_GONE),
            call("approval/transfer", "Gives a task to somebody else.", "POST", TASKS + "/transfer")
                    .optional("user_id_type")
                    .member("approval_code", "Approval definition")
                    .member("instance_code", "Approval instance")
                    .member("user_id", "The task's approver")
                    .member("task_id", "Task of the instance")
                    .member("transfer_user_id", "Who gets it")
                    .optionalMember("comment", "A remark")
                    .errors(TASK_GONE),
            call(
                            "approval/resubmit",
                            "Sends an instance again that was rolled back to its applicant.",
                            "POST",
                            TASKS + "/resubmit")
                    .optional("user_id_type")
                    .member("approval_code", "Approval definition")
                    .member("instance_code", "Approval instance")
                    .member("user_id", "The applicant")
                    .member("task_id", "The applicant's task")
                    .json("`{\"form\":\"[…]\",\"comment\":\"{\\\"text\\\":…}\"}`, both JSON in a string.")
                    .errors(TASK_GONE),
            call(
                            "approval/tasks",
                            "Searches tasks. With `order` 1 the last changed come last: the way to read changes by polling.",
                            "POST",
                            TASKS + "/search")
                    .optional("user_id_type")
                    .optionalMember("approval_code", "Approval definition")
                    .optionalJson("The search: " + ANY_OF + ", `task_status_list`, `task_title`, `order`,"
                            + " `task_start_time_from` and `_to`, at most 30 days apart.")
                    .paged("task_list", 200),
            call(
                            "approval/tasks-of",
                            "Lists what a person has to do, has done, has begun or was told.",
                            "GET",
                            TASKS + "/query")
                    .query("user_id", "The person")
                    .query("topic", "1 to do, 2 done, 3 begun, 17 told and unread, 18 told and read")
                    .optional("user_id_type")
                    .paged("tasks", 200),
            call("approval/comment", "Writes a comment, an answer to one, or a comment anew.", "POST", COMMENTS)
                    .query("user_id", "Its author")
                    .optional("user_id_type")
                    .optionalMember("parent_comment_id", "The comment it answers")
                    .optionalMember("comment_id", "The comment it replaces")
                    .shaped(
                            "Text; or the body as documented: `content` (a map, or JSON in a string), `at_info_list`.",
                            ApprovalCalls::comment)
                    .answers("comment_id", "The comment's id, JSON text."),
            call("approval/comments", "Lists comments with their answers.", "GET", COMMENTS)
                    .query("user_id", "Whoever asks")
                    .optional("user_id_type")
                    .usually("page_size", "1000", "How many comments")
                    .optional("page_token", "Where to go on")
                    .answers("comments", "A list, deleted ones with `is_delete` 1."),
            call("approval/delete-comment", "Deletes a comment.", "DELETE", COMMENTS + "/:comment_id")
                    .query("user_id", "Its author")
                    .optional("user_id_type"),
            call("approval/clear-comments", "Deletes all comments of an instance.", "POST", COMMENTS + "/remove")
                    .query("user_id", "Whoever asks")
                    .optional("user_id_type"),
            call("approval/message", "Sends a message of the approval bot.", "POST", MESSAGES + "/send")
                    .member("template_id", "Template, such as 1008 for something to do")
                    .optionalMember("open_id", "Receiver")
                    .optionalMember("user_id", "Receiver, by user_id")
                    .optionalMember(
                            "uuid", "Key of the message: one within an hour; made from the delivery when not given")
                    .shaped(MESSAGE, (exchange, options, platform, members) -> message(exchange, members))
                    .answers("message_id", "The message's id, JSON text; success does not say that it is shown."),
            call(
                            "approval/remind",
                            "Urges an approver, by a message of the approval bot. The platform's own urging takes the token"
                                    + " of the applicant only.",
                            "POST",
                            MESSAGES + "/send")
                    .optionalMember("open_id", "Receiver")
                    .optionalMember("user_id", "Receiver, by user_id")
                    .optionalMember(
                            "uuid", "Key of the message: one within an hour; made from the delivery when not given")
                    .shaped(
                            MESSAGE,
                            (exchange, options, platform, members) ->
                                    message(exchange, members.put("template_id", URGE)))
                    .answers("message_id", "The message's id, JSON text; success does not say that it is shown."),
            call(
                            "approval/update-message",
                            "Changes the state that a message of template 1008 shows, for 30 days.",
                            "POST",
                            MESSAGES + "/update")
                    .member("message_id", "The bot's message")
                    .member(
                            "status",
                            "APPROVED, REJECTED, CANCELLED, FORWARDED, ROLLBACK, ADD, DELETED, PROCESSED or CUSTOM")
                    .optionalJson("More of it: `status_name`, `detail_action_name`, `i18n_resources`."),
            call(
                            "approval/upload",
                            "Uploads a file for a form: an attachment of at most 50 MB, an image of at most 10 MB.",
                            "POST",
                            "/approval/openapi/v2/file/upload")
                    .part("name", "File name with its extension")
                    .part("type", "attachment or image")
                    .upload("content", "The file: a stream, a file or bytes.")
                    .answers("code", "The code that the form's widget takes, JSON text."),
            call(
                            "approval/create-external-definition",
                            "Makes or changes the definition of an approval whose flow runs elsewhere.",
                            "POST",
                            V4 + "/external_approvals")
                    .optional("department_id_type", "user_id_type")
                    .json(
                            "The definition: `approval_name`, `approval_code` (one's own), `group_code`, `external`, `viewers`,"
                                    + " `i18n_resources`.")
                    .answers("approval_code", "The definition's code, JSON text."),
            call(
                            "approval/external-definition",
                            "Reads the definition of an approval whose flow runs elsewhere.",
                            "GET",
                            V4 + "/external_approvals/:approval_code")
                    .optional("user_id_type"),
            call(
                            "approval/push-external-instance",
                            "Says what an instance of an approval whose flow runs elsewhere is now. The same push again has"
                                    + " the same effect.",
                            "POST",
                            V4 + "/external_instances")
                    .json(
                            "The instance: `approval_code`, `instance_id`, `status`, `links`, `start_time`, `update_time`,"
                                    + " `task_list`, `cc_list`, `update_mode` (`REPLACE` or `UPDATE`), `i18n_resources`.")
                    .answers("data", "The instance as it is kept.")
                    .errors("1390014 when the same instance is pushed too often."),
            call(
                            "approval/check-external-instances",
                            "Says which instances the platform does not have, or has in an older state.",
                            "POST",
                            V4 + "/external_instances/check")
                    .list(
                            "instances",
                            "A list of `{\"instance_id\",\"update_time\",\"tasks\":[{\"task_id\",\"update_time\"}]}`.")
                    .answers("diff_instances", "Those to be pushed, a list."),
            call(
                            "approval/external-tasks",
                            "Lists what the platform has of approvals whose flow runs elsewhere: instances with their tasks.",
                            "GET",
                            V4 + "/external_tasks")
                    .optionalJson(
                            "What to list: `approval_codes` and `instance_ids`, at most 20 each, `user_ids`, `status`.")
                    .paged("data", 500));

    private ApprovalCalls() {}

    /** The content of a comment is JSON in a string. */
    private static JsonNode comment(
            Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, ObjectNode members) {
        Object body = exchange.getMessage().getBody();
        ObjectNode comment;
        if (body instanceof Map<?, ?> || body instanceof ObjectNode) {
            comment = FeishuConverters.toJson(body).deepCopy();
        } else {
            String text = exchange.getMessage().getBody(String.class);
            if (text == null || text.isBlank()) {
                throw new IllegalArgumentException("feishu:approval/comment has no text: set the body");
            }
            comment = FeishuConverters.JSON.createObjectNode();
            comment.putObject("content").put("text", text);
        }
        if (comment.path("content").isObject()) {
            comment.put("content", comment.path("content").toString());
        }
        return comment.setAll(members);
    }

    private static JsonNode message(Exchange exchange, ObjectNode members) {
        JsonNode given = RequestBody.json(exchange, exchange.getMessage().getBody());
        if (!given.isNull() && !given.isObject()) {
            throw new IllegalArgumentException("The body is not a JSON object. It must be: " + MESSAGE);
        }
        ObjectNode message = given.isNull() ? FeishuConverters.JSON.createObjectNode() : (ObjectNode) given.deepCopy();
        message.setAll(members);
        if (!message.hasNonNull("uuid")) {
            message.put("uuid", DeliveryKey.of(exchange, "approval/message", message.toString()));
        }
        return message;
    }
}
