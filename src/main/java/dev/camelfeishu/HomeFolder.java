package dev.camelfeishu;

import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Makes Spring read {@code config/} of the folder named by {@code CAMEL_FEISHU_HOME}, and of no other. The packed copies and
 * the folder form one level, so that a profile's file always outranks the general one, wherever each of them lies.
 */
public final class HomeFolder implements EnvironmentPostProcessor, Ordered {

    /** The absolute path of the home folder. */
    static final String PROPERTY = "feishu.home";

    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER - 1;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        String named = environment.getProperty("CAMEL_FEISHU_HOME");
        Path home = Path.of(StringUtils.hasText(named) ? named : "")
                .toAbsolutePath()
                .normalize();
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "home folder",
                        Map.of(
                                PROPERTY,
                                home.toString(),
                                "spring.config.location",
                                "optional:classpath:/;optional:classpath:/config/;optional:file:" + home
                                        + "/config/")));
    }

    static Path of(ConfigurableEnvironment environment) {
        return Path.of(environment.getRequiredProperty(PROPERTY));
    }
}
