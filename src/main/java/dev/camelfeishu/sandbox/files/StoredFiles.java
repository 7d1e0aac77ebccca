package dev.camelfeishu.sandbox.files;

import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.UUID;

/** The bytes of files, in chunks. What a file is and who may read it is known to whoever has its id. */
public final class StoredFiles {
    private static final int CHUNK = 256 * 1024;

    private final SandboxDatabase database;

    public StoredFiles(SandboxDatabase database) {
        this.database = database;
    }

    /**
     * Keeps everything that the stream has, in the caller's transaction when there is one.
     *
     * @return the file's id
     */
    public String keep(InputStream in) {
        String id = UUID.randomUUID().toString();
        database.inTransaction(() -> {
            database.jdbc()
                    .update(
                            "insert into sandbox.stored_file (file_id, size, created_ms) values (?, 0, ?)",
                            id,
                            System.currentTimeMillis());
            long size = 0;
            int number = 0;
            for (byte[] chunk = next(in); chunk.length > 0; chunk = next(in)) {
                database.jdbc()
                        .update(
                                "insert into sandbox.file_chunk (file_id, number, bytes) values (?, ?, ?)",
                                id,
                                number++,
                                chunk);
                size += chunk.length;
            }
            return database.jdbc().update("update sandbox.stored_file set size = ? where file_id = ?", size, id);
        });
        return id;
    }

    /** The bytes of a file that is kept. */
    public Answer.Content content(String id) {
        long size = database.jdbc()
                .queryForObject("select size from sandbox.stored_file where file_id = ?", Long.class, id);
        return new Answer.Content() {
            @Override
            public long length() {
                return size;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                for (int number = 0; (long) number * CHUNK < size; number++) {
                    out.write(database.jdbc()
                            .queryForObject(
                                    "select bytes from sandbox.file_chunk where file_id = ? and number = ?",
                                    byte[].class,
                                    id,
                                    number));
                }
            }
        };
    }

    private static byte[] next(InputStream in) {
        try {
            return in.readNBytes(CHUNK);
        } catch (IOException e) {
            throw new UncheckedIOException("what is uploaded cannot be read", e);
        }
    }
}
