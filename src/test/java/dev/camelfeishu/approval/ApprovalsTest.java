package dev.camelfeishu.approval;

import static dev.camelfeishu.approval.FakeFeishu.APPROVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.openapi.FeishuRetryableException;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

@DisplayName("Approvals")
class ApprovalsTest {

    private static final String FORM = """
            [{'id':'widget1','custom_id':'request_id','name':'Request','type':'input','required':true},
             {'id':'widget2','custom_id':'title','name':'Title','type':'input','required':true},
             {'id':'widget3','custom_id':'reason','name':'Reason','type':'textarea','required':false},
             {'id':'widget4','custom_id':'amount','name':'Amount','type':'amount','required':true,
              'value':'CNY','option':{'currencyRange':['CNY','USD']}},
             {'id':'widget5','custom_id':'currency','name':'Currency','type':'input','required':false},
             {'id':'widget6','name':'Count','type':'number','required':false},
             {'id':'widget7','custom_id':'due','name':'Due','type':'date','required':false},
             {'id':'widget8','custom_id':'kind','name':'Kind','type':'radioV2','required':false,
              'option':[{'value':'k1','text':'Hardware'},{'value':'k2','text':'Software'},
                        {'value':'k3','text':'Twice'},{'value':'k4','text':'Twice'}]},
             {'id':'widget9','custom_id':'buyer','name':'Buyer','type':'contact','required':false},
             {'id':'widget10','custom_id':'tags','name':'Tags','type':'checkboxV2','required':false,
              'option':[{'value':'t1','text':'Urgent'},{'value':'t2','text':'Later'}]},
             {'id':'widget11','custom_id':'hidden','name':'Hidden','type':'input','required':true,
              'display_condition':'{\\"conditional\\":\\"OR\\"}'},
             {'id':'widget12','custom_id':'where','name':'Where','type':'address','required':false}]""";

    private static TestDatabase postgres;
    private static DataSource dataSource;

    private final FakeFeishu feishu = new FakeFeishu();
    private final SettableClock clock = new SettableClock();
    private Approvals approvals;

    @BeforeAll
    static void startDatabase() throws IOException {
        postgres = new TestDatabase();
        dataSource = postgres.dataSource();
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void begin() {
        new JdbcTemplate(dataSource).execute("truncate feishu.approval_check");
        feishu.form(FORM);
        approvals = new Approvals(feishu, new ObjectMapper(), dataSource, clock);
    }

    private static Map<String, Object> values() {
        var values = new HashMap<String, Object>();
        values.put("request_id", "PR-1");
        values.put("title", "Laptops");
        values.put("reason", null);
        values.put("amount", new BigDecimal("1234.50"));
        values.put("currency", "USD");
        return values;
    }

    private String submit() {
        return approvals.submit(APPROVAL, "PR-1", "ou_applicant", values());
    }

    @Nested
    @DisplayName("submit")
    class Submit {

        @Test
        void writes_each_widget_in_the_shape_that_its_type_wants() {
            var values = values();
            values.put("widget6", "3");
            values.put("due", LocalDate.of(2025, 3, 1));
            values.put("kind", "Software");
            values.put("buyer", List.of("ou_buyer", "wangfang"));
            values.put("tags", List.of("Urgent", "t2"));
            values.put("where", new ObjectMapper().createArrayNode().add("290557"));

            approvals.submit(APPROVAL, "PR-1", "ou_applicant", values);

            assertThat(feishu.submitted())
                    .extracting(Object::toString)
                    .containsExactly(
                            "{\"id\":\"widget1\",\"type\":\"input\",\"value\":\"PR-1\"}",
                            "{\"id\":\"widget2\",\"type\":\"input\",\"value\":\"Laptops\"}",
                            "{\"id\":\"widget4\",\"type\":\"amount\",\"value\":1234.5,\"currency\":\"USD\"}",
                            "{\"id\":\"widget5\",\"type\":\"input\",\"value\":\"USD\"}",
                            "{\"id\":\"widget6\",\"type\":\"number\",\"value\":3}",
                            "{\"id\":\"widget7\",\"type\":\"date\",\"value\":\"2025-03-01T00:00:00+08:00\"}",
                            "{\"id\":\"widget8\",\"type\":\"radioV2\",\"value\":\"k2\"}",
                            "{\"id\":\"widget9\",\"type\":\"contact\",\"value\":[\"wangfang\"],\"open_ids\":[\"ou_buyer\"]}",
                            "{\"id\":\"widget10\",\"type\":\"checkboxV2\",\"value\":[\"t1\",\"t2\"]}",
                            "{\"id\":\"widget12\",\"type\":\"address\",\"value\":[\"290557\"]}");
        }

        @Test
        void writes_a_point_in_time_with_its_offset() {
            for (Object time : List.of(
                    Timestamp.from(Instant.parse("2025-03-01T01:30:00Z")),
                    Instant.parse("2025-03-01T01:30:00Z"),
                    Instant.parse("2025-03-01T01:30:00Z").atOffset(ZoneOffset.ofHours(8)),
                    "2025-03-01T09:30:00+08:00")) {
                var values = values();
                values.put("due", time);
                approvals.submit(APPROVAL, "PR " + time.getClass(), "ou_applicant", values);

                assertThat(feishu.submitted().findValuesAsText("value")).contains("2025-03-01T09:30:00+08:00");
            }
        }

        @Test
        void fills_the_amount_with_the_definitions_own_currency_when_none_is_given() {
            var values = values();
            values.remove("currency");
            approvals.submit(APPROVAL, "PR-1", "ou_applicant", values);

            assertThat(feishu.submitted().findValuesAsText("currency")).containsExactly("CNY");
        }

        @Test
        void is_done_once_however_often_it_is_called() {
            String first = submit();

            assertThat(submit()).isEqualTo(first);
            assertThat(feishu.instances).hasSize(1);
            assertThat(feishu.calls("GET", "/instances/:instance_id")).isOne();
        }

        @Test
        void looks_the_instance_up_when_the_answer_is_lost() {
            submit();
            feishu.loseNextAnswer();

            String code = approvals.submit(APPROVAL, "PR-2", "ou_applicant", values());

            assertThat(feishu.instances.keySet()).hasSize(2).last().isEqualTo(code);
        }

        @Test
        void fails_when_the_outcome_is_unknown_and_no_instance_is_there() {
            submit();
            feishu.failNext(new FeishuRetryableException("no answer", 0, 0, null, null, true, null));

            assertThatExceptionOfType(FeishuRetryableException.class)
                    .isThrownBy(() -> approvals.submit(APPROVAL, "PR-2", "ou_applicant", values()))
                    .satisfies(e -> assertThat(e.outcomeUnknown()).isTrue());
            assertThat(feishu.instances).hasSize(1);
        }

        @Test
        void may_be_tried_again_when_the_instance_exists_and_cannot_be_read_yet() {
            submit();
            feishu.hideInstances(true);

            assertThatExceptionOfType(FeishuRetryableException.class).isThrownBy(ApprovalsTest.this::submit);

            feishu.hideInstances(false);
            assertThat(submit()).isEqualTo(feishu.instances.keySet().iterator().next());
        }

        @Test
        void refuses_an_instance_of_another_definition_under_the_same_request_id() {
            submit();
            feishu.instances.values().forEach(instance -> instance.put("approval_code", "OTHER"));

            assertThatIllegalStateException()
                    .isThrownBy(ApprovalsTest.this::submit)
                    .withMessageContaining("OTHER");
        }

        @Test
        void passes_on_a_refusal() {
            submit();
            feishu.failNext(FakeFeishu.refusal(1390015));

            assertThatExceptionOfType(FeishuRejectedException.class)
                    .isThrownBy(() -> approvals.submit(APPROVAL, "PR-2", "ou_applicant", values()))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(1390015));
            assertThat(feishu.calls("GET", "/instances/:instance_id")).isZero();
        }

        @Test
        void reads_the_definition_once_in_ten_minutes() {
            submit();
            clock.forward(Duration.ofMinutes(9));
            submit();
            assertThat(feishu.calls("GET", "/approvals/:approval_code")).isOne();

            clock.forward(Duration.ofMinutes(1));
            submit();
            assertThat(feishu.calls("GET", "/approvals/:approval_code")).isEqualTo(2);
        }

        @Test
        void reads_the_definition_again_when_it_was_changed_or_the_form_was_refused() {
            submit();
            approvals.definitionChanged(APPROVAL);
            submit();
            assertThat(feishu.calls("GET", "/approvals/:approval_code")).isEqualTo(2);

            feishu.failNext(FakeFeishu.refusal(1390001));
            assertThatThrownBy(ApprovalsTest.this::submit).isInstanceOf(FeishuRejectedException.class);
            submit();
            assertThat(feishu.calls("GET", "/approvals/:approval_code")).isEqualTo(3);
        }

        @Test
        void what_was_refused_for_good_is_not_sent_again_until_its_values_change() {
            feishu.failNext(FakeFeishu.refusal(1390004));
            assertThatThrownBy(ApprovalsTest.this::submit).isInstanceOf(FeishuRejectedException.class);
            long sent = feishu.calls("POST", "/instances");
            assertThatThrownBy(ApprovalsTest.this::submit).isInstanceOf(FeishuRejectedException.class);
            assertThat(feishu.calls("POST", "/instances")).isEqualTo(sent);

            var corrected = values();
            corrected.put("title", "corrected");
            approvals.submit(APPROVAL, "PR-1", "ou_applicant", corrected);
            assertThat(feishu.instances).hasSize(1);
        }

        @Test
        void names_the_widgets_when_a_value_has_none() {
            var values = values();
            values.put("titel", "x");

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> approvals.submit(APPROVAL, "PR-1", "ou_applicant", values))
                    .withMessageContaining("no widget 'titel'")
                    .withMessageContaining("'title' (input, Title)")
                    .withMessageContaining("'widget6' (number, Count)");
            assertThat(feishu.instances).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"title", "amount"})
        void names_the_widget_that_must_be_filled(String name) {
            for (Object nothing : Arrays.asList(null, " ")) {
                var values = values();
                values.put(name, nothing);

                assertThatIllegalArgumentException()
                        .isThrownBy(() -> approvals.submit(APPROVAL, "PR-1", "ou_applicant", values))
                        .withMessageContaining("needs a value for the widget '" + name + "'");
            }
        }

        @ParameterizedTest
        @CsvSource({
            "amount, many, is no number",
            "widget6, 1 2, is no number",
            "due, tomorrow, is no date",
            "kind, Snacks, is no option",
            "kind, Twice, names more than one option",
            "currency, EUR, is no currency",
            "where, Beijing, give its JSON"
        })
        void names_the_widget_that_a_value_does_not_fit(String name, String value, String message) {
            var values = values();
            values.put(name, value);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> approvals.submit(APPROVAL, "PR-1", "ou_applicant", values))
                    .withMessageContaining(message);
        }
    }

    @Nested
    @DisplayName("the uuid of a request")
    class Uuid {

        @Test
        void follows_from_the_request_id_alone_and_never_changes() {
            assertThat(RequestUuid.of("PR-1"))
                    .isEqualTo(RequestUuid.of("PR-1"))
                    .isEqualTo("0b161ac0-77e1-5aee-9d25-78b81ff055b5")
                    .matches("[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        }

        @Test
        void differs_for_ids_that_differ_in_case_only_although_feishu_ignores_case() {
            assertThat(RequestUuid.of("pr-1")).isNotEqualToIgnoringCase(RequestUuid.of("PR-1"));
        }

        @Test
        void needs_an_id() {
            assertThatIllegalArgumentException().isThrownBy(() -> RequestUuid.of(" "));
        }
    }

    @Nested
    @DisplayName("get")
    class Get {

        @Test
        void reads_what_feishu_answers() {
            String code = submit();

            ApprovalInstance instance = approvals.get(code);

            assertThat(instance.code()).isEqualTo(code);
            assertThat(instance.uuid()).isEqualTo(RequestUuid.of("PR-1"));
            assertThat(instance.approvalCode()).isEqualTo(APPROVAL);
            assertThat(instance.status()).isEqualTo(InstanceStatus.PENDING);
            assertThat(instance.startedAt()).isEqualTo("2025-03-01T02:03:04Z");
            assertThat(instance.endedAt()).isNull();
            assertThat(instance.tasks())
                    .containsExactly(
                            new ApprovalTask("7100000000000000001", "ou_manager", "lilei", "PENDING", "Manager"),
                            new ApprovalTask("7100000000000000002", null, null, "DONE", "Automatic"));
        }

        @Test
        void names_form_values_by_custom_id_or_id() {
            String code = submit();
            feishu.instances
                    .get(code)
                    .put(
                            "form",
                            "[{\"id\":\"w1\",\"custom_id\":\"title\",\"value\":\"T\"},{\"id\":\"w2\",\"value\":5}]");

            assertThat(approvals.get(code).form().toString()).isEqualTo("{title=\"T\", w2=5}");
        }

        @ParameterizedTest
        @CsvSource({
            "PENDING, false, PENDING",
            "APPROVED, false, APPROVED",
            "REJECTED, false, REJECTED",
            "CANCELED, false, CANCELED",
            "DELETED, false, DELETED",
            "APPROVED, true, REVERTED",
            "CANCELED, true, REVERTED",
            "SOMETHING_NEW, true, REVERTED"
        })
        void a_revert_outranks_the_status(String status, boolean reverted, InstanceStatus expected) {
            String code = submit();
            feishu.instances.get(code).put("status", status).put("reverted", reverted);

            assertThat(approvals.get(code).status()).isEqualTo(expected);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "OVERTIME_CLOSE", "approved"})
        void concludes_nothing_from_an_unknown_status(String status) {
            String code = submit();
            feishu.instances.get(code).put("status", status);

            assertThatIllegalStateException()
                    .isThrownBy(() -> approvals.get(code))
                    .withMessageContaining("'" + status + "'");
        }
    }

    @Test
    @DisplayName("subscribing twice is a success")
    void subscribing_twice_is_a_success() {
        approvals.subscribe(APPROVAL);
        approvals.subscribe(APPROVAL);
        feishu.failNext(FakeFeishu.refusal(1390002));

        assertThat(feishu.calls("POST", "/approvals/:approval_code/subscribe")).isEqualTo(2);
        assertThatThrownBy(() -> approvals.subscribe(APPROVAL)).isInstanceOf(FeishuRejectedException.class);
    }

    @Nested
    @DisplayName("a task")
    class Task {

        private static final String TASK = "7100000000000000001";

        @Test
        void is_pending_only_for_the_person_it_belongs_to() {
            String code = submit();
            ApprovalInstance instance = approvals.get(code);

            assertThat(approvals.pendingTask(instance, TASK, "ou_manager")).isPresent();
            assertThat(approvals.pendingTask(instance, TASK, "ou_other")).isEmpty();
            assertThat(approvals.pendingTask(instance, "7100000000000000002", "ou_manager"))
                    .isEmpty();
            assertThat(approvals.pendingTask(instance, "7", "ou_manager")).isEmpty();

            approvals.approve(APPROVAL, code, TASK, "ou_manager", null);
            assertThat(approvals.pendingTask(approvals.get(code), TASK, "ou_manager"))
                    .isEmpty();
        }

        @Test
        void is_decided_in_the_name_of_the_person() {
            approvals.reject(APPROVAL, submit(), TASK, "ou_manager", "too dear");

            var call = feishu.calls.get(feishu.calls.size() - 1);
            assertThat(call.path()).endsWith("/tasks/reject");
            assertThat(call.query()).containsEntry("user_id_type", "open_id");
            assertThat(call.body().path("user_id").asText()).isEqualTo("ou_manager");
            assertThat(call.body().path("comment").asText()).isEqualTo("too dear");
        }

        @Test
        void approved_twice_is_approved() {
            String code = submit();
            approvals.approve(APPROVAL, code, TASK, "ou_manager", null);
            approvals.approve(APPROVAL, code, TASK, "ou_manager", null);

            assertThat(feishu.instances.get(code).at("/task_list/0/status").asText())
                    .isEqualTo("APPROVED");
        }

        @Test
        void decided_otherwise_before_is_told() {
            String code = submit();
            approvals.reject(APPROVAL, code, TASK, "ou_manager", null);

            assertThatExceptionOfType(AlreadyDecidedException.class)
                    .isThrownBy(() -> approvals.approve(APPROVAL, code, TASK, "ou_manager", null))
                    .satisfies(e -> assertThat(e.instance().code()).isEqualTo(code))
                    .withMessageContaining("REJECTED");
        }

        @Test
        void of_somebody_else_is_not_decided() {
            String code = submit();

            assertThatExceptionOfType(AlreadyDecidedException.class)
                    .isThrownBy(() -> approvals.approve(APPROVAL, code, TASK, "ou_other", null));
            assertThat(feishu.instances.get(code).at("/task_list/0/status").asText())
                    .isEqualTo("PENDING");
        }

        @Test
        void whose_decision_was_not_answered_is_looked_up() {
            String code = submit();
            feishu.loseNextAnswer();
            approvals.approve(APPROVAL, code, TASK, "ou_manager", null);

            assertThat(feishu.instances.get(code).at("/task_list/0/status").asText())
                    .isEqualTo("APPROVED");
        }

        @Test
        void whose_decision_had_no_effect_stays_open_for_another_try() {
            String code = submit();
            feishu.failNext(new FeishuRetryableException("no answer", 0, 0, null, null, true, null));

            assertThatExceptionOfType(FeishuRetryableException.class)
                    .isThrownBy(() -> approvals.approve(APPROVAL, code, TASK, "ou_manager", null));
        }

        @Test
        void that_wants_a_signature_is_refused_as_it_is() {
            String code = submit();
            feishu.failNext(FakeFeishu.refusal(1390018));

            assertThatExceptionOfType(FeishuException.class)
                    .isThrownBy(() -> approvals.approve(APPROVAL, code, TASK, "ou_manager", null))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(1390018));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../approvals", "a/b", "a?b=c", "a b", "a\nb", "é"})
    @DisplayName("an id that is none reaches no call")
    void an_id_that_is_none_reaches_no_call(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.get(id));
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.subscribe(id));
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.submit(id, "PR-1", "ou_a", values()));
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.submit(APPROVAL, "PR-1", id, values()));
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.approve(id, "I-1", "1", "ou_a", null));
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.approve(APPROVAL, id, "1", "ou_a", null));
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.approve(APPROVAL, "I-1", id, "ou_a", null));
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.reject(APPROVAL, "I-1", "1", id, null));
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.due(APPROVAL, List.of(id), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> approvals.checked(id, InstanceStatus.PENDING));
        assertThat(feishu.calls).isEmpty();
    }

    @Nested
    @DisplayName("due")
    class Due {

        @Test
        void answers_the_longest_unchecked_first_and_new_ones_before_all() {
            approvals.checked("A", InstanceStatus.PENDING);
            clock.forward(Duration.ofMinutes(1));
            approvals.checked("B", InstanceStatus.PENDING);
            clock.forward(Duration.ofMinutes(1));

            assertThat(approvals.due(APPROVAL, List.of("B", "C", "A", "D"), 3)).containsExactly("C", "D", "A");
        }

        @Test
        void goes_round_even_when_an_instance_is_never_checked_successfully() {
            var codes = List.of("A", "B", "C");

            assertThat(approvals.due(APPROVAL, codes, 2)).containsExactly("A", "B");
            clock.forward(Duration.ofMinutes(1));
            assertThat(approvals.due(APPROVAL, codes, 2)).containsExactly("C", "A");
            clock.forward(Duration.ofMinutes(1));
            assertThat(approvals.due(APPROVAL, codes, 2)).containsExactly("B", "A");
            clock.forward(Duration.ofMinutes(1));
            assertThat(approvals.due(APPROVAL, codes, 2)).startsWith("C");
        }

        @Test
        void answers_each_code_once_and_nothing_for_none() {
            assertThat(approvals.due(APPROVAL, List.of("A", "A"), 5)).containsExactly("A");
            assertThat(approvals.due(APPROVAL, List.of(), 5)).isEmpty();
        }

        @Test
        void remembers_the_last_status() {
            approvals.due(APPROVAL, List.of("A"), 1);
            approvals.checked("A", InstanceStatus.APPROVED);

            assertThat(new JdbcTemplate(dataSource)
                            .queryForMap("select approval_code, last_status from feishu.approval_check"))
                    .containsEntry("approval_code", APPROVAL)
                    .containsEntry("last_status", "APPROVED");
        }

        @Test
        void forgets_what_nobody_asked_about_for_a_week() {
            approvals.checked("OLD", InstanceStatus.REJECTED);
            clock.forward(Duration.ofDays(8));
            approvals.due(APPROVAL, List.of("NEW"), 1);

            assertThat(new JdbcTemplate(dataSource)
                            .queryForList("select instance_code from feishu.approval_check", String.class))
                    .containsExactly("NEW");
        }
    }

    /** Stands still until it is moved. */
    private static final class SettableClock extends Clock {

        private Instant now = Instant.parse("2025-03-01T02:00:00Z");

        void forward(Duration time) {
            now = now.plus(time);
        }

        @Override
        public ZoneId getZone() {
            return ZoneId.of("Asia/Shanghai");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
