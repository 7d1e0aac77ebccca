package dev.camelfeishu.ops;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.servlet.MockMvc;

@WebMvcTest(
        controllers = OperatorController.class,
        properties = {"ops.username=", "ops.password="})
@Import({WebSecurity.class, OperatorControllerTest.Fakes.class})
class OperatorWithoutAccountTest {

    @Autowired
    private MockMvc mvc;

    @ParameterizedTest
    @CsvSource({"'', ''", "ops, ops-sandbox"})
    @DisplayName("While no account is set, the interface is not there, whatever a caller gives")
    void notThere(String username, String password) throws Exception {
        HttpHeaders headers = new HttpHeaders();
        headers.setBasicAuth(username, password);
        mvc.perform(get("/ops/api/dead-letters").headers(headers))
                .andExpect(status().isNotFound())
                .andExpect(content().string(""));
        mvc.perform(get("/ops/api/dead-letters")).andExpect(status().isNotFound());
    }
}
