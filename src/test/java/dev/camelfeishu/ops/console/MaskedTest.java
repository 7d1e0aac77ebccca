package dev.camelfeishu.ops.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Payloads without their secrets")
class MaskedTest {

    private final ObjectMapper json = new ObjectMapper();

    @Test
    @DisplayName("hide what is called like a secret, at any depth, and show what only sounds like one")
    void masked() throws Exception {
        JsonNode payload = json.readTree("""
                {"token": "t", "app_ticket": "a", "event": {"user_access_token": "u", "list": [{"client_secret": "c"}],
                 "password": "", "file_token": "box1", "app_token": "bas1", "tenant_key": "k", "token_type": "x"}}""");

        assertThat(Masked.of(payload)).isEqualTo(json.readTree("""
                {"token": "***", "app_ticket": "***", "event": {"user_access_token": "***", "list": [{"client_secret": "***"}],
                 "password": "", "file_token": "box1", "app_token": "bas1", "tenant_key": "k", "token_type": "x"}}"""));
    }

    @Test
    @DisplayName("are edited without losing them")
    void restored() throws Exception {
        JsonNode original = json.readTree("{\"token\": \"t\", \"list\": [{\"secret\": 7}], \"note\": \"a\"}");
        JsonNode edited = json.readTree(
                "{\"token\": \"***\", \"list\": [{\"secret\": \"***\"}], \"note\": \"b\", \"new\": \"***\"}");

        assertThat(Masked.restored(edited, original))
                .isEqualTo(json.readTree(
                        "{\"token\": \"t\", \"list\": [{\"secret\": 7}], \"note\": \"b\", \"new\": \"***\"}"));
    }
}
