package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.approval.AlreadyDecidedException;
import dev.camelfeishu.approval.ApprovalInstance;
import dev.camelfeishu.approval.ApprovalTask;
import dev.camelfeishu.approval.Approvals;
import dev.camelfeishu.event.ActionCallback;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Approval instances.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/approval-v4/instance/create">Create an instance</a>
 * @see <a href="https://open.feishu.cn/document/server-docs/approval-v4/task/approve">Approve a task</a>
 */
final class ApprovalOperations {

    private static final Logger LOG = LoggerFactory.getLogger(ApprovalOperations.class);

    private static final String NOT_YOURS = "not-yours";
    private static final String INSTANCES = "/open-apis/approval/v4/instances";
    private static final int UUID_USED = 60012;
    private static final Set<Integer> AS_WANTED = Set.of(1390007, 60007, 60008);
    private static final Set<Integer> NO_SUCH_INSTANCE = Set.of(1390003, 60003);

    private ApprovalOperations() {}

    /**
     * {@code approval/submit}: the body is a row; the option {@code key} names the column of the request's id, the option
     * {@code applicant} that of the applicant's open_id; every other column, and the key, fills the widget with that
     * custom_id. The body becomes the instance code; the same request id always gives the same instance.
     */
    static void submit(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Map<String, Object> row = map(exchange.getMessage().getBody());
        Map<String, Object> values = new LinkedHashMap<>(row);
        String applicant = text(values.remove(options.getApplicant()), options.getApplicant());
        String request = text(row.get(options.getKey()), options.getKey());
        exchange.getMessage().setBody(platform.approvals().submit(options.getCode(), request, applicant, values));
    }

    /**
     * {@code approval/create}: the body is the request body. An instance whose creation has no certain outcome, or whose uuid
     * is used already, is looked up by its uuid.
     */
    static void create(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        JsonNode given = RequestBody.json(exchange, exchange.getMessage().getBody());
        if (!given.isObject()) {
            throw new IllegalArgumentException("feishu:approval/create needs a JSON object as its body");
        }
        ObjectNode body = given.deepCopy();
        for (Parameter parameter : Operations.named("approval/create").parameters()) {
            JsonNode value = parameter.json(exchange, options);
            if (value != null) {
                body.set(parameter.name(), value);
            }
        }
        if (body.path("form").isArray()) {
            body.put("form", body.path("form").toString());
        }
        if (!body.hasNonNull("uuid")) {
            body.put("uuid", DeliveryKey.of(exchange, "approval/create", body.toString()));
        }
        FeishuClient client = platform.client(exchange, options);
        exchange.getMessage().setBody(create(client, body));
    }

    private static String create(FeishuClient client, ObjectNode body) {
        FeishuException failure;
        try {
            return client.call(ApiRequest.post(INSTANCES).body(body))
                    .data()
                    .path("instance_code")
                    .asText();
        } catch (FeishuException e) {
            if (e.code() != UUID_USED && !e.outcomeUnknown()) {
                throw e;
            }
            failure = e;
        }
        JsonNode instance;
        try {
            instance = client.call(ApiRequest.get(INSTANCES + "/:instance_id")
                            .with("instance_id", body.path("uuid").asText()))
                    .data();
        } catch (FeishuRejectedException e) {
            // not there: the first failure says what to do
            throw NO_SUCH_INSTANCE.contains(e.code()) ? failure : e;
        }
        if (!instance.path("approval_code").equals(body.path("approval_code"))) {
            throw new IllegalStateException("the uuid belongs to instance "
                    + instance.path("instance_code").asText() + " of another approval definition");
        }
        return instance.path("instance_code").asText();
    }

    /** {@code approval/external-action}: the body is a callback; what is not Feishu's ends the route. */
    static void externalAction(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        String token = setting(exchange, "callback-token");
        if (token.isBlank()) {
            throw new IllegalStateException("The setting feishu.approval.callback-token has no value: set it to the"
                    + " action_callback_token of the definition");
        }
        byte[] body = exchange.getMessage().getBody(byte[].class);
        Optional<ObjectNode> action =
                new ActionCallback(token, setting(exchange, "callback-key")).read(body == null ? new byte[0] : body);
        if (action.isEmpty()) {
            LOG.warn("A callback of an approval action was refused: its token or its encryption is wrong");
            exchange.getMessage().setBody("");
            exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 401);
            exchange.setRouteStop(true);
            return;
        }
        exchange.getMessage().setBody(action.get());
    }

    private static String setting(Exchange exchange, String name) {
        return exchange.getContext().resolvePropertyPlaceholders("{{feishu.approval." + name + ":}}");
    }

    static void subscribe(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        changeSubscription("subscribe", exchange, options, platform);
    }

    static void unsubscribe(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        changeSubscription("unsubscribe", exchange, options, platform);
    }

    private static void changeSubscription(
            String verb, Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Parameter code = Operations.named("approval/" + verb).parameters().get(0);
        String definition = code.text(exchange, options);
        if (definition == null) {
            throw new IllegalArgumentException("feishu:approval/" + verb + " has no approval_code: set " + code.ways());
        }
        try {
            platform.client(exchange, options)
                    .call(ApiRequest.post("/open-apis/approval/v4/approvals/:approval_code/" + verb)
                            .with("approval_code", definition));
        } catch (FeishuRejectedException e) {
            if (!AS_WANTED.contains(e.code())) {
                throw e;
            }
        }
    }

    /** {@code approval/get}: the body is an instance code, or a map that holds one as {@code instance_code}. */
    static void get(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Object body = exchange.getMessage().getBody();
        Object code = body instanceof Map<?, ?> map ? map.get("instance_code") : body;
        exchange.getMessage().setBody(read(platform, text(code, "instance_code")));
    }

    /** {@code approval/due}: of the body's rows or instance codes, those that were looked at longest ago. */
    static void due(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        List<String> codes = new ArrayList<>();
        for (Object row : exchange.getMessage().getBody(Iterable.class)) {
            Object code = row instanceof Map<?, ?> map ? map.get("instance_code") : row;
            codes.add(text(code, "instance_code"));
        }
        exchange.getMessage().setBody(platform.approvals().due(options.getCode(), codes, options.getLimit()));
    }

    static void approve(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        decide(exchange, options, platform, true);
    }

    static void reject(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        decide(exchange, options, platform, false);
    }

    /**
     * The body is a click: {@code value.instance_code}, {@code value.task_id}, {@code operator}. It becomes the instance with
     * {@code outcome}: {@code done}, {@code already-decided} or {@code not-yours}, and what the person has decided as
     * {@code result}. The task is acted on only when it is one of the instance's, the clicker's own and waits.
     */
    private static void decide(
            Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, boolean approve) {
        JsonNode click = FeishuConverters.toJson(exchange.getMessage().getBody());
        String task = click.at("/value/task_id").asText();
        String person = click.path("operator").asText();
        ApprovalInstance instance;
        try {
            instance = platform.approvals().get(click.at("/value/instance_code").asText());
        } catch (IllegalArgumentException e) {
            // no instance code at all: only a forged button holds one
            LOG.warn("A click was refused: {}", e.getMessage());
            exchange.getMessage().setBody(Map.of("outcome", NOT_YOURS));
            return;
        } catch (FeishuRejectedException e) {
            if (!NO_SUCH_INSTANCE.contains(e.code())) {
                throw e;
            }
            LOG.warn("A click was refused: {}", e.getMessage());
            exchange.getMessage().setBody(Map.of("outcome", NOT_YOURS));
            return;
        }
        Map<String, Object> answer = body(instance);
        answer.put("outcome", act(options.getCode(), instance, task, person, platform.approvals(), approve));
        answer.put("result", approve ? "APPROVED" : "REJECTED");
        answer.put("decided_by", person);
        answer.put("decided_at", Instant.now());
        exchange.getMessage().setBody(answer);
    }

    private static String act(
            String code, ApprovalInstance instance, String task, String person, Approvals approvals, boolean approve) {
        boolean theirs = instance.approvalCode().equals(code)
                && instance.task(task)
                        .map(ApprovalTask::openId)
                        .filter(person::equals)
                        .isPresent();
        if (!theirs) {
            return NOT_YOURS;
        }
        if (approvals.pendingTask(instance, task, person).isEmpty()) {
            return "already-decided";
        }
        try {
            if (approve) {
                approvals.approve(code, instance.code(), task, person, null);
            } else {
                approvals.reject(code, instance.code(), task, person, null);
            }
            return "done";
        } catch (AlreadyDecidedException e) {
            LOG.info("A click came too late: {}", e.getMessage());
            return "already-decided";
        }
    }

    /** What the instance is now; it counts as looked at. */
    static Map<String, Object> read(FeishuPlatform platform, String code) {
        ApprovalInstance instance = platform.approvals().get(code);
        platform.approvals().checked(instance.code(), instance.status());
        return body(instance);
    }

    /** The form's values by custom id beside what the instance itself says; a form cannot overwrite that. */
    private static Map<String, Object> body(ApprovalInstance instance) {
        Map<String, Object> body = new LinkedHashMap<>();
        instance.form().forEach((name, value) -> body.put(name, FeishuConverters.plain(value)));
        body.put("instance_code", instance.code());
        body.put("approval_code", instance.approvalCode());
        body.put("status", instance.status().name());
        body.put("applicant_open_id", instance.starterOpenId());
        return body;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object body) {
        if (body instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException("feishu:approval/submit needs a map as its body, not "
                + (body == null ? "nothing" : body.getClass().getSimpleName()));
    }

    private static String text(Object value, String name) {
        if (value == null || value.toString().isBlank()) {
            throw new IllegalArgumentException("The body has no value for " + name);
        }
        return value.toString();
    }
}
