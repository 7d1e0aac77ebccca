package dev.camelfeishu.ops.console;

import dev.camelfeishu.event.Failure;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSource;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.http.HttpStatus;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriComponentsBuilder;

/** What every page has: who is logged in, its language, where it is; and a page for what goes wrong. */
@ControllerAdvice(basePackageClasses = EveryPage.class)
class EveryPage {

    private static final Logger LOG = LoggerFactory.getLogger(EveryPage.class);

    private final MessageSource texts;

    EveryPage(MessageSource texts) {
        this.texts = texts;
    }

    @ModelAttribute
    void common(HttpServletRequest request, Model model) {
        Locale locale = LocaleContextHolder.getLocale();
        boolean chinese = locale.getLanguage().equals("zh");
        model.addAttribute(
                "words",
                new Words(
                        texts, locale, ZoneId.systemDefault(), Clock.systemUTC().instant()));
        model.addAttribute("lang", chinese ? "zh-CN" : "en");
        model.addAttribute("otherLanguage", addressIn(request, chinese ? "en-US" : "zh-CN"));
        model.addAttribute("area", area(request.getRequestURI()));
        model.addAttribute(
                "who",
                request.getUserPrincipal() == null
                        ? null
                        : request.getUserPrincipal().getName());
        model.addAttribute("operator", request.isUserInRole("OPERATOR"));
    }

    private static String addressIn(HttpServletRequest request, String language) {
        return UriComponentsBuilder.fromPath(request.getRequestURI())
                .query(request.getQueryString())
                .replaceQueryParam("lang", language)
                .build(true)
                .toUriString();
    }

    /** The first part of the address after /console. */
    private static String area(String path) {
        String[] parts = path.split("/");
        return parts.length > 2 ? parts[2] : "overview";
    }

    @ExceptionHandler(NotThereException.class)
    ModelAndView notThere(HttpServletRequest request) {
        return problem(request, HttpStatus.NOT_FOUND, "problem.not-there", null);
    }

    @ExceptionHandler(MethodArgumentTypeMismatchException.class)
    ModelAndView malformed(HttpServletRequest request, MethodArgumentTypeMismatchException e) {
        return problem(request, HttpStatus.BAD_REQUEST, "problem.malformed", e.getName());
    }

    @ExceptionHandler(RuntimeException.class)
    ModelAndView failed(HttpServletRequest request, HttpServletResponse response, RuntimeException e) {
        String cause = Failure.of(e).cause();
        LOG.warn("A page of the console could not be made: {}", cause, e);
        return problem(request, HttpStatus.SERVICE_UNAVAILABLE, "problem.failed", cause);
    }

    private ModelAndView problem(HttpServletRequest request, HttpStatus status, String key, String detail) {
        ModelAndView page = new ModelAndView("console/problem", status);
        Model model = new org.springframework.validation.support.BindingAwareModelMap();
        common(request, model);
        page.addAllObjects(model.asMap());
        page.addObject("key", key);
        page.addObject("detail", detail);
        return page;
    }
}
