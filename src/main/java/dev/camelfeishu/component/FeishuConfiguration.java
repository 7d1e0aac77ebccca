package dev.camelfeishu.component;

import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.Priority;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.apache.camel.util.TimeUtils;

/** Every option of a {@code feishu:} endpoint. Each endpoint has its own copy. */
@UriParams
public class FeishuConfiguration implements Cloneable {

    private static final String RECEIVE_ID_TYPES = "chat_id,open_id,user_id,union_id,email";
    private static final String IDENTITIES = "tenant,user";
    private static final String PRIORITIES = "interactive,normal,bulk";
    private static final String TOAST_TYPES = "info,success,warning,error";
    /** Options that an operation can need or that stand for a parameter. */
    private static final Map<String, Function<FeishuConfiguration, String>> NAMED = Map.ofEntries(
            Map.entry("app", FeishuConfiguration::getApp),
            Map.entry("card", FeishuConfiguration::getCard),
            Map.entry("code", FeishuConfiguration::getCode),
            Map.entry("eventType", FeishuConfiguration::getEventType),
            Map.entry("key", FeishuConfiguration::getKey),
            Map.entry("method", FeishuConfiguration::getMethod),
            Map.entry("pair", FeishuConfiguration::getPair),
            Map.entry("path", FeishuConfiguration::getPath),
            Map.entry("receiveId", FeishuConfiguration::getReceiveId),
            Map.entry("receiveIdType", FeishuConfiguration::getReceiveIdType),
            Map.entry("table", FeishuConfiguration::getTable));

    private static final String ONCE = "card,action,value";
    private static final Pattern DURATION = Pattern.compile("\\d{1,9}(ms|s|m|h)?");

    @UriParam
    @Metadata(description = "Events of this Base only; the Base to write to (its app_token)")
    private String app;

    @UriParam
    @Metadata(description = "Events of this table only; the table to write to (its id or its name)")
    private String table;

    @UriParam(label = "consumer")
    @Metadata(description = "Events of this chat only; several are separated by commas")
    private String chat;

    @UriParam
    @Metadata(description = "Approval definition (approval_code)")
    private String code;

    @UriParam(label = "consumer")
    @Metadata(description = "Events with this status only, such as PENDING for approval_task")
    private String status;

    @UriParam
    @Metadata(
            description =
                    "App of feishu.apps. From: events of this app only, * for all; when it is not set, of the app default."
                            + " To: the app that calls; when it is not set, the one the event came from, else default")
    private String appName;

    @UriParam(label = "consumer")
    @Metadata(description = "Clicks whose button value has this member action")
    private String action;

    @UriParam(label = "consumer", enums = ONCE)
    @Metadata(
            description =
                    "What can be clicked once only: the whole card, each action of a card, or each value of an action."
                            + " It is used up by a click whose answer is neither a failure nor a warning")
    private String once;

    @UriParam(label = "consumer")
    @Metadata(
            description =
                    "Who may click: open_ids, separated by commas, or value.name, the member of the button's value"
                            + " that holds one or a list of them")
    private String onlyFor;

    @UriParam
    @Metadata(description = "Pair of a SQL table and a Bitable table, declared in config/pairs")
    private String pair;

    @UriParam(label = "consumer")
    @Metadata(
            description =
                    "Tenants (tenant_key) whose Bases may pull a connector's table, separated by commas; * for every one that"
                            + " knows the connector's token")
    private String tenants;

    @UriParam(label = "consumer")
    @Metadata(description = "How often a delivery is tried before it is a dead letter (a command: once)")
    private Integer attempts;

    @UriParam(label = "producer", defaultValue = "chat_id", enums = RECEIVE_ID_TYPES)
    @Metadata(description = "Kind of receiveId")
    private String receiveIdType;

    @UriParam(label = "producer")
    @Metadata(description = "Receiver; the header CamelFeishuReceiveId, else the event's chat, when it is not set")
    private String receiveId;

    @UriParam(label = "producer", prefix = "param.", multiValue = true)
    @Metadata(
            description =
                    "Parameters of a call by the API's own names, such as param.message_id; the header CamelFeishu and the"
                            + " name, such as CamelFeishuMessageId, when it is not set")
    private Map<String, Object> param = new LinkedHashMap<>();

    @UriParam(label = "producer")
    @Metadata(description = "How many items a page of a listing has; the most that the API allows when it is not set")
    private Integer pageSize;

    @UriParam(label = "producer", enums = MessageContent.TYPES)
    @Metadata(
            description =
                    "What the body is when neither card nor text is set: a text, Markdown, or the content of a message of"
                            + " this type as the platform documents it (a key or an id alone will do); text when it is not"
                            + " set")
    private String type;

    @UriParam(label = "producer", defaultValue = "default")
    @Metadata(description = "Custom bot of feishu.custom-bots")
    private String bot = "default";

    @UriParam(label = "producer")
    @Metadata(description = "Card of config/cards, filled from the body")
    private String card;

    @UriParam(label = "producer")
    @Metadata(description = "Text of config/texts, filled from the body; without card and text the body itself is sent")
    private String text;

    @UriParam(label = "producer")
    @Metadata(description = "Text of config/texts that a click is answered with")
    private String toast;

    @UriParam(label = "producer", defaultValue = "info", enums = TOAST_TYPES)
    @Metadata(description = "Look of the toast")
    private String toastType = "info";

    @UriParam(label = "producer", defaultValue = "10s", javaType = "java.time.Duration")
    @Metadata(
            description =
                    "How long a call may take, waiting and retries included; a page of a listing is a call. An upload has 2"
                            + " minutes when it is not set")
    private String deadline;

    @UriParam(label = "producer", defaultValue = "tenant", enums = IDENTITIES)
    @Metadata(
            description =
                    "In whose name it is called: the app's own (tenant), or that of the person in CamelFeishuUserOpenId, who"
                            + " has authorised the app (user)")
    private String identity = "tenant";

    @UriParam(label = "producer", enums = PRIORITIES)
    @Metadata(
            description =
                    "How soon it is wanted when calls wait for their turn; interactive in a route that begins with a command"
                            + " or a click, else normal, when it is not set")
    private String priority;

    @UriParam(label = "producer", enums = "GET,POST,PUT,PATCH,DELETE")
    @Metadata(description = "HTTP method of feishu:api")
    private String method;

    @UriParam(label = "producer")
    @Metadata(description = "Path of feishu:api as the catalog has it, such as /open-apis/im/v1/chats/:chat_id")
    private String path;

    @UriParam(label = "producer")
    @Metadata(
            description =
                    "Column of the body that tells rows apart: the key field of bitable/upsert, the request's id of"
                            + " approval/submit")
    private String key;

    @UriParam(label = "producer", defaultValue = "applicant_open_id")
    @Metadata(description = "Column of the body that holds the applicant's open_id")
    private String applicant = "applicant_open_id";

    @UriParam(label = "producer", defaultValue = "50")
    @Metadata(description = "How many instances approval/due chooses at most")
    private int limit = 50;

    @UriParam(label = "producer")
    @Metadata(description = "Type of the event that event/append appends, such as im.message.receive_v1")
    private String eventType;

    @UriParam(label = "producer", defaultValue = "24h", javaType = "java.time.Duration")
    @Metadata(description = "How often message/missed looks through each chat when there was no outage")
    private String period = "24h";

    @UriParam(label = "producer", defaultValue = "24h", javaType = "java.time.Duration")
    @Metadata(description = "How far back message/missed looks at most")
    private String lookBack = "24h";

    @UriParam(label = "producer", defaultValue = "false")
    @Metadata(description = "Whether bitable/upsert makes a missing table and missing fields")
    private boolean create;

    @UriParam(label = "producer")
    @Metadata(
            description = "Endpoint that turns a SQL row into what Bitable shall hold, such as direct:order-to-bitable")
    private String toBitable;

    @UriParam(label = "producer")
    @Metadata(
            description =
                    "Endpoint that turns a record into what the SQL table shall hold, such as direct:order-to-erp")
    private String toErp;

    /** For one endpoint, whose options must not reach another's. */
    public FeishuConfiguration copy() {
        try {
            FeishuConfiguration copy = (FeishuConfiguration) clone();
            copy.param = new LinkedHashMap<>(param);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }

    /** What the endpoint gives for a parameter of the API, or null. */
    Object parameter(String name) {
        if (param.containsKey(name)) {
            return param.get(name);
        }
        String option = Parameter.OPTIONS.get(name);
        return option == null ? null : NAMED.get(option).apply(this);
    }

    /** Whether an option that an operation needs has no value. */
    boolean lacks(String option) {
        String value = NAMED.get(option).apply(this);
        return value == null || value.isBlank();
    }

    Duration periodDuration() {
        return Duration.ofMillis(TimeUtils.toMilliSeconds(period));
    }

    Duration lookBackDuration() {
        return Duration.ofMillis(TimeUtils.toMilliSeconds(lookBack));
    }

    /** The deadline as a duration; accepts 5s, 10m, 1h and milliseconds. */
    Duration deadlineDuration() {
        return deadline == null ? ApiRequest.DEFAULT_DEADLINE : Duration.ofMillis(TimeUtils.toMilliSeconds(deadline));
    }

    boolean asUser() {
        return identity.equals("user");
    }

    /** The priority of a call of this exchange. */
    Priority priorityOf(Exchange exchange) {
        if (priority != null) {
            return Priority.valueOf(priority.toUpperCase(Locale.ROOT));
        }
        return exchange.getProperty(EventSource.PERSON_WAITS, false, Boolean.class)
                ? Priority.INTERACTIVE
                : Priority.NORMAL;
    }

    /**
     * Looks at the options by themselves.
     *
     * @throws IllegalArgumentException naming the endpoint, the option, its value and what it must be
     */
    void check(String endpoint) {
        require(
                receiveIdType == null || isOneOf(RECEIVE_ID_TYPES, receiveIdType),
                endpoint,
                "receiveIdType",
                receiveIdType,
                RECEIVE_ID_TYPES);
        require(isOneOf(TOAST_TYPES, toastType), endpoint, "toastType", toastType, TOAST_TYPES);
        require(isDuration(period), endpoint, "period", period, "a duration above zero, such as 24h");
        require(isDuration(lookBack), endpoint, "lookBack", lookBack, "a duration above zero, such as 24h");
        require(isOneOf(IDENTITIES, identity), endpoint, "identity", identity, IDENTITIES);
        require(type == null || isOneOf(MessageContent.TYPES, type), endpoint, "type", type, MessageContent.TYPES);
        require(priority == null || isOneOf(PRIORITIES, priority), endpoint, "priority", priority, PRIORITIES);
        require(
                deadline == null || isDuration(deadline),
                endpoint,
                "deadline",
                deadline,
                "a duration above zero, such as 5s");
        require(attempts == null || attempts > 0, endpoint, "attempts", attempts, "1 or more");
        require(pageSize == null || pageSize > 0, endpoint, "pageSize", pageSize, "1 or more");
        require(once == null || isOneOf(ONCE, once), endpoint, "once", once, ONCE);
        require(limit > 0, endpoint, "limit", limit, "1 or more");
    }

    private static void require(boolean met, String endpoint, String option, Object value, String expected) {
        if (!met) {
            throw new IllegalArgumentException(
                    "feishu:" + endpoint + ": the option " + option + " is " + value + "; it must be " + expected);
        }
    }

    private static boolean isOneOf(String values, String value) {
        return value != null && List.of(values.split(",")).contains(value);
    }

    private static boolean isDuration(String value) {
        // Camel reads what it does not understand as zero
        return value != null && DURATION.matcher(value).matches() && TimeUtils.toMilliSeconds(value) > 0;
    }

    public String getApp() {
        return app;
    }

    public void setApp(String app) {
        this.app = app;
    }

    public String getTable() {
        return table;
    }

    public void setTable(String table) {
        this.table = table;
    }

    public String getChat() {
        return chat;
    }

    public void setChat(String chat) {
        this.chat = chat;
    }

    public String getCode() {
        return code;
    }

    public void setCode(String code) {
        this.code = code;
    }

    public String getStatus() {
        return status;
    }

    public void setStatus(String status) {
        this.status = status;
    }

    public String getAppName() {
        return appName;
    }

    public void setAppName(String appName) {
        this.appName = appName;
    }

    public String getAction() {
        return action;
    }

    public void setAction(String action) {
        this.action = action;
    }

    public String getOnce() {
        return once;
    }

    public void setOnce(String once) {
        this.once = once;
    }

    public String getOnlyFor() {
        return onlyFor;
    }

    public void setOnlyFor(String onlyFor) {
        this.onlyFor = onlyFor;
    }

    public String getPair() {
        return pair;
    }

    public void setPair(String pair) {
        this.pair = pair;
    }

    public String getTenants() {
        return tenants;
    }

    public void setTenants(String tenants) {
        this.tenants = tenants;
    }

    public Integer getAttempts() {
        return attempts;
    }

    public void setAttempts(Integer attempts) {
        this.attempts = attempts;
    }

    public String getReceiveIdType() {
        return receiveIdType;
    }

    public void setReceiveIdType(String receiveIdType) {
        this.receiveIdType = receiveIdType;
    }

    public String getReceiveId() {
        return receiveId;
    }

    public void setReceiveId(String receiveId) {
        this.receiveId = receiveId;
    }

    public String getMethod() {
        return method;
    }

    public void setMethod(String method) {
        this.method = method;
    }

    public String getPath() {
        return path;
    }

    public void setPath(String path) {
        this.path = path;
    }

    public String getPriority() {
        return priority;
    }

    public void setPriority(String priority) {
        this.priority = priority;
    }

    public String getIdentity() {
        return identity;
    }

    public void setIdentity(String identity) {
        this.identity = identity;
    }

    public String getType() {
        return type;
    }

    public void setType(String type) {
        this.type = type;
    }

    public String getBot() {
        return bot;
    }

    public void setBot(String bot) {
        this.bot = bot;
    }

    public Map<String, Object> getParam() {
        return param;
    }

    public void setParam(Map<String, Object> param) {
        this.param = param;
    }

    public Integer getPageSize() {
        return pageSize;
    }

    public void setPageSize(Integer pageSize) {
        this.pageSize = pageSize;
    }

    public String getCard() {
        return card;
    }

    public void setCard(String card) {
        this.card = card;
    }

    public String getText() {
        return text;
    }

    public void setText(String text) {
        this.text = text;
    }

    public String getToast() {
        return toast;
    }

    public void setToast(String toast) {
        this.toast = toast;
    }

    public String getToastType() {
        return toastType;
    }

    public void setToastType(String toastType) {
        this.toastType = toastType;
    }

    public String getDeadline() {
        return deadline;
    }

    public void setDeadline(String deadline) {
        this.deadline = deadline;
    }

    public String getKey() {
        return key;
    }

    public void setKey(String key) {
        this.key = key;
    }

    public String getApplicant() {
        return applicant;
    }

    public void setApplicant(String applicant) {
        this.applicant = applicant;
    }

    public int getLimit() {
        return limit;
    }

    public void setLimit(int limit) {
        this.limit = limit;
    }

    public boolean isCreate() {
        return create;
    }

    public void setCreate(boolean create) {
        this.create = create;
    }

    public String getToBitable() {
        return toBitable;
    }

    public void setToBitable(String toBitable) {
        this.toBitable = toBitable;
    }

    public String getToErp() {
        return toErp;
    }

    public void setToErp(String toErp) {
        this.toErp = toErp;
    }

    public String getEventType() {
        return eventType;
    }

    public void setEventType(String eventType) {
        this.eventType = eventType;
    }

    public String getPeriod() {
        return period;
    }

    public void setPeriod(String period) {
        this.period = period;
    }

    public String getLookBack() {
        return lookBack;
    }

    public void setLookBack(String lookBack) {
        this.lookBack = lookBack;
    }
}
