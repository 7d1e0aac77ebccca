package dev.camelfeishu.ops;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.json.JsonWriter;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Takes secrets out of structured log lines, should a library have logged one: what the settings call secret, and whatever
 * has the form of a token of Feishu's.
 */
public final class LogMasks implements StructuredLoggingJsonMembersCustomizer<ILoggingEvent> {

    private static final String MASK = "***";
    private static final int SHORTEST = 6;
    private static final List<String> PASSWORDS =
            List.of("ops.password", "spring.datasource.password", "erp.datasource.password", "sync.report-key");
    /** Access tokens begin with the kind of their owner: tenant, user, app. */
    private static final Pattern TOKEN = Pattern.compile("\\b[tuac]-[\\w.-]{20,}");

    private final List<String> secrets;

    /** Found by Spring Boot, which gives the environment. */
    public LogMasks(Environment environment) {
        Stream<String> ofApps = AppSettings.read(environment).stream()
                .flatMap(app -> Stream.of(app.appSecret(), app.encryptKey(), app.verificationToken()));
        secrets = Stream.concat(ofApps, PASSWORDS.stream().map(environment::getProperty))
                .filter(StringUtils::hasText)
                // two values while one is changed
                .flatMap(secret -> Stream.of(secret.split(",")))
                .filter(secret -> secret.length() >= SHORTEST)
                .toList();
    }

    @Override
    public void customize(JsonWriter.Members<ILoggingEvent> members) {
        members.applyingValueProcessor(JsonWriter.ValueProcessor.of(String.class, this::masked));
    }

    String masked(String text) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, MASK);
        }
        return TOKEN.matcher(masked).replaceAll(MASK);
    }
}
