package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningApplication.Extension.class)
@DisplayName("Dashboard and alert rules name only metrics that exist")
class MetricFilesIT {

    private static final Pattern METRIC = Pattern.compile("\\b(?:feishu|jvm|process|system|hikaricp)_[a-z_]+");
    private static final Pattern METER = Pattern.compile("\"(feishu(?:\\.[a-z]+)+)\"");

    private final RunningApplication application;

    MetricFilesIT(RunningApplication application) {
        this.application = application;
    }

    @Test
    void each_is_answered_or_comes_with_the_first_thing_it_counts() throws IOException {
        Set<String> named = new TreeSet<>();
        for (String file : new String[] {"config/grafana/camel-feishu.json", "config/prometheus/alerts.yaml"}) {
            Matcher metric = METRIC.matcher(Files.readString(Path.of(file)));
            while (metric.find()) {
                named.add(metric.group());
            }
        }
        Set<String> answered = application
                .management()
                .get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> counted = meters().stream()
                .map(meter -> meter.replace('.', '_'))
                .flatMap(meter -> Stream.of(meter, meter + "_total", meter + "_seconds_count", meter + "_seconds_sum"))
                .collect(Collectors.toSet());

        assertThat(named).hasSizeGreaterThan(20);
        assertThat(answered).contains("feishu_deadletters", "feishu_events_append_time_seconds_bucket", "jvm_info");
        assertThat(named).allMatch(name -> answered.contains(name) || counted.contains(name));
    }

    /** The names of our meters, as the code has them. */
    private static Set<String> meters() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java/dev/camelfeishu"))) {
            Set<String> meters = new TreeSet<>();
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                Files.readString(source)
                        .lines()
                        .flatMap(line -> METER.matcher(line).results())
                        .forEach(meter -> meters.add(meter.group(1)));
            }
            return meters;
        }
    }
}
