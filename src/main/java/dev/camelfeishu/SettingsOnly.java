package dev.camelfeishu;

import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An application of nothing but its settings, for commands that print a report. */
final class SettingsOnly {

    private SettingsOnly() {}

    /** It logs nothing: what is printed is the report alone. */
    static ConfigurableApplicationContext open(String[] args) {
        return new SpringApplicationBuilder(SettingsOnly.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .properties(Map.of("logging.threshold.console", "off"))
                .run(args);
    }
}
