package dev.camelfeishu.ops;

import java.util.Locale;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;

/**
 * Another way into the console than a name and a password: a bean of this type is offered on the login page and brings its own
 * filters. With one, the console is on even when no account is set.
 *
 * <p>What it authenticates has the authority {@code ROLE_VIEWER} or {@code ROLE_OPERATOR}; its name is what the audit shows.
 */
public interface ConsoleLogin {

    /** Where its link on the login page leads, under {@code /console/login/}; open to everybody. */
    String path();

    /** What its link says. */
    String label(Locale locale);

    /** Adds its filters to those of {@code /console/**}. */
    void configure(HttpSecurity http) throws Exception;
}
