package dev.camelfeishu;

import dev.camelfeishu.ops.apply.RouteFolder;
import dev.camelfeishu.ops.lint.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.springframework.core.env.ConfigurableEnvironment;

/** The routes of the home folder and their packed copies. */
record HomeRouteFolder(HomeFiles files, ConfigurableEnvironment environment) implements RouteFolder {

    @Override
    public Home home() {
        return LintCommand.home(files);
    }

    @Override
    public Optional<Copy> copy(String file) {
        return files.file(file).map(found -> {
            try {
                return new Copy(
                        found.resource().getContentAsString(StandardCharsets.UTF_8),
                        found.fromDisk(),
                        RouteFiles.location(found));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + file, e);
            }
        });
    }

    @Override
    public List<String> missing(String text) {
        return List.copyOf(RouteFiles.missing(text, environment));
    }

    @Override
    public void write(String file, String text) throws IOException {
        Path target = inside(file);
        Files.createDirectories(target.getParent());
        // nobody ever reads half of it
        Path whole = Files.createTempFile(target.getParent(), ".", ".new");
        try {
            Files.writeString(whole, text);
            Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    @Override
    public void remove(String file) throws IOException {
        Files.deleteIfExists(inside(file));
    }

    /** A link that leads out of the home folder is not followed. */
    private Path inside(String file) throws IOException {
        Path target = files.home().resolve(file).normalize();
        Path existing = target.getParent();
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        Path home = files.home().toRealPath();
        boolean leaves = !existing.toRealPath().startsWith(home)
                || Files.exists(target) && !target.toRealPath().startsWith(home);
        if (leaves || !target.startsWith(files.home())) {
            throw new IOException(file + " leads out of " + home);
        }
        return target;
    }
}
