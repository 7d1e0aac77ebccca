package dev.camelfeishu.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.openapi.FeishuRetryableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * Approval v4 with the tenant's token: submit once, read what is true, act for the person who clicked. Thread safe; calls
 * block. Every id is checked before it is used; a malformed one is an {@link IllegalArgumentException}.
 */
public final class Approvals {

    private static final String DEFINITION = "/open-apis/approval/v4/approvals/:approval_code";
    private static final String INSTANCES = "/open-apis/approval/v4/instances";
    private static final Duration DEFINITION_KEPT = Duration.ofMinutes(10);
    private static final Duration REFUSAL_KEPT = Duration.ofMinutes(10);

    private static final int INVALID_FORM = 1390001;
    private static final int LEGACY_INVALID_FORM = 60006;
    private static final int UUID_USED = 60012;
    private static final Set<Integer> NO_SUCH_INSTANCE = Set.of(1390003, 60003);
    private static final Set<Integer> SUBSCRIBED_ALREADY = Set.of(1390007, 60007);
    private static final Set<Integer> NO_SUCH_TASK = Set.of(1390010, 60010);

    private final FeishuClient feishu;
    private final ObjectMapper json;
    private final ApprovalChecks checks;
    private final Clock clock;
    private final Map<String, Definition> definitions = new ConcurrentHashMap<>();
    /** What Feishu refused for good is not sent again every few seconds, unless its values have changed. */
    private final Cache<Submission, FeishuRejectedException> refused = forAWhile();

    private final Cache<Submission, Boolean> misfit = forAWhile();

    private static <V> Cache<Submission, V> forAWhile() {
        return Caffeine.newBuilder()
                .maximumSize(1_000)
                .expireAfterWrite(REFUSAL_KEPT)
                .build();
    }

    /**
     * @param dataSource holds the schema {@code feishu}
     * @param clock its zone is that of dates that name none
     */
    public Approvals(FeishuClient feishu, ObjectMapper json, DataSource dataSource, Clock clock) {
        this.feishu = feishu;
        this.json = json;
        this.checks = new ApprovalChecks(dataSource, clock);
        this.clock = clock;
    }

    /**
     * Submits a request once, however often this is called: the instance's uuid follows from the request id alone. A second
     * call answers the first one's instance, whatever its values.
     *
     * @param values by a widget's custom id, or its id: text for input and textarea, numbers for number and amount (whose
     *     currency is the value {@code currency}), dates, an option's text or key, open ids for contacts; JSON for any other
     *     type, in the shape that create instance takes
     * @return the instance code
     * @throws IllegalArgumentException when the values do not fit the form; the message names the widgets
     * @throws IllegalStateException when the request id belongs to an instance of another definition
     * @throws FeishuException when Feishu does not answer or refuses; calling again is safe, and what was refused for good is
     *     refused here for ten minutes without asking again
     */
    public String submit(String approvalCode, String requestId, String applicantOpenId, Map<String, ?> values) {
        var submission = new Submission(approvalCode, requestId, applicantOpenId, new HashMap<>(values));
        FeishuRejectedException before = refused.getIfPresent(submission);
        if (before != null) {
            throw before;
        }
        try {
            return create(approvalCode, requestId, applicantOpenId, values);
        } catch (FeishuRejectedException e) {
            // a form refused for the first time is tried once more with the definition read anew
            if (!isFormRefused(e) || misfit.asMap().putIfAbsent(submission, true) != null) {
                refused.put(submission, e);
            }
            throw e;
        }
    }

    private static boolean isFormRefused(FeishuException failure) {
        return failure.code() == INVALID_FORM || failure.code() == LEGACY_INVALID_FORM;
    }

    private record Submission(String approvalCode, String requestId, String applicant, Map<String, ?> values) {}

    private String create(String approvalCode, String requestId, String applicantOpenId, Map<String, ?> values) {
        Ids.approvalCode(approvalCode);
        Ids.openId(applicantOpenId);
        String uuid = RequestUuid.of(requestId);
        ObjectNode body = json.createObjectNode()
                .put("approval_code", approvalCode)
                .put("open_id", applicantOpenId)
                .put("form", form(approvalCode).fill(values))
                .put("uuid", uuid);
        FeishuException failure;
        try {
            JsonNode code =
                    feishu.call(ApiRequest.post(INSTANCES).body(body)).data().path("instance_code");
            if (code.isTextual()) {
                return Ids.instanceCode(code.textValue());
            }
            failure = unanswered("creating an instance was answered without its code");
        } catch (FeishuException e) {
            failure = e;
        }
        if (isFormRefused(failure)) {
            // the form may have been changed a moment ago: the next attempt reads it again
            definitions.remove(approvalCode);
        }
        if (failure.code() != UUID_USED && !failure.outcomeUnknown()) {
            throw failure;
        }
        return adopt(approvalCode, uuid, failure);
    }

    /** Drops what is remembered of a definition: {@code approval.approval.updated_v4} says that it changed. */
    public void definitionChanged(String approvalCode) {
        definitions.remove(Ids.approvalCode(approvalCode));
    }

    /**
     * Reads an instance.
     *
     * @param code instance code, or the uuid that it was created with
     * @throws IllegalStateException when its status is not known: fail closed, conclude nothing
     */
    public ApprovalInstance get(String code) {
        return ApprovalInstance.of(read(code), json);
    }

    /** Reads an instance with what has happened to it. As {@link #get}. */
    public ApprovalHistory history(String code) {
        JsonNode data = read(code);
        return ApprovalHistory.of(data, ApprovalInstance.of(data, json));
    }

    private JsonNode read(String code) {
        return feishu.call(ApiRequest.get(INSTANCES + "/:instance_id").with("instance_id", Ids.instanceCode(code)))
                .data();
    }

    /** Asks Feishu to send the events of a definition's instances. Repeating it does no harm. */
    public void subscribe(String approvalCode) {
        try {
            feishu.call(
                    ApiRequest.post(DEFINITION + "/subscribe").with("approval_code", Ids.approvalCode(approvalCode)));
        } catch (FeishuRejectedException e) {
            if (!SUBSCRIBED_ALREADY.contains(e.code())) {
                throw e;
            }
        }
    }

    /** The task, if it is one of this instance, belongs to this person and waits. */
    public Optional<ApprovalTask> pendingTask(ApprovalInstance instance, String taskId, String openId) {
        Ids.openId(openId);
        return instance.task(Ids.taskId(taskId))
                .filter(task -> openId.equals(task.openId()))
                .filter(ApprovalTask::isPending);
    }

    /**
     * Approves a task in the name of the person. The caller has looked up with {@link #pendingTask} that it is theirs.
     * Repeating it does no harm.
     *
     * @param comment null for none
     * @throws AlreadyDecidedException when it was decided otherwise before
     */
    public void approve(String approvalCode, String instanceCode, String taskId, String openId, String comment) {
        decide("approve", "APPROVED", approvalCode, instanceCode, taskId, openId, comment);
    }

    /** Rejects a task; as {@link #approve}. */
    public void reject(String approvalCode, String instanceCode, String taskId, String openId, String comment) {
        decide("reject", "REJECTED", approvalCode, instanceCode, taskId, openId, comment);
    }

    /**
     * Of the given instances those to look at now: the longest unchecked first, new ones before all. What is answered counts
     * as checked, so that one instance that cannot be read does not hold up the others.
     */
    public List<String> due(String approvalCode, List<String> instanceCodes, int limit) {
        Ids.approvalCode(approvalCode);
        instanceCodes.forEach(Ids::instanceCode);
        return checks.due(approvalCode, instanceCodes, limit);
    }

    /** Remembers that an instance was read just now, whether an event or the schedule led to it. */
    public void checked(String instanceCode, InstanceStatus status) {
        checks.checked(Ids.instanceCode(instanceCode), status);
    }

    private void decide(
            String verb,
            String outcome,
            String approvalCode,
            String instanceCode,
            String taskId,
            String openId,
            String comment) {
        ObjectNode body = json.createObjectNode()
                .put("approval_code", Ids.approvalCode(approvalCode))
                .put("instance_code", Ids.instanceCode(instanceCode))
                .put("user_id", Ids.openId(openId))
                .put("task_id", Ids.taskId(taskId));
        if (comment != null && !comment.isBlank()) {
            body.put("comment", comment);
        }
        try {
            feishu.call(ApiRequest.post("/open-apis/approval/v4/tasks/" + verb)
                    .query("user_id_type", "open_id")
                    .body(body));
        } catch (FeishuException e) {
            if (!NO_SUCH_TASK.contains(e.code()) && !e.outcomeUnknown()) {
                throw e;
            }
            settle(get(instanceCode), outcome, taskId, openId, e);
        }
    }

    /** These calls carry no key of their own, so after a doubtful one the instance says what happened. */
    private void settle(
            ApprovalInstance instance, String outcome, String taskId, String openId, FeishuException failure) {
        Optional<ApprovalTask> task = instance.task(taskId).filter(each -> openId.equals(each.openId()));
        if (task.isPresent() && task.get().isPending()) {
            throw failure;
        }
        if (task.isEmpty() || !task.get().status().equals(outcome)) {
            throw new AlreadyDecidedException(instance, taskId, failure);
        }
    }

    private String adopt(String approvalCode, String uuid, FeishuException failure) {
        ApprovalInstance instance;
        try {
            instance = get(uuid);
        } catch (FeishuRejectedException e) {
            if (!NO_SUCH_INSTANCE.contains(e.code())) {
                throw e;
            }
            if (failure.code() != UUID_USED) {
                throw failure;
            }
            // used, yet not to be read: Feishu may need a moment after the creation
            throw new FeishuRetryableException(
                    "an approval instance was created a moment ago and cannot be read yet; it is tried again, and nothing"
                            + " is created twice",
                    e.httpStatus(),
                    e.code(),
                    e.logId(),
                    "It is tried again; nothing is created twice.",
                    false,
                    e);
        }
        if (!instance.approvalCode().equals(approvalCode)) {
            throw new IllegalStateException("the request was submitted to the approval definition "
                    + instance.approvalCode() + " before, as instance " + instance.code()
                    + "; request ids are unique in the tenant");
        }
        return instance.code();
    }

    private ApprovalForm form(String approvalCode) {
        Instant now = clock.instant();
        return definitions
                .compute(approvalCode, (code, known) -> known != null && known.freshAt(now) ? known : read(code, now))
                .form();
    }

    private Definition read(String approvalCode, Instant now) {
        JsonNode data = feishu.call(ApiRequest.get(DEFINITION).with("approval_code", approvalCode))
                .data();
        return new Definition(ApprovalForm.read(data.path("form").asText(), json, clock.getZone()), now);
    }

    private static FeishuException unanswered(String message) {
        return new FeishuRetryableException(message, 200, 0, null, null, true, null);
    }

    private record Definition(ApprovalForm form, Instant readAt) {

        boolean freshAt(Instant now) {
            return now.isBefore(readAt.plus(DEFINITION_KEPT));
        }
    }
}
