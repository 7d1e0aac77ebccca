package dev.camelfeishu.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The parts of a body of {@code multipart/form-data}. Large ones are on disk, none is held in memory as a whole. */
public interface Form {
    /** No parts: the body is of another type. */
    Form NONE = name -> Optional.empty();

    /** One part. */
    interface Part {
        /** Its file name, or null. */
        String fileName();

        /** In bytes. */
        long size();

        /** Its bytes, from the beginning. */
        InputStream open() throws IOException;
    }

    /** The first part of a name. */
    Optional<Part> part(String name);

    /** The first part of a name as text of at most 4096 bytes; null when there is none. */
    default String text(String name) {
        return part(name).map(Form::read).orElse(null);
    }

    private static String read(Part part) {
        try (InputStream in = part.open()) {
            return new String(in.readNBytes(4096), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("a part of the form cannot be read", e);
        }
    }
}
