package dev.camelfeishu.openapi;

import static dev.camelfeishu.openapi.Reaction.LOOK_FIRST;
import static dev.camelfeishu.openapi.Reaction.NEVER;
import static dev.camelfeishu.openapi.Reaction.REFRESH_TOKEN;
import static dev.camelfeishu.openapi.Reaction.SERVER_TROUBLE;
import static dev.camelfeishu.openapi.Reaction.WAIT_FOR_RATE;
import static dev.camelfeishu.openapi.Reaction.WAIT_SHORTLY;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The error codes of the Open Platform that the gate knows: how to react, and one sentence that says what to do. A code
 * that is not here is never repeated, unless its HTTP status says server trouble or too many calls.
 */
public final class ErrorCodes {

    /**
     * A known code.
     *
     * @param code Feishu's code
     * @param reaction what it asks of the caller
     * @param hint one sentence saying what to do
     */
    public record Known(int code, Reaction reaction, String hint) {}

    /** The app lacks a scope; the answer names it. */
    static final int APP_LACKS_SCOPE = 99991672;
    /** The person has not granted a scope; the answer names it. */
    static final int USER_LACKS_SCOPE = 99991679;
    /** Card content is refused; the message holds a sub-code. */
    static final int CARD_REFUSED = 230099;

    private static final String CREDENTIALS =
            "Compare FEISHU_APP_ID and FEISHU_APP_SECRET with the developer console, page Credentials & Basic Info.";
    private static final String SLOW_DOWN = "Call it less often.";
    private static final String TRY_LATER = "Try again later; if it stays, give Feishu support the log id.";
    private static final String TOKEN =
            "Check that this endpoint accepts the app's own token, and that the app is still installed in the tenant.";
    private static final String ONE_WRITER = "Write to one table from one place at a time.";
    private static final String CELL =
            "Give the value the shape its field type takes, or take the field out of the request.";
    private static final String FIELD_PROPERTY = "Correct the property object of this field type.";

    private static final Map<Integer, Known> CODES = codes();
    private static final Map<Integer, String> CARD_SUB_CODES = cardSubCodes();

    private ErrorCodes() {}

    /** What is known of a code. */
    public static Optional<Known> of(int code) {
        return Optional.ofNullable(CODES.get(code));
    }

    /** What to do about a sub-code of 230099, the one after {@code ErrCode:} in its message. */
    public static Optional<String> cardHint(int subCode) {
        return Optional.ofNullable(CARD_SUB_CODES.get(subCode));
    }

    private static Map<Integer, Known> codes() {
        var table = new HashMap<Integer, Known>();
        gateway(table);
        messages(table);
        bitable(table);
        approval(table);
        others(table);
        return Map.copyOf(table);
    }

    private static void gateway(Map<Integer, Known> t) {
        put(t, REFRESH_TOKEN, TOKEN, 99991663, 99991664, 99991665);
        put(
                t,
                REFRESH_TOKEN,
                "Let the person log in again; if it stays, this endpoint wants the app's own token.",
                99991668);
        put(t, REFRESH_TOKEN, "Let the person log in again.", 99991677);
        put(t, NEVER, "Let the person log in again.", 99991669);
        put(t, NEVER, "The call carried no usable token; report this as a defect of the gate.", 99991661, 99991671);
        put(
                t,
                NEVER,
                "Grant the app the missing scope in the developer console and publish a version.",
                APP_LACKS_SCOPE);
        put(t, NEVER, "Let the person authorise the app again, with the missing scope.", USER_LACKS_SCOPE);
        put(
                t,
                NEVER,
                "Grant the app the scope of this endpoint in the developer console and publish a version.",
                99991676);
        put(t, NEVER, "Have a tenant administrator enable the app in the admin console.", 99991662, 99991673);
        put(t, NEVER, CREDENTIALS, 99991543, 10003, 10005, 10012, 10013, 10014, 10015);
        put(t, NEVER, "A self-built app has no app ticket; use its own token endpoint.", 10016);
        put(t, NEVER, "Add this server's address to the developer console, Security Settings, IP allowlist.", 99991401);
        put(t, WAIT_FOR_RATE, SLOW_DOWN, 99991400);
        put(t, NEVER, "The month's call quota is used up: buy more or wait for the next month, then replay.", 99991403);
        put(
                t,
                SERVER_TROUBLE,
                TRY_LATER,
                1500,
                1503,
                1642,
                1663,
                1668,
                2200,
                5000,
                10101,
                10105,
                10500,
                20050,
                20072,
                40003);
    }

    private static void messages(Map<Integer, Known> t) {
        put(t, WAIT_FOR_RATE, "Send at most five messages per second to one chat or user.", 230020, 11232, 11233);
        put(t, WAIT_FOR_RATE, SLOW_DOWN, 232019);
        put(t, WAIT_SHORTLY, "Repeat it shortly with the same uuid.", 230049, 18121, 232068);
        put(t, WAIT_SHORTLY, "The card is being used or changed; repeat it shortly.", 200810);
        put(t, SERVER_TROUBLE, TRY_LATER, 300120, 232096);
        put(t, NEVER, "The day's quota of batch messages is used up; replay it tomorrow.", 11247);
        put(
                t,
                NEVER,
                "The quota of urgent messages is used up or the person has too many unread ones; replay it later.",
                230023,
                230024);
        put(t, NEVER, "Correct the parameter that the message names.", 230001);
        put(t, NEVER, "Add the bot to the group.", 230002);
        put(t, NEVER, "Switch the bot ability on in the developer console and publish a version.", 230006);
        put(t, NEVER, "The message was recalled or deleted; there is nothing to do.", 230011, 230110, 230111);
        put(t, NEVER, "Only the sender of a message may change it; use the id of a message this bot sent.", 230012);
        put(
                t,
                NEVER,
                "Add the person to the app's availability range in the developer console and publish a version.",
                230013);
        put(t, NEVER, "Upload the image or file with this app and use that key.", 230017);
        put(t, NEVER, "Have the group's owner let the bot speak.", 230018, 230035);
        put(t, NEVER, "Use the id of a thread that exists.", 230019);
        put(t, NEVER, "Take the sensitive content out.", 230022, 230028);
        put(t, NEVER, "Shorten it: a text may have 150 KB, a card or post 30 KB.", 230025, 19036);
        put(t, NEVER, "Grant the app the im:message scopes, or let it talk to external groups.", 230027);
        put(t, NEVER, "The person has left the company; send it to somebody else.", 230029);
        put(t, NEVER, "A card can be updated for 14 days; send a new one.", 230031);
        put(t, NEVER, "Make receive_id an id of the kind that receive_id_type names, of this app.", 230034);
        put(t, NEVER, "A person of another tenant cannot be written to directly; use a group.", 230038);
        put(t, NEVER, "Ask the person to switch the bot on again.", 230053);
        put(t, NEVER, "Send a kind of message that this chat takes.", 230054, 231203, 231204);
        put(t, NEVER, "Correct the card; check it with the card builder.", CARD_REFUSED);
        put(t, NEVER, "The group was dissolved; send it elsewhere.", 232009);
    }

    private static void bitable(Map<Integer, Known> t) {
        put(t, WAIT_FOR_RATE, SLOW_DOWN, 1254290, 1254112);
        put(t, WAIT_FOR_RATE, ONE_WRITER, 1254291);
        put(t, WAIT_SHORTLY, "Wait until the copy of the Base is finished.", 1254036);
        put(t, SERVER_TROUBLE, "Read or write fewer records at once.", 1254002, 1254607, 1255040);
        put(t, SERVER_TROUBLE, TRY_LATER, 1254200, 1255001, 1255002, 1255003, 1255004, 1255005);
        put(t, LOOK_FIRST, "Read the records before writing them again: the same request was seen already.", 1254608);
        put(t, LOOK_FIRST, "Read whether the record was created; if not, repeat it with a new client_token.", 1255006);
        put(t, NEVER, "Nothing would change; there is nothing to do.", 1254606);
        put(t, NEVER, "Correct the request body.", 1254000, 1254001, 1254010, 1254800);
        put(
                t,
                NEVER,
                "Take app_token and table_id from the Base's address, and the other ids from a read.",
                1254003,
                1254004,
                1254005,
                1254006,
                1254009,
                1254040,
                1254041,
                1254042,
                1254043,
                1254044);
        put(t, NEVER, "Ask for at most 500 records at once.", 1254011);
        put(t, NEVER, "The name is taken; use the existing table or field.", 1254013, 1254014);
        put(t, NEVER, CELL, 1254007, 1254015);
        put(t, NEVER, "Correct the sort, filter or field names of the search.", 1254016, 1254018, 1254024);
        put(t, NEVER, "Ask for fewer records at once, or start paging again.", 1254030);
        put(t, NEVER, "Make client_token a random UUID.", 1254037);
        put(
                t,
                NEVER,
                "Read the table's fields again: the field was renamed or removed, or the app may not see it.",
                1254045);
        for (var code = 1254060; code <= 1254074; code++) {
            put(t, NEVER, CELL, code);
        }
        put(t, NEVER, "Use ids of the kind that user_id_type names, of this app.", 1254066);
        for (var code = 1254080; code <= 1254096; code++) {
            put(t, NEVER, FIELD_PROPERTY, code);
        }
        put(
                t,
                NEVER,
                "The Base is full; start another one or buy a larger edition.",
                1254100,
                1254101,
                1254102,
                1254103,
                1254306);
        put(t, NEVER, "Send fewer records in one call (500).", 1254104);
        put(t, NEVER, "Shorten the text of the cell.", 1254130);
        put(t, NEVER, "Switch advanced permissions on, or use an edition that has them.", 1254301);
        put(
                t,
                NEVER,
                "Give the app the right to manage this Base: … menu, Add document app; with advanced permissions also"
                        + " a role.",
                1254302,
                1254304,
                1254305);
        put(t, NEVER, "Upload the attachment to this Base and use that token.", 1254303, 1254027);
        put(t, NEVER, "Give the app access to the document: … menu, Add document app.", 91403, 1061004, 1069902);
    }

    private static void approval(Map<Integer, Known> t) {
        put(t, NEVER, "Correct the form: the message names the widget.", 1390001, 60001, 60006);
        put(
                t,
                NEVER,
                "Take the approval code from the address of the definition's page in the approval admin.",
                1390002,
                60002);
        put(t, NEVER, "Use the code of an instance of this tenant.", 1390003, 60003);
        put(t, NEVER, "Use a user_id or open_id that exists, in the member meant for its kind.", 1390004, 60004, 60005);
        put(t, NEVER, "The subscription is as wanted already; there is nothing to do.", 1390007, 60007, 60008);
        put(t, NEVER, "Allow this operation in the definition's settings.", 1390009, 60009);
        put(t, NEVER, "Read the instance again: the task is done or was given to somebody else.", 1390010, 60010);
        put(t, NEVER, "Use a definition with a fixed process.", 1390013, 60013);
        put(t, NEVER, "Enable the approval definition in the approval admin.", 1390015, 1390016);
        put(t, NEVER, "This node wants a handwritten signature: let the person decide in Feishu.", 1390018);
        put(t, LOOK_FIRST, "Read the instance by its uuid: it was created already.", 60012);
        put(t, WAIT_SHORTLY, "The instance is being changed; repeat it shortly.", 60014);
        put(t, SERVER_TROUBLE, TRY_LATER, 1395001, 65001);
    }

    private static void others(Map<Integer, Known> t) {
        put(t, WAIT_FOR_RATE, SLOW_DOWN, 1063006, 1069923, 1277001);
        put(
                t,
                WAIT_SHORTLY,
                "It is being changed elsewhere; repeat it shortly.",
                42302,
                42403,
                43024,
                43030,
                44025,
                44034,
                44042,
                232073);
        put(
                t,
                SERVER_TROUBLE,
                TRY_LATER,
                48002,
                210004,
                1061001,
                1061006,
                1061045,
                1065000,
                1066001,
                1066002,
                1069399,
                1069601,
                1069704,
                1069901,
                1069903,
                1069905);
    }

    private static Map<Integer, String> cardSubCodes() {
        return Map.ofEntries(
                Map.entry(100290, "Correct the user id in an at or person element."),
                Map.entry(11310, "Use fewer than 200 elements, or a template that this app may see."),
                Map.entry(200380, "Publish the card template."),
                Map.entry(200381, "Give this app the card template."),
                Map.entry(200550, "Correct the chart's spec."),
                Map.entry(200570, "Upload the image with this app and use that key."),
                Map.entry(200621, "Correct the JSON of the card."),
                Map.entry(200732, "Give the template variable a value of its type."),
                Map.entry(200737, "Give the template variable a value of its format."),
                Map.entry(200861, "Replace the tag: card schema 2.0 has no such element."),
                Map.entry(200914, "Give the table's cells values of their columns' types."),
                Map.entry(200915, "Name every row key in the table's columns."),
                Map.entry(300220, "Set config.enable_forward to false: the card holds audio."),
                Map.entry(300230, "Give every audio element its own audio_id."),
                Map.entry(300240, "Upload the audio with this app and use that key."));
    }

    private static void put(Map<Integer, Known> table, Reaction reaction, String hint, int... codes) {
        for (var code : codes) {
            table.put(code, new Known(code, reaction, hint));
        }
    }
}
