package dev.camelfeishu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.AntPathMatcher;
import org.springframework.web.util.UriUtils;

/**
 * What people edit: {@code config/} and {@code routes/} in the home folder, and their copies packed with the application. A
 * file on disk overrides the packed one of the same name; more files may be added. Nothing outside the home folder is
 * read: a link that leaves it is left out with a warning.
 */
public final class HomeFiles {

    private static final Logger LOG = LoggerFactory.getLogger(HomeFiles.class);

    private final Path home;
    private final PathMatchingResourcePatternResolver packed;
    private final AntPathMatcher matcher = new AntPathMatcher();

    public HomeFiles(Path home) {
        this(home, HomeFiles.class.getClassLoader());
    }

    HomeFiles(Path home, ClassLoader packed) {
        this.home = home.toAbsolutePath().normalize();
        this.packed = new PathMatchingResourcePatternResolver(packed);
    }

    public Path home() {
        return home;
    }

    /**
     * Finds files by their name, sorted by it.
     *
     * @param pattern in Ant's style, relative: {@code routes/**}{@code /*.camel.yaml}. It begins with a folder's name.
     * @throws IllegalArgumentException when the pattern could leave the home folder
     */
    public List<HomeFile> find(String pattern) {
        String folder = folderOf(checked(pattern));
        Map<String, HomeFile> found = new TreeMap<>();
        try {
            findPacked(folder, pattern, found);
            findOnDisk(folder, pattern, found);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + pattern + " in " + home, e);
        }
        return List.copyOf(found.values());
    }

    /**
     * One file by its exact name.
     *
     * @throws IllegalArgumentException when the name could leave the home folder
     */
    public Optional<HomeFile> file(String name) {
        if (matcher.isPattern(name)) {
            throw new IllegalArgumentException("Not a file name: " + name);
        }
        return find(name).stream().findFirst();
    }

    private void findPacked(String folder, String pattern, Map<String, HomeFile> found) throws IOException {
        for (Resource root : packed.getResources("classpath*:" + folder + "/")) {
            String prefix = root.getURL().toString();
            String rest = pattern.substring(folder.length() + 1);
            // a pattern makes the resolver answer what exists only; a plain name is turned into one
            for (Resource file : packed.getResources(prefix + (matcher.isPattern(rest) ? rest : "**/" + rest))) {
                String url = file.getURL().toString();
                if (!url.startsWith(prefix)) {
                    continue;
                }
                String name = folder + "/" + UriUtils.decode(url.substring(prefix.length()), StandardCharsets.UTF_8);
                if (file.isReadable() && matcher.match(pattern, name)) {
                    found.putIfAbsent(name, new HomeFile(name, file, false));
                }
            }
        }
    }

    private void findOnDisk(String folder, String pattern, Map<String, HomeFile> found) throws IOException {
        Path root = home.resolve(folder);
        if (!Files.isDirectory(root)) {
            return;
        }
        Path realHome = home.toRealPath();
        if (!root.toRealPath().startsWith(realHome)) {
            LOG.warn("{} is left out: it leads out of {}", root, home);
            return;
        }
        // Links to folders are not followed: it would find the files of a mounted ConfigMap several times.
        Files.walkFileTree(root.toRealPath(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean hidden = directory.getFileName().toString().startsWith(".");
                return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = realHome.relativize(file).toString().replace('\\', '/');
                if (matcher.match(pattern, name) && staysInside(file, realHome)) {
                    found.put(name, new HomeFile(name, new FileSystemResource(file), true));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static boolean staysInside(Path file, Path realHome) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        if (!file.toRealPath().startsWith(realHome)) {
            LOG.warn("{} is left out: it leads out of {}", file, realHome);
            return false;
        }
        return true;
    }

    private static String checked(String pattern) {
        boolean leaves = pattern.startsWith("/") || pattern.indexOf('\\') >= 0 || pattern.indexOf(':') >= 0;
        if (leaves
                || pattern.indexOf('\0') >= 0
                || List.of(pattern.split("/", -1)).contains("..")) {
            throw new IllegalArgumentException("Not a name inside the home folder: " + pattern);
        }
        return pattern;
    }

    /** The leading folders without a wildcard. */
    private String folderOf(String pattern) {
        int end = -1;
        for (int slash = pattern.indexOf('/'); slash >= 0; slash = pattern.indexOf('/', slash + 1)) {
            if (matcher.isPattern(pattern.substring(0, slash))) {
                break;
            }
            end = slash;
        }
        if (end < 1) {
            throw new IllegalArgumentException("A name begins with its folder: " + pattern);
        }
        return pattern.substring(0, end);
    }
}
