package dev.camelfeishu.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.observation.ObservationPredicate;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.security.servlet.EndpointRequest;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.session.DisableEncodeUrlFilter;

/**
 * Who may ask for what. The webhooks are open, for their bodies carry their own proof; the operator's interface asks for an
 * account with each request, the console once for a session; management endpoints are reachable on their own port only; everything else is not there.
 */
@Configuration(proxyBeanMethods = false)
public class WebSecurity {

    /** Feishu's events are far smaller; more than this is refused before it is kept. */
    static final int BODY_LIMIT = 1 << 20;

    private static final String CONSOLE = "/console";
    private static final String LOGIN = "/console/login";

    /** Nothing but the console's own files; no script or style within a page. */
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
                    + " base-uri 'none'; frame-ancestors 'none'";

    private static final String[] READING = {Account.Role.VIEWER.name(), Account.Role.OPERATOR.name()};
    private static final String ACTING = Account.Role.OPERATOR.name();

    private final Accounts accounts;
    private final Duration idle;
    private final ObjectMapper json;

    WebSecurity(Environment environment, ObjectMapper json) {
        this.accounts = new Accounts(Account.read(environment), new LoginAttempts(Ticker.systemTicker()));
        this.idle = environment.getProperty("ops.console.idle", Duration.class, Duration.ofMinutes(30));
        this.json = json;
    }

    @Bean
    FilterRegistrationBean<RawBodyFilter> bodyLimit() {
        FilterRegistrationBean<RawBodyFilter> registration =
                new FilterRegistrationBean<>(new RawBodyFilter(BODY_LIMIT));
        registration.addUrlPatterns("/webhook/*");
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        return registration;
    }

    /** Without filters: nobody logs in here, and there are many. */
    @Bean
    @Order(1)
    SecurityFilterChain webhooks() {
        return new DefaultSecurityFilterChain(request -> request.getRequestURI().startsWith("/webhook/"));
    }

    /** The journal measures what comes in. */
    @Bean
    ObservationPredicate webhooksAreMeasuredByTheJournal() {
        return (name, context) -> !(context instanceof ServerRequestObservationContext request
                && request.getCarrier().getRequestURI().startsWith("/webhook/"));
    }

    @Bean
    @Order(2)
    SecurityFilterChain operator(HttpSecurity http) throws Exception {
        stateless(http.securityMatcher("/ops/api/**"));
        if (accounts.isEmpty()) {
            return absent(http).build();
        }
        return http.authenticationProvider(accounts)
                .authorizeHttpRequests(requests -> requests
                        // a browser sends the account along with a request that another site made it send
                        .requestMatchers(WebSecurity::comesFromAnotherSite)
                        .denyAll()
                        .requestMatchers(HttpMethod.GET)
                        .hasAnyRole(READING)
                        .anyRequest()
                        .hasRole(ACTING))
                .httpBasic(basic -> basic.authenticationEntryPoint(this::unauthorized))
                .exceptionHandling(refused -> refused.accessDeniedHandler((request, response, failure) ->
                        answer(response, HttpServletResponse.SC_FORBIDDEN, "not allowed")))
                .build();
    }

    /** Off while nobody could log in. */
    @Bean
    @Order(3)
    SecurityFilterChain console(HttpSecurity http, ObjectProvider<ConsoleLogin> logins) throws Exception {
        http.securityMatcher(CONSOLE, CONSOLE + "/**");
        if (accounts.isEmpty() && logins.stream().findAny().isEmpty()) {
            return absent(stateless(http)).build();
        }
        for (ConsoleLogin login : logins) {
            login.configure(http);
        }
        return http.authenticationProvider(accounts)
                .addFilterBefore(new IdleSessionFilter(idle, Clock.systemUTC()), DisableEncodeUrlFilter.class)
                .authorizeHttpRequests(
                        requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.FORWARD)
                                .permitAll()
                                .requestMatchers(LOGIN, LOGIN + "/*", CONSOLE + "/assets/**")
                                .permitAll()
                                .requestMatchers(HttpMethod.GET)
                                .hasAnyRole(READING)
                                .requestMatchers(HttpMethod.HEAD)
                                .hasAnyRole(READING)
                                .anyRequest()
                                .hasRole(ACTING))
                .formLogin(form -> form.loginPage(LOGIN)
                        .defaultSuccessUrl(CONSOLE)
                        .failureHandler((request, response, failure) -> response.sendRedirect(
                                failure instanceof Accounts.TooManyAttemptsException
                                        ? LOGIN + "?wait"
                                        : LOGIN + "?failed")))
                .logout(logout -> logout.logoutUrl(CONSOLE + "/logout").logoutSuccessUrl(LOGIN + "?out"))
                .exceptionHandling(refused -> refused.authenticationEntryPoint(WebSecurity::toLogin)
                        .accessDeniedHandler(WebSecurity::forbidden))
                .headers(headers -> headers.contentSecurityPolicy(
                                policy -> policy.policyDirectives(CONTENT_SECURITY_POLICY))
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
                        .crossOriginOpenerPolicy(policy -> policy.policy(CrossOriginOpenerPolicy.SAME_ORIGIN)))
                .build();
    }

    /** A part of a page that renews itself must not become the login page. */
    private static void toLogin(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (request.getHeader("HX-Request") != null) {
            response.setHeader("HX-Redirect", LOGIN);
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        } else {
            response.sendRedirect(LOGIN);
        }
    }

    /** A form of a session that has ended, or not the role. */
    private static void forbidden(
            HttpServletRequest request, HttpServletResponse response, AccessDeniedException denial)
            throws IOException, ServletException {
        if (denial instanceof CsrfException) {
            response.sendRedirect(LOGIN);
        } else {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            request.getRequestDispatcher(CONSOLE + "/forbidden").forward(request, response);
        }
    }

    @Bean
    @Order(4)
    SecurityFilterChain management(HttpSecurity http) throws Exception {
        return stateless(http.securityMatcher(EndpointRequest.toAnyEndpoint()))
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    SecurityFilterChain nothingElse(HttpSecurity http) throws Exception {
        return absent(stateless(http)).build();
    }

    private static HttpSecurity stateless(HttpSecurity http) throws Exception {
        return http.csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
    }

    private static HttpSecurity absent(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .anyRequest()
                        .denyAll())
                .exceptionHandling(refused -> refused.authenticationEntryPoint(
                                (request, response, failure) -> response.setStatus(HttpServletResponse.SC_NOT_FOUND))
                        .accessDeniedHandler(
                                (request, response, failure) -> response.setStatus(HttpServletResponse.SC_NOT_FOUND)));
    }

    private static boolean comesFromAnotherSite(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        boolean reads = HttpMethod.GET.matches(request.getMethod());
        return !reads && site != null && !site.equals("same-origin") && !site.equals("none");
    }

    private void unauthorized(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof Accounts.TooManyAttemptsException) {
            response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(LoginAttempts.PERIOD.toSeconds()));
            answer(response, HttpStatus.TOO_MANY_REQUESTS.value(), "too many wrong passwords, try again in a while");
            return;
        }
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"ops\", charset=\"UTF-8\"");
        answer(response, HttpServletResponse.SC_UNAUTHORIZED, "give the operator account's name and password");
    }

    private void answer(HttpServletResponse response, int status, String error) throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        json.writeValue(response.getOutputStream(), Map.of("error", error));
    }
}
