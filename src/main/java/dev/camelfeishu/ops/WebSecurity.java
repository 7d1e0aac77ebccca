package dev.camelfeishu.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.observation.ObservationPredicate;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.security.servlet.EndpointRequest;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Who may ask for what. The webhooks are open, for their bodies carry their own proof; the operator's interface asks for its
 * account; management endpoints are reachable on their own port only; everything else is not there.
 */
@Configuration(proxyBeanMethods = false)
public class WebSecurity {

    /** Feishu's events are far smaller; more than this is refused before it is kept. */
    static final int BODY_LIMIT = 1 << 20;

    private final OperatorAccount operator;
    private final ObjectMapper json;

    WebSecurity(
            @Value("${ops.username:}") String username, @Value("${ops.password:}") String password, ObjectMapper json) {
        this.operator = new OperatorAccount(username, password);
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
        if (!operator.isSet()) {
            return absent(http).build();
        }
        return http.authenticationProvider(operator)
                .authorizeHttpRequests(requests -> requests
                        // a browser sends the account along with a request that another site made it send
                        .requestMatchers(WebSecurity::comesFromAnotherSite)
                        .denyAll()
                        .anyRequest()
                        .hasRole(OperatorAccount.ROLE))
                .httpBasic(
                        basic -> basic.authenticationEntryPoint((request, response, failure) -> unauthorized(response)))
                .exceptionHandling(refused -> refused.accessDeniedHandler((request, response, failure) ->
                        answer(response, HttpServletResponse.SC_FORBIDDEN, "not allowed")))
                .build();
    }

    @Bean
    @Order(3)
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

    private void unauthorized(HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"ops\", charset=\"UTF-8\"");
        answer(response, HttpServletResponse.SC_UNAUTHORIZED, "give the operator account's name and password");
    }

    private void answer(HttpServletResponse response, int status, String error) throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        json.writeValue(response.getOutputStream(), Map.of("error", error));
    }
}
