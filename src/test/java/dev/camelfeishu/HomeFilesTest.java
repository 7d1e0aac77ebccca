package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeFilesTest {

    @TempDir
    Path folder;

    private Path home;
    private Path packed;
    private URLClassLoader loader;
    private HomeFiles files;

    @BeforeEach
    void twoCopies() throws IOException {
        home = Files.createDirectory(folder.resolve("home"));
        packed = Files.createDirectory(folder.resolve("packed"));
        loader = new URLClassLoader(new URL[] {packed.toUri().toURL()}, null);
        files = new HomeFiles(home, loader);
        write(packed, "routes/orders.camel.yaml", "packed");
        write(packed, "routes/_shared/errors.camel.yaml", "packed");
        write(packed, "routes/orders.test.yaml", "packed");
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    @Test
    void findsThePackedCopiesWithoutAHome() {
        assertThat(routes())
                .containsExactly("routes/_shared/errors.camel.yaml packed", "routes/orders.camel.yaml packed");
    }

    @Test
    void aFileOnDiskOverridesThePackedOneAndMoreAreAdded() throws IOException {
        write(home, "routes/orders.camel.yaml", "disk");
        write(home, "routes/sales/mine.camel.yaml", "disk");
        assertThat(routes())
                .containsExactly(
                        "routes/_shared/errors.camel.yaml packed",
                        "routes/orders.camel.yaml disk",
                        "routes/sales/mine.camel.yaml disk");
        assertThat(files.find("routes/**/*.camel.yaml"))
                .filteredOn(HomeFile::fromDisk)
                .hasSize(2);
    }

    @Test
    void findsOneFileByItsName() throws IOException {
        write(home, "config/cards/order.json", "disk");
        assertThat(files.file("config/cards/order.json"))
                .map(HomeFilesTest::content)
                .contains("disk");
        assertThat(files.file("routes/orders.camel.yaml"))
                .map(HomeFilesTest::content)
                .contains("packed");
        assertThat(files.file("config/cards/other.json")).isEmpty();
    }

    @Test
    void aLinkOutOfTheHomeIsLeftOut() throws IOException {
        Path secret = write(folder, "secret.yaml", "secret");
        Files.createDirectories(home.resolve("routes"));
        Files.createSymbolicLink(home.resolve("routes/leak.camel.yaml"), secret);
        assertThat(routes()).noneMatch(route -> route.contains("leak"));
    }

    @Test
    void aFolderThatLeadsOutOfTheHomeIsLeftOut() throws IOException {
        write(folder, "elsewhere/leak.camel.yaml", "secret");
        Files.createSymbolicLink(home.resolve("routes"), folder.resolve("elsewhere"));
        assertThat(routes()).noneMatch(route -> route.contains("leak"));
    }

    @Test
    void aMountedConfigMapIsReadOnce() throws IOException {
        write(home, "routes/..2026/orders.camel.yaml", "mounted");
        Files.createSymbolicLink(home.resolve("routes/..data"), Path.of("..2026"));
        Files.createSymbolicLink(home.resolve("routes/orders.camel.yaml"), Path.of("..data/orders.camel.yaml"));
        assertThat(routes())
                .containsExactly("routes/_shared/errors.camel.yaml packed", "routes/orders.camel.yaml mounted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.yaml",
                "routes/../../secret.yaml",
                "/etc/passwd",
                "routes\\..\\secret",
                "file:/etc/passwd",
                "secret.yaml",
                "**/*.yaml"
            })
    void refusesNamesThatCouldLeaveTheHome(String name) {
        assertThatThrownBy(() -> files.find(name)).isInstanceOf(IllegalArgumentException.class);
    }

    private List<String> routes() {
        return files.find("routes/**/*.camel.yaml").stream()
                .map(file -> file.name() + " " + content(file))
                .toList();
    }

    private static String content(HomeFile file) {
        try {
            return file.resource().getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path write(Path root, String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }
}
