package dev.camelfeishu.ops.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.forwardedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.camelfeishu.ops.ConsoleLogin;
import dev.camelfeishu.ops.WebSecurity;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.ResultActions;

@DisplayName("Who gets into the console")
class AccessTest {

    /** A page that is not there is one all the same: it is not shown to everybody. */
    private static final String PAGE = "/console/no-such-page";

    @Nested
    @WebMvcTest(
            controllers = LoginController.class,
            properties = {
                "ops.username=olga",
                "ops.password=correct horse",
                "ops.accounts.vera.password=battery staple",
                "ops.accounts.vera.role=viewer",
                "feishu.locale=en-US"
            })
    @Import(WebSecurity.class)
    class WithAccounts {

        @Autowired
        private MockMvc mvc;

        @Test
        @DisplayName("nobody without logging in, and the door has the headers of every page")
        void door() throws Exception {
            mvc.perform(get("/console")).andExpect(redirectedUrl("/console/login"));
            mvc.perform(get(PAGE)).andExpect(redirectedUrl("/console/login"));
            mvc.perform(get(PAGE).header("HX-Request", "true"))
                    .andExpect(status().isUnauthorized())
                    .andExpect(header().string("HX-Redirect", "/console/login"));
            mvc.perform(get("/console/login"))
                    .andExpect(status().isOk())
                    .andExpect(header().string("Content-Security-Policy", containsString("default-src 'none'")))
                    .andExpect(header().string("X-Frame-Options", "DENY"))
                    .andExpect(header().string("X-Content-Type-Options", "nosniff"))
                    .andExpect(header().string("Referrer-Policy", "same-origin"))
                    .andExpect(header().doesNotExist("Strict-Transport-Security"));
            mvc.perform(get("/console/login").secure(true)).andExpect(header().exists("Strict-Transport-Security"));
        }

        @Test
        @DisplayName("a form without the session's token changes nothing")
        void forged() throws Exception {
            mvc.perform(post("/console/login").param("username", "olga").param("password", "correct horse"))
                    .andExpect(redirectedUrl("/console/login"));
            MockHttpSession session = loggedIn("olga", "correct horse");
            mvc.perform(post("/console/routes/bot-help/stop").session(session))
                    .andExpect(redirectedUrl("/console/login"));
        }

        @Test
        @DisplayName("a login begins a session of another id, which ends when nobody uses it")
        void session() throws Exception {
            MockHttpSession before = new MockHttpSession();
            String token = token(before);
            String id = before.getId();
            login(before, token, "olga", "correct horse").andExpect(redirectedUrl("/console"));
            assertThat(before.getId()).isNotEqualTo(id);
            mvc.perform(get(PAGE).session(before)).andExpect(status().isNotFound());

            before.setAttribute(
                    "dev.camelfeishu.ops.IdleSessionFilter.used", Instant.now().minusSeconds(31 * 60));
            mvc.perform(get(PAGE).session(before)).andExpect(redirectedUrl("/console/login"));
            assertThat(before.isInvalid()).isTrue();
        }

        @Test
        @DisplayName("a page that renews itself does not keep a session in use")
        void renewal() throws Exception {
            MockHttpSession session = loggedIn("vera", "battery staple");
            mvc.perform(get(PAGE).session(session));
            Object used = session.getAttribute("dev.camelfeishu.ops.IdleSessionFilter.used");
            mvc.perform(get(PAGE).session(session).header("Console-Renewal", "1"));
            assertThat(session.getAttribute("dev.camelfeishu.ops.IdleSessionFilter.used"))
                    .isEqualTo(used);
        }

        @Test
        @DisplayName("a viewer looks and does not act")
        void viewer() throws Exception {
            MockHttpSession viewer = loggedIn("vera", "battery staple");
            mvc.perform(get(PAGE).session(viewer)).andExpect(status().isNotFound());
            mvc.perform(post("/console/routes/bot-help/stop").session(viewer).param("_csrf", token(viewer)))
                    .andExpect(status().isForbidden())
                    .andExpect(forwardedUrl("/console/forbidden"));
            mvc.perform(get("/console/forbidden").session(viewer))
                    .andExpect(content().string(containsString("Your role may look, but not act.")));
        }

        @Test
        @DisplayName("who guesses has to wait, also with the right password, and only that name")
        void guessing() throws Exception {
            for (int attempt = 0; attempt < 5; attempt++) {
                MockHttpSession session = new MockHttpSession();
                login(session, token(session), "vera", "guess " + attempt)
                        .andExpect(redirectedUrl("/console/login?failed"));
            }
            MockHttpSession session = new MockHttpSession();
            mvc.perform(post("/console/login")
                            .session(session)
                            .param("_csrf", token(session))
                            .param("username", "vera")
                            .param("password", "battery staple")
                            .with(request -> {
                                request.setRemoteAddr("192.0.2.7");
                                return request;
                            }))
                    .andExpect(redirectedUrl("/console"));
            MockHttpSession same = new MockHttpSession();
            login(same, token(same), "vera", "battery staple").andExpect(redirectedUrl("/console/login?wait"));
            loggedIn("olga", "correct horse");
        }

        private MockHttpSession loggedIn(String name, String password) throws Exception {
            MockHttpSession session = new MockHttpSession();
            // from an address of its own, so that other tests' guesses do not count
            mvc.perform(post("/console/login")
                            .session(session)
                            .param("_csrf", token(session))
                            .param("username", name)
                            .param("password", password)
                            .with(request -> {
                                request.setRemoteAddr("192.0.2.1");
                                return request;
                            }))
                    .andExpect(redirectedUrl("/console"));
            return session;
        }

        private ResultActions login(MockHttpSession session, String token, String name, String password)
                throws Exception {
            return mvc.perform(post("/console/login")
                    .session(session)
                    .param("_csrf", token)
                    .param("username", name)
                    .param("password", password)
                    .with(request -> {
                        request.setRemoteAddr("192.0.2.66");
                        return request;
                    }));
        }

        private String token(MockHttpSession session) throws Exception {
            String page = session.getAttribute("SPRING_SECURITY_CONTEXT") == null ? "/console/login" : PAGE;
            MvcResult result = mvc.perform(get(page).session(session)).andReturn();
            Matcher token = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"")
                    .matcher(result.getResponse().getContentAsString());
            assertThat(token.find()).isTrue();
            return token.group(1);
        }
    }

    @Nested
    @WebMvcTest(controllers = LoginController.class)
    @Import(WebSecurity.class)
    class WithoutAccounts {

        @Autowired
        private MockMvc mvc;

        @Test
        @DisplayName("nobody while no account is set: it is not there")
        void off() throws Exception {
            for (String path : new String[] {"/console", "/console/login", "/console/assets/console.css", PAGE}) {
                mvc.perform(get(path))
                        .andExpect(status().isNotFound())
                        .andExpect(content().string(""));
            }
        }
    }

    @Nested
    @WebMvcTest(controllers = LoginController.class)
    @Import({WebSecurity.class, WithAnotherLogin.Door.class})
    class WithAnotherLogin {

        @TestConfiguration(proxyBeanMethods = false)
        static class Door {

            @Bean
            ConsoleLogin other() {
                return new ConsoleLogin() {
                    @Override
                    public String path() {
                        return "/console/login/other";
                    }

                    @Override
                    public String label(Locale locale) {
                        return "Log in with another";
                    }

                    @Override
                    public void configure(HttpSecurity http) throws Exception {
                        http.anonymous(anonymous ->
                                anonymous.principal("somebody").authorities("ROLE_VIEWER", "ROLE_ANONYMOUS"));
                    }
                };
            }
        }

        @Autowired
        private MockMvc mvc;

        @Test
        @DisplayName("whom another login lets in, which is offered on the login page")
        void other() throws Exception {
            mvc.perform(get("/console/login"))
                    .andExpect(content().string(containsString("Log in with another")))
                    .andExpect(content().string(containsString("href=\"/console/login/other\"")));
            mvc.perform(get(PAGE))
                    .andExpect(status().isNotFound())
                    .andExpect(content().string(containsString("<h1")));
        }
    }
}
