package dev.camelfeishu.ops.console;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.i18n.CookieLocaleResolver;
import org.springframework.web.servlet.i18n.LocaleChangeInterceptor;

/** The console's files and languages. */
@Configuration(proxyBeanMethods = false)
class ConsoleWeb implements WebMvcConfigurer {

    private static final String ASSETS = "/console/assets/";
    private static final Duration LANGUAGE_KEPT = Duration.ofDays(365);

    /** htmx is packed in a folder that has its version as its name. */
    private static String htmx() {
        try {
            Resource[] found = new PathMatchingResourcePatternResolver()
                    .getResources("classpath*:META-INF/resources/webjars/htmx.org/*/dist/htmx.min.js");
            String file = found[0].getURL().toString();
            return file.substring(0, file.lastIndexOf('/') + 1);
        } catch (IOException e) {
            throw new IllegalStateException("htmx is not on the class path", e);
        }
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        // asked for each time and sent only when it has changed, so that an upgrade is seen at once
        registry.addResourceHandler(ASSETS + "htmx/*")
                .addResourceLocations(htmx())
                .setCacheControl(CacheControl.noCache());
        registry.addResourceHandler(ASSETS + "*")
                .addResourceLocations("classpath:/console/")
                .setCacheControl(CacheControl.noCache());
    }

    /** What the reader chose, else what the bot speaks. */
    @Bean
    LocaleResolver localeResolver(@Value("${feishu.locale:zh-CN}") String language) {
        CookieLocaleResolver resolver = new CookieLocaleResolver("console-language");
        resolver.setDefaultLocale(Locale.forLanguageTag(language));
        resolver.setCookiePath("/console");
        resolver.setCookieMaxAge(LANGUAGE_KEPT);
        resolver.setCookieHttpOnly(true);
        resolver.setCookieSameSite("Lax");
        return resolver;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        LocaleChangeInterceptor language = new LocaleChangeInterceptor();
        language.setParamName("lang");
        language.setHttpMethods("GET");
        language.setIgnoreInvalidLocale(true);
        registry.addInterceptor(language).addPathPatterns("/console/**");
    }
}
