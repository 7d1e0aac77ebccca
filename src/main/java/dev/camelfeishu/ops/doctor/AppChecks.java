package dev.camelfeishu.ops.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.camelfeishu.component.RouteNeeds;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.ops.ScopeReport;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What the app may do and is told, as the developer console says: scopes, subscriptions, bot, availability, chat, approval. */
final class AppChecks {

    private static final String SCOPES = "scopes";
    private static final String SUBSCRIPTIONS = "subscriptions";
    private static final String ADDRESS = "public address";
    private static final String AVAILABILITY = "availability";
    private static final String BOT = "bot";
    private static final String OPS_CHAT = "ops chat";
    private static final String APPROVAL = "approval";

    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final int GRANTED = 1;
    private static final int ENABLED = 1;
    /** The bot's state while the tenant has stopped it. */
    private static final int STOPPED = 1;

    private static final int NO_BOT = 11205;
    private static final int LACKS_SCOPE = 99991672;
    private static final int NO_DEFINITION = 1390002;
    private static final int DELETED_DEFINITION = 1390016;
    private static final int INVALID_CHAT = 232006;
    private static final Set<Integer> BOT_ABILITY_OFF = Set.of(NO_BOT, 230006, 232025);

    private static final String EVENTS_PAGE = Finding.console("Events & Callbacks, Event Configuration");
    private static final String CALLBACKS_PAGE = Finding.console("Events & Callbacks, Callback Configuration");

    private final Patient patient;

    AppChecks(Patient patient) {
        this.patient = patient;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>(List.of(
                Check.asApp(SCOPES, this::scopes),
                Check.asApp(SUBSCRIPTIONS, this::subscriptions),
                Check.asApp(BOT, () -> List.of(bot()))));
        if (!patient.setting("feishu.ops-chat-id").isEmpty()) {
            checks.add(Check.asApp(OPS_CHAT, () -> List.of(opsChat())));
        }
        if (!patient.setting("purchase.approval-code").isEmpty()) {
            checks.add(Check.asApp(APPROVAL, () -> List.of(approval())));
        }
        return checks;
    }

    private FeishuClient client() {
        return patient.client();
    }

    private static ApiRequest get(String path) {
        return ApiRequest.get(path).within(PATIENCE);
    }

    private List<Finding> scopes() {
        RouteNeeds needs = patient.needs().get();
        Set<String> granted = new HashSet<>();
        for (JsonNode scope :
                client().call(get("/open-apis/application/v6/scopes")).data().path("scopes")) {
            if (scope.path("grant_status").asInt() == GRANTED) {
                granted.add(scope.path("scope_name").asText());
            }
        }
        List<Finding> findings = new ArrayList<>();
        ScopeReport lacking = ScopeReport.lacking(needs, granted);
        for (String scope : lacking.scopes()) {
            SortedSet<String> reasons = lacking.reasons().getOrDefault(scope, new TreeSet<>());
            findings.add(Finding.error(
                    SCOPES,
                    reasons.isEmpty()
                            ? Sentence.of("The app lacks the scope {0}.", scope)
                            : Sentence.of(
                                    "The app lacks the scope {0}, needed for {1}.", scope, String.join(", ", reasons)),
                    "Add the scope and publish a version of the app.",
                    Finding.console("Permissions & Scopes")));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(SCOPES, "The app has all scopes that the loaded routes need."));
        }
        return findings;
    }

    /** Events are told by the published version, callbacks and their address by the app. */
    private List<Finding> subscriptions() {
        JsonNode app;
        JsonNode version;
        try {
            app = client().call(get("/open-apis/application/v6/applications/:app_id")
                            .with("app_id", "me")
                            .query("lang", "zh_cn"))
                    .data()
                    .path("app");
            version = version(app.path("online_version_id").asText(""));
        } catch (FeishuException e) {
            if (e.code() != LACKS_SCOPE) {
                throw e;
            }
            return List.of(Finding.warning(
                    SUBSCRIPTIONS,
                    "What the app is subscribed to cannot be looked up.",
                    "Grant it the scope application:application:self_manage, or compare both pages with the command"
                            + " scopes by hand.",
                    EVENTS_PAGE + " and Callback Configuration"));
        }
        if (app.path("status").asInt(ENABLED) != ENABLED || version.isMissingNode()) {
            return List.of(Finding.error(
                    SUBSCRIPTIONS,
                    "The app is not enabled, or no version of it is published: nothing of it works for anybody.",
                    "Publish a version and let an admin approve it.",
                    Finding.console("Version Management & Release")));
        }
        ScopeReport needs = ScopeReport.of(patient.needs().get());
        JsonNode callbacks = app.path("callback_info").isObject() ? app.path("callback_info") : app.path("callback");
        List<Finding> findings = new ArrayList<>();
        Set<String> events = texts(app.at("/event/subscribed_events"));
        version.path("event_infos")
                .forEach(event -> events.add(event.path("event_type").asText()));
        missing(findings, needs.events(), events, "event", EVENTS_PAGE);
        if (callbacks.has("subscribed_callbacks")) {
            missing(
                    findings,
                    needs.callbacks(),
                    texts(callbacks.path("subscribed_callbacks")),
                    "callback",
                    CALLBACKS_PAGE);
        } else if (!needs.callbacks().isEmpty()) {
            findings.add(Finding.warning(
                    SUBSCRIPTIONS,
                    Sentence.of(
                            "Feishu does not tell the app's callbacks; the routes need {0}.",
                            String.join(", ", needs.callbacks().keySet())),
                    "Compare them by hand.",
                    CALLBACKS_PAGE));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(
                    SUBSCRIPTIONS,
                    "The app is subscribed to all {0} events and callbacks that the loaded routes wait for.",
                    needs.events().size() + needs.callbacks().size()));
        }
        delivery(findings, app.at("/event/subscription_type"), "events", EVENTS_PAGE);
        delivery(findings, callbacks.path("callback_type"), "callbacks", CALLBACKS_PAGE);
        findings.addAll(address(app.at("/event/request_url"), callbacks.path("request_url")));
        findings.add(availability(version.at("/remark/visibility")));
        return findings;
    }

    private JsonNode version(String id) {
        return id.isEmpty()
                ? MissingNode.getInstance()
                : client().call(get("/open-apis/application/v6/applications/:app_id/app_versions/:version_id")
                                .with("app_id", "me")
                                .with("version_id", id)
                                .query("lang", "zh_cn"))
                        .data()
                        .path("app_version");
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new HashSet<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static void missing(
            List<Finding> findings,
            Map<String, ? extends Collection<String>> needed,
            Set<String> subscribed,
            String kind,
            String page) {
        needed.forEach((type, files) -> {
            if (!subscribed.contains(type)) {
                findings.add(Finding.error(
                        SUBSCRIPTIONS,
                        Sentence.of(
                                files.size() == 1
                                        ? "The app is not subscribed to the {0} {1}, which {2} waits for."
                                        : "The app is not subscribed to the {0} {1}, which {2} wait for.",
                                Sentence.of(kind),
                                type,
                                String.join(", ", files)),
                        Sentence.of("Add the {0} and publish a version of the app.", Sentence.of(kind)),
                        page));
            }
        });
    }

    /** Whether Feishu sends by the way on which this application waits. */
    private void delivery(List<Finding> findings, JsonNode type, String what, String page) {
        String mode = patient.setting("feishu.event-mode");
        boolean socket = type.asText().equals("websocket");
        if (!type.isTextual() || type.asText().isEmpty() || mode.equals("both") || socket == mode.equals("socket")) {
            return;
        }
        findings.add(Finding.error(
                SUBSCRIPTIONS,
                Sentence.of(
                        socket
                                ? "Feishu sends {0} by long connection, but FEISHU_EVENT_MODE is {1}."
                                : "Feishu sends {0} to an address, but FEISHU_EVENT_MODE is {1}.",
                        Sentence.of(what),
                        mode),
                Sentence.of(
                        "Change the subscription mode there, or set FEISHU_EVENT_MODE={0}.",
                        socket ? "socket" : "webhook"),
                page));
    }

    private List<Finding> address(JsonNode... urls) {
        List<Finding> findings = new ArrayList<>();
        if (patient.setting("feishu.event-mode").equals("socket")) {
            return findings;
        }
        Set<String> told = new TreeSet<>();
        for (JsonNode url : urls) {
            if (!url.asText("").isEmpty()) {
                told.add(url.asText());
            }
        }
        for (String url : told) {
            URI address = URI.create(url);
            boolean loopback = Set.of("localhost", "127.0.0.1", "[::1]").contains(address.getHost());
            findings.add(
                    "https".equals(address.getScheme()) || loopback
                            ? Finding.ok(ADDRESS, "Feishu sends to {0}.", address.getHost())
                            : Finding.error(
                                    ADDRESS,
                                    Sentence.of(
                                            "Feishu sends to {0} without https: whoever is between can read and hold back"
                                                    + " what comes.",
                                            address.getHost()),
                                    "Serve https by SERVER_SSL_* or a reverse proxy, and change the request address.",
                                    EVENTS_PAGE));
        }
        if (told.isEmpty()) {
            boolean served = !patient.setting("server.ssl.key-store").isEmpty()
                    || !patient.setting("server.ssl.certificate").isEmpty()
                    || !patient.setting("server.ssl.bundle").isEmpty();
            findings.add(
                    served
                            ? Finding.ok(ADDRESS, "This application serves https.")
                            : Finding.skipped(
                                    ADDRESS,
                                    "This application serves plain http, and Feishu does not tell the address it sends"
                                            + " to: see that the request address begins with https, which a reverse"
                                            + " proxy answers."));
        }
        return findings;
    }

    private static Finding availability(JsonNode visibility) {
        if (!visibility.isObject()) {
            return Finding.skipped(AVAILABILITY, "Feishu does not tell who may use the app.");
        }
        if (visibility.path("is_all").asBoolean()) {
            return Finding.ok(AVAILABILITY, "Everybody in the tenant may use the app.");
        }
        JsonNode list = visibility.path("visible_list");
        int people = list.path("open_ids").size();
        int groups = list.path("department_ids").size() + list.path("group_ids").size();
        return people + groups > 0
                ? Finding.ok(AVAILABILITY, "{0} people and {1} departments and groups may use the app.", people, groups)
                : Finding.error(
                        AVAILABILITY,
                        "Nobody may use the app: messages to people fail with code 230013.",
                        "Choose who may use it and publish a version.",
                        Finding.console("Version Management & Release, Availability"));
    }

    private Finding bot() {
        try {
            JsonNode bot = client().call(get("/open-apis/bot/v3/info")).root().path("bot");
            return bot.path("activate_status").asInt() == STOPPED
                    ? Finding.error(
                            BOT,
                            "The tenant has stopped the bot.",
                            "Let an admin enable the app.",
                            "admin console (feishu.cn/admin), Workplace, App management")
                    : Finding.ok(
                            BOT, "The app has a bot, {0}.", bot.path("open_id").asText());
        } catch (FeishuException e) {
            if (!BOT_ABILITY_OFF.contains(e.code())) {
                throw e;
            }
            return Finding.error(
                    BOT,
                    Sentence.of("The app has no bot (code {0}): it can neither get nor send messages.", e.code()),
                    "Add the bot and publish a version of the app.",
                    Finding.console("Add Features, Bot"));
        }
    }

    private Finding opsChat() {
        String mend = "Add the bot to that group, or set FEISHU_OPS_CHAT_ID to one that it is in.";
        String where = "the group in Feishu, Settings, Bots";
        try {
            return client().call(get("/open-apis/im/v1/chats/:chat_id/members/is_in_chat")
                                    .with("chat_id", patient.setting("feishu.ops-chat-id")))
                            .data()
                            .path("is_in_chat")
                            .asBoolean()
                    ? Finding.ok(OPS_CHAT, "The bot is in the group that gets alerts.")
                    : Finding.error(OPS_CHAT, "The bot is not in the group that gets alerts.", mend, where);
        } catch (FeishuException e) {
            if (e.code() == INVALID_CHAT) {
                return Finding.error(OPS_CHAT, "FEISHU_OPS_CHAT_ID is the id of no group (code 232006).", mend, where);
            }
            if (e.code() == LACKS_SCOPE) {
                return Finding.skipped(
                        OPS_CHAT,
                        "Whether the bot is in the group cannot be looked up without the scope im:chat:readonly.");
            }
            throw e;
        }
    }

    private Finding approval() {
        try {
            client().call(get("/open-apis/approval/v4/approvals/:approval_code")
                    .with("approval_code", patient.setting("purchase.approval-code")));
            return Finding.ok(
                    APPROVAL, "The definition of purchase requests is there; the flow subscribes it by itself.");
        } catch (FeishuException e) {
            if (e.code() != NO_DEFINITION && e.code() != DELETED_DEFINITION) {
                throw e;
            }
            return Finding.error(
                    APPROVAL,
                    Sentence.of(
                            "FEISHU_PURCHASE_APPROVAL_CODE is the code of no approval definition (code {0}).",
                            e.code()),
                    "Copy the definitionCode from the address of the definition's page.",
                    "approval admin (feishu.cn/approval/admin), the definition");
        }
    }
}
