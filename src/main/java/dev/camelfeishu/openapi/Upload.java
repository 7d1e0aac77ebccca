package dev.camelfeishu.openapi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file to be uploaded. It is read while it is sent and never held in memory. A call is repeated only while its source can be
 * opened again.
 *
 * @param fileName name with its extension, as people see it
 * @param contentType media type, or null for {@code application/octet-stream}
 * @param length bytes, -1 when unknown; the request then has no Content-Length
 * @param source where the bytes come from
 */
public record Upload(String fileName, String contentType, long length, Source source) {

    /** Where the bytes come from. */
    @FunctionalInterface
    public interface Source {
        /** The bytes from the first one on; the gate closes it. */
        InputStream open() throws IOException;

        /** Whether it can be opened (once more). */
        default boolean available() {
            return true;
        }
    }

    public Upload {
        if (fileName == null || fileName.isBlank()) {
            throw new IllegalArgumentException("the file has no name");
        }
        if (length < -1) {
            throw new IllegalArgumentException("the length of a file is not negative; -1 says that it is unknown");
        }
        Objects.requireNonNull(source, "source");
    }

    /** A file from a stream, which can be read once: the call is not repeated after it was begun. */
    public Upload(String fileName, String contentType, long length, InputStream source) {
        this(fileName, contentType, length, new Once(source));
    }

    /** A file from memory. */
    public static Upload of(String fileName, String contentType, byte[] bytes) {
        return new Upload(fileName, contentType, bytes.length, () -> new ByteArrayInputStream(bytes));
    }

    /** A file on disk, under its own name. */
    public static Upload of(Path file) {
        try {
            var name = file.getFileName();
            return new Upload(
                    name == null ? null : name.toString(),
                    Files.probeContentType(file),
                    Files.size(file),
                    () -> Files.newInputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException("the file cannot be read", e);
        }
    }

    private static final class Once implements Source {
        private final InputStream stream;
        private final AtomicBoolean opened = new AtomicBoolean();

        Once(InputStream stream) {
            this.stream = Objects.requireNonNull(stream, "source");
        }

        @Override
        public InputStream open() throws IOException {
            if (opened.getAndSet(true)) {
                throw new IOException("the stream was read already");
            }
            return stream;
        }

        @Override
        public boolean available() {
            return !opened.get();
        }
    }
}
