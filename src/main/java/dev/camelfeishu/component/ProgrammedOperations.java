package dev.camelfeishu.component;

import static dev.camelfeishu.component.FeishuConstants.CHAT_ID;
import static dev.camelfeishu.component.FeishuConstants.EVENT_ID;
import static dev.camelfeishu.component.FeishuConstants.MESSAGE_ID;
import static dev.camelfeishu.component.FeishuConstants.OPERATOR_ID;
import static dev.camelfeishu.component.FeishuConstants.RECEIVE_ID;
import static dev.camelfeishu.component.FeishuConstants.REPLAY;
import static dev.camelfeishu.component.FeishuConstants.SENT_MESSAGE_ID;
import static dev.camelfeishu.component.ProgrammedOperation.operation;

import java.util.List;
import org.apache.camel.Exchange;

/** The operations that are more than one call, with what their pages say. */
final class ProgrammedOperations {

    private static final String MESSAGES = "/open-apis/im/v1/messages";
    private static final String INSTANCE = "/open-apis/approval/v4/instances/:instance_id";
    private static final String DEFINITION = "/open-apis/approval/v4/approvals/:approval_code";
    private static final String TABLES = "/open-apis/bitable/v1/apps/:app_token/tables";
    private static final String FIELDS = TABLES + "/:table_id/fields";
    private static final String RECORDS = TABLES + "/:table_id/records";

    private static final String VALUES =
            "The values that `card` or `text` are filled from (with the exchange's variables and `reference`). Without both"
                    + " options the body itself, in the shape of `type`: a text; Markdown, which becomes a post; an `image_key`"
                    + " or `file_key`; a `chat_id` or `open_id` to share; a card, `{\"template_id\",\"template_variable\"}` or"
                    + " `{\"card_id\"}`; or the content as the platform documents it.";
    private static final String ROW_KEY = "As `dead-letter`, for the key.";
    private static final String CLICK =
            "A click (of `feishu:card/action`) whose `value` has `instance_code` and `task_id`.";
    private static final String DECIDED =
            "The instance as `approval/get` answers it, with `outcome` (`done`, `already-decided` or `not-yours`), `result`"
                    + " (`APPROVED` or `REJECTED`), `decided_by` (open_id) and `decided_at`.";
    private static final String DECISION_ERRORS =
            "Malformed ids. A task of another definition, or of another person, is no error: its outcome is `not-yours`.";
    private static final String CARD_ERRORS =
            "An unknown card or text. A card that is not valid is not sent: its text is, the path of its fault is logged and"
                    + " in the header `CamelFeishuCardFault`.";

    static final List<Operation> ALL = List.of(
            operation(
                            "message/send",
                            "Sends a message. Its uuid follows from the delivery's reference, the receiver and the"
                                    + " content, so a delivery that is tried again within an hour sends nothing twice.")
                    .calls("POST", MESSAGES)
                    .reads("card", "text", "type", "receiveId", "receiveIdType")
                    .callsAsAsked()
                    .readsHeaders(RECEIVE_ID, CHAT_ID)
                    .setsHeaders(SENT_MESSAGE_ID)
                    .body(VALUES, "Unchanged.")
                    .errors("No receiver. " + CARD_ERRORS)
                    .runs(MessageOperations::send),
            operation(
                            "message/reply",
                            "Replies to the message in CamelFeishuMessageId, once per message and replay, whatever the"
                                    + " reply says.")
                    .calls("POST", MESSAGES + "/:message_id/reply")
                    .reads("card", "text", "type")
                    .takes(MessageOperations.IN_THREAD)
                    .callsAsAsked()
                    .readsHeaders(MESSAGE_ID, CHAT_ID, REPLAY)
                    .setsHeaders(SENT_MESSAGE_ID)
                    .body(VALUES, "Unchanged.")
                    .errors("No message to reply to. " + CARD_ERRORS)
                    .runs(MessageOperations::reply),
            operation("message/edit", "Replaces what a text or a post of this app says, up to 20 times.")
                    .calls("PUT", MESSAGES + "/:message_id")
                    .reads("text", "type")
                    .callsAsAsked()
                    .readsHeaders(MESSAGE_ID)
                    .body(VALUES, "Unchanged.")
                    .errors("No message; a content that is neither a text nor a post.")
                    .runs(MessageOperations::edit),
            operation(
                            "custom-bot/send",
                            "Sends as a custom bot: by the webhook of one group, signed where the bot has a secret. The bot"
                                    + " stands in feishu.custom-bots, since its webhook is a secret.")
                    .calls("POST", "/open-apis/bot/v2/hook/:token")
                    .reads("bot", "card", "text", "type", "deadline", "priority")
                    .body(VALUES + " Only text, post, image, share_chat and cards; at most 20 KB.", "Unchanged.")
                    .errors("No such bot; none of its keywords in the message. " + CARD_ERRORS)
                    .runs(CustomBotOperations::send),
            operation("card/update", "Replaces the card of a message that this app has sent.")
                    .calls("PATCH", MESSAGES + "/:message_id")
                    .needs("card")
                    .callsAsAsked()
                    .readsHeaders(MESSAGE_ID)
                    .body("The values that the card is filled from.", "Unchanged.")
                    .errors("No message. " + CARD_ERRORS)
                    .runs(MessageOperations::updateCard),
            operation(
                            "card/answer",
                            "Makes the answer of a click, in a route that begins with feishu:card/action. Calls nothing.")
                    .reads("toast", "toastType", "card")
                    .body(
                            "The values that the toast and the card are filled from.",
                            "`{\"toast\":{\"type\",\"content\"},\"card\":{\"type\":\"raw\",\"data\":{…}}}`, each where its"
                                    + " option is given.")
                    .errors(CARD_ERRORS)
                    .runs(MessageOperations::answerClick),
            operation(
                            "approval/submit",
                            "Creates an approval instance, once for each request: the same request id always gives the"
                                    + " same instance.")
                    .calls("GET", DEFINITION)
                    .calls("POST", "/open-apis/approval/v4/instances")
                    .needs("code", "key")
                    .reads("applicant")
                    .body(
                            "A row. The column `applicant_open_id` (or what `applicant` says) is the applicant; every"
                                    + " other column, the key too, fills the widget with that `custom_id` or id. Null or"
                                    + " blank leaves its widget out.",
                            "The instance code, text.")
                    .errors(
                            "A column without a widget, a required widget without a value, a value that does not fit"
                                    + " (named). What was refused is not sent again for ten minutes, unless the row has changed.")
                    .runs(ApprovalOperations::submit),
            operation(
                            "approval/create",
                            "Creates an approval instance. Its uuid, when none is given, follows from the delivery's"
                                    + " reference and the body; after a lost answer the instance is looked up by it, so that a"
                                    + " delivery that is tried again creates nothing twice.")
                    .calls("POST", "/open-apis/approval/v4/instances")
                    .calls("GET", INSTANCE)
                    .takes(Parameter.of("approval_code", Parameter.Place.MEMBER, false))
                    .takes(new Parameter(
                            "uuid", Parameter.Place.MEMBER, false, "Key of the instance, 1 to 64 characters", null))
                    .callsAsAsked()
                    .body(
                            "The instance as the platform documents it: `approval_code`, `open_id` or `user_id`, `form` (JSON"
                                    + " in a string, or a list of widgets), `node_approver_open_id_list` and the rest.",
                            "The instance code, text.")
                    .errors("A uuid that belongs to an instance of another definition.")
                    .runs(ApprovalOperations::create),
            operation(
                            "approval/external-action",
                            "Checks what Feishu calls back when somebody acts on an approval whose flow runs elsewhere. It"
                                    + " stands first in a route from `platform-http:/webhook/…`, the definition's"
                                    + " `action_callback_url`, which must answer within 10 seconds; then the new state is"
                                    + " pushed. Calls nothing.")
                    .setsHeaders(Exchange.HTTP_RESPONSE_CODE)
                    .body(
                            "The callback as it came. The settings `feishu.approval.callback-token` and `callback-key` are the"
                                    + " definition's `action_callback_token` and `action_callback_key`.",
                            "The action, a JSON tree: `action_type`, `action_context`, `user_id`, `approval_code`,"
                                    + " `instance_id`, `task_id`, `reason`.")
                    .errors("What does not come from Feishu is answered with 401, and the route ends.")
                    .runs(ApprovalOperations::externalAction),
            operation(
                            "approval/subscribe",
                            "Asks for the events of a definition's instances. Repeating it does no harm.")
                    .calls("POST", DEFINITION + "/subscribe")
                    .takes(Parameter.of("approval_code", Parameter.Place.PATH, true))
                    .callsAsAsked()
                    .body("Not read.", "Unchanged.")
                    .runs(ApprovalOperations::subscribe),
            operation("approval/unsubscribe", "Ends the events of a definition's instances. Repeating it does no harm.")
                    .calls("POST", DEFINITION + "/unsubscribe")
                    .takes(Parameter.of("approval_code", Parameter.Place.PATH, true))
                    .callsAsAsked()
                    .body("Not read.", "Unchanged.")
                    .runs(ApprovalOperations::unsubscribe),
            operation("approval/get", "Reads an instance.")
                    .calls("GET", INSTANCE)
                    .body(
                            "An instance code, or a map with `instance_code`.",
                            "A map: the form's values by `custom_id`, then `instance_code`, `approval_code`,"
                                    + " `applicant_open_id` and `status` (`PENDING`, `APPROVED`, `REJECTED`, `CANCELED`,"
                                    + " `DELETED`, or `REVERTED` when it was withdrawn after approval).")
                    .errors("A malformed code; a status that is not known: nothing is concluded from it.")
                    .runs(ApprovalOperations::get),
            operation(
                            "approval/due",
                            "Chooses the instances to look at next: those looked at longest ago, new ones before all. Calls"
                                    + " nothing.")
                    .needs("code")
                    .reads("limit")
                    .body(
                            "A list of instance codes, or of rows with `instance_code`.",
                            "A list of instance codes, at most `limit`. They count as looked at.")
                    .errors("A row without an instance code.")
                    .runs(ApprovalOperations::due),
            operation(
                            "approval/approve",
                            "Approves a task in the name of the person who clicked; only when it is one of the instance,"
                                    + " the clicker's own, and waits.")
                    .calls("GET", INSTANCE)
                    .calls("POST", "/open-apis/approval/v4/tasks/approve")
                    .needs("code")
                    .body(CLICK, DECIDED)
                    .errors(DECISION_ERRORS)
                    .runs(ApprovalOperations::approve),
            operation(
                            "approval/reject",
                            "Rejects a task in the name of the person who clicked; only when it is one of the instance,"
                                    + " the clicker's own, and waits.")
                    .calls("GET", INSTANCE)
                    .calls("POST", "/open-apis/approval/v4/tasks/reject")
                    .needs("code")
                    .body(CLICK, DECIDED)
                    .errors(DECISION_ERRORS)
                    .runs(ApprovalOperations::reject),
            operation(
                            "bitable/upsert",
                            "Brings rows to a Bitable table, one way: each row becomes, or updates, the record with the"
                                    + " same text in the key field. Equal records are not written; records that no row"
                                    + " names stay.")
                    .calls("GET", TABLES)
                    .calls("GET", FIELDS)
                    .calls("POST", RECORDS + "/search")
                    .calls("POST", RECORDS + "/batch_create")
                    .calls("POST", RECORDS + "/batch_update")
                    .needs("app", "table", "key")
                    .reads("create")
                    .callsAsAsked()
                    .body(
                            "A row, or a list of rows: maps, field name to value. " + BitableCalls.VALUES,
                            "A map with `created`, `updated`, `unchanged`.")
                    .errors(
                            "No such table (without `create`); a row without a value in the key field. With `create` the"
                                    + " app also needs the scopes of making tables and fields.")
                    .runsOneEach(BitableUpsert::action),
            operation(
                            "bitable/poll",
                            "Marks the rows of a pair that have changed in SQL, and now and then compares the keys of both"
                                    + " sides.")
                    .calls("GET", TABLES)
                    .calls("POST", TABLES)
                    .calls("GET", FIELDS)
                    .calls("POST", FIELDS)
                    .calls("POST", RECORDS + "/search")
                    .calls("POST", "/open-apis/drive/v1/files/:file_token/subscribe")
                    .needs("pair")
                    .body("Not read.", "How many rows were marked.")
                    .errors("A variable, table or field that the pair needs and that is missing, named; the databases'"
                            + " errors.")
                    .runs(PairOperations::poll),
            operation(
                            "bitable/hint",
                            "Marks the records that an event names. An event that only shows what the pair wrote itself"
                                    + " marks nothing.")
                    .needs("pair")
                    .body(
                            "A `drive.file.bitable_record_changed_v1`, as `feishu:event/…` gives it.",
                            "How many records were marked; 0 for another Base or table.")
                    .errors("The database's.")
                    .runs(PairOperations::hint),
            operation(
                            "bitable/probe",
                            "Marks records that have changed without an event. Reads the table's revision, and the records"
                                    + " only when it moved; while nothing moves, the looks become up to eight times rarer.")
                    .calls("GET", TABLES)
                    .calls("POST", RECORDS + "/search")
                    .needs("pair")
                    .body("Not read.", "How many records were marked.")
                    .errors("The table is gone from the Base; as `bitable/poll`.")
                    .runs(PairOperations::probe),
            operation(
                            "bitable/merge",
                            "Brings a batch to the same state on both sides. The value that goes is in"
                                    + " feishu.sync_journal before it is overwritten.")
                    .calls("POST", RECORDS + "/batch_get")
                    .calls("POST", RECORDS + "/batch_create")
                    .calls("POST", RECORDS + "/batch_update")
                    .calls("POST", RECORDS + "/batch_delete")
                    .needs("pair")
                    .reads("toBitable", "toErp")
                    .body("A batch of `feishu:bitable/changes`.", "Unchanged.")
                    .errors(
                            "A row that Feishu or the database refuses is parked and the others go on; a missing right stops"
                                    + " the batch, whose marks stay. A row on its way through `toBitable`, and a record through"
                                    + " `toErp`, is a map, column name to text, number or time; a column they leave out keeps"
                                    + " its value; an empty body leaves the row alone until it changes again, and the header"
                                    + " `CamelFeishuVeto` forbids it with a reason. Both are listed as parked: docs/pairs.md.")
                    .runs(PairOperations::merge),
            operation(
                            "bitable/verify",
                            "Compares both sides of a pair in full. What differs is marked, parked rows get another try.")
                    .calls("POST", RECORDS + "/search")
                    .needs("pair")
                    .body(
                            "Not read.",
                            "The report: `pair`, `started_at`, `finished_at`, `rows`, `records`, `equal`, `divergent`,"
                                    + " `missed` (divergent and marked by nobody: a lost event), `parked`, `keys` (the first"
                                    + " 100 divergent).")
                    .errors("As `bitable/poll`.")
                    .runs(PairOperations::verify),
            operation(
                            "message/missed",
                            "Looks for messages to the bot whose event never came, and appends them to the journal: after a"
                                    + " time in which nobody could store events, and once in a `period`. To be called every half"
                                    + " minute.")
                    .calls("GET", MESSAGES)
                    .calls("GET", "/open-apis/bot/v3/info")
                    .reads("period", "lookBack", "appName")
                    .body("Not read.", "How many messages were appended.")
                    .errors("A chat that the bot has left or may not read is passed over.")
                    .runs(EventOperations::missedMessages),
            operation(
                            "event/append",
                            "Appends an event that never came, found by asking Feishu, to the journal. Routes get it as if"
                                    + " Feishu had sent it.")
                    .needs("eventType")
                    .reads("appName")
                    .readsHeaders(EVENT_ID)
                    .body(
                            "The event's member `event`, a JSON object or a map.",
                            "A map with `id` (of the stored event) and `duplicate`: one with this identity was there already.")
                    .errors("A body that is no object; no identity in the header; the journal's database.")
                    .runs(EventOperations::append),
            operation(
                            "dead-letter",
                            "Keeps what a scheduled route could not do. It stands in an error handler; the route"
                                    + " configuration keep-failures has it. The same failure of the same key is kept once"
                                    + " and counted.")
                    .reads("key")
                    .body(
                            "What the route worked on; kept as the payload. The column that `key` names tells one failure"
                                    + " from another.",
                            "Unchanged.")
                    .errors("Used outside an error handler, there is no failure to keep.")
                    .runs(DeadLetterOperations::keep),
            operation(
                            "dead-letter/resolve",
                            "Ends what was kept for this route and key: it has worked now. Does nothing in an exchange that"
                                    + " has failed itself.")
                    .reads("key")
                    .body(ROW_KEY, "Unchanged.")
                    .errors("The database's.")
                    .runs(DeadLetterOperations::resolve),
            operation("dead-letter/replay", "Delivers a dead letter once more.")
                    .body("A click whose `value` has the dead letter's `id`.", "Unchanged.")
                    .errors("`UnknownDeadLetterException` for an unknown id; `UndecidableException` when it was decided"
                            + " before, comes from a scheduled route, or its payload is no longer kept.")
                    .runs(DeadLetterOperations::replay),
            operation(
                            "dead-letter/discard",
                            "Ends a dead letter without another try; the reason names the person who clicked.")
                    .readsHeaders(OPERATOR_ID)
                    .body("A click whose `value` has the dead letter's `id`.", "Unchanged.")
                    .errors("As `dead-letter/replay`.")
                    .runs(DeadLetterOperations::discard));

    private ProgrammedOperations() {}
}
