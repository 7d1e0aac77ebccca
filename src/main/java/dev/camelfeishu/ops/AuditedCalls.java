package dev.camelfeishu.ops;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Writes down each call of the operator's interface that may change something. */
@Component
class AuditedCalls implements WebMvcConfigurer, HandlerInterceptor {

    private static final String ENTRY = AuditedCalls.class.getName() + ".entry";

    private final ObjectProvider<Audit> audit;

    AuditedCalls(ObjectProvider<Audit> audit) {
        this.audit = audit;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/ops/api/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!HttpMethod.GET.matches(request.getMethod())) {
            audit.ifAvailable(book -> request.setAttribute(
                    ENTRY,
                    book.begin(
                            new Audit.Actor(request.getUserPrincipal().getName(), request.getRemoteAddr()),
                            "api." + request.getMethod(),
                            request.getRequestURI(),
                            null)));
        }
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, Exception failure) {
        if (request.getAttribute(ENTRY) instanceof Long entry) {
            audit.ifAvailable(book -> book.end(
                    entry, response.getStatus() < 400 ? null : "answered with status " + response.getStatus()));
        }
    }
}
