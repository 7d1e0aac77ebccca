package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.camelfeishu.openapi.FeishuRetryableException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may ask the bot. */
class AudienceTest {

    private static final String USER = "GET /open-apis/contact/v3/users/:user_id";

    private final FakeFeishu feishu = new FakeFeishu()
            .on(
                    USER,
                    request -> request.pathVariables().get("user_id").equals("ou_buyer")
                            ? "{'data': {'user': {'department_ids': ['od-sales', 'od-purchasing']}}}"
                            : "{'data': {'user': {}}}");

    @Test
    void withoutListsEverybodyMayAndFeishuIsNotAsked() {
        assertThat(audience(Set.of(), Set.of()).mayAsk(feishu, "oc_any", "ou_any"))
                .isTrue();
        assertThat(feishu.calls(USER)).isEmpty();
    }

    @Test
    void inAnAllowedChatEverybodyMay() {
        Audience audience = audience(Set.of("oc_1"), Set.of("od-purchasing"));

        assertThat(audience.mayAsk(feishu, "oc_1", "ou_stranger")).isTrue();
        assertThat(feishu.calls(USER)).isEmpty();
    }

    @Test
    void withAllowedChatsOnlyNobodyMayElsewhere() {
        assertThat(audience(Set.of("oc_1"), Set.of()).mayAsk(feishu, "oc_2", "ou_buyer"))
                .isFalse();
    }

    @Test
    void aPersonOfAnAllowedDepartmentMayAnywhere() {
        Audience audience = audience(Set.of("oc_1"), Set.of("od-purchasing"));

        assertThat(audience.mayAsk(feishu, "oc_2", "ou_buyer")).isTrue();
        assertThat(audience.mayAsk(feishu, "oc_2", "ou_stranger")).isFalse();
    }

    @Test
    void aPersonsDepartmentsAreRemembered() {
        Audience audience = audience(Set.of(), Set.of("od-purchasing"));
        audience.mayAsk(feishu, "oc_2", "ou_buyer");
        audience.mayAsk(feishu, "oc_3", "ou_buyer");

        assertThat(feishu.calls(USER))
                .singleElement()
                .satisfies(call -> assertThat(call.query())
                        .containsEntry("department_id_type", "open_department_id")
                        .containsEntry("user_id_type", "open_id"));
    }

    @Test
    void whenFeishuDoesNotTellNobodyIsLetInAndItIsAskedAgain() {
        feishu.on(USER, request -> {
            throw new FeishuRetryableException("away", 503, 0, null, null, false, null);
        });
        Audience audience = audience(Set.of(), Set.of("od-purchasing"));

        assertThatThrownBy(() -> audience.mayAsk(feishu, "oc_2", "ou_buyer"))
                .isInstanceOf(FeishuRetryableException.class);
        feishu.on(USER, "{'data': {'user': {'department_ids': ['od-purchasing']}}}");
        assertThat(audience.mayAsk(feishu, "oc_2", "ou_buyer")).isTrue();
    }

    private Audience audience(Set<String> chats, Set<String> departments) {
        return new Audience(chats, departments);
    }
}
