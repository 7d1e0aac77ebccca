package dev.camelfeishu.sandbox.drive;

import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.files.StoredFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The bytes of uploaded files, in the parts in which they came. */
public final class Media {
    private static final long LINK_MS = Duration.ofHours(24).toMillis();

    record File(String token, String name, long size) {}

    /** A part of a file that is kept. */
    record Part(String fileId, long size) {}

    private final SandboxDatabase database;
    private final StoredFiles files;

    public Media(SandboxDatabase database, StoredFiles files) {
        this.database = database;
        this.files = files;
    }

    Optional<File> find(String token) {
        return database
                .jdbc()
                .query(
                        "select * from sandbox.drive_media where token = ?",
                        (row, n) -> new File(row.getString("token"), row.getString("name"), row.getLong("size")),
                        token)
                .stream()
                .findFirst();
    }

    String add(Target target, List<Part> parts) {
        String token = "box" + UUID.randomUUID().toString().replace("-", "").substring(0, 24);
        database.jdbc()
                .update(
                        "insert into sandbox.drive_media (token, name, parent_type, parent_node, size, created_ms)"
                                + " values (?, ?, ?, ?, ?, ?)",
                        token,
                        target.name(),
                        target.parentType(),
                        target.parentNode(),
                        target.size(),
                        System.currentTimeMillis());
        int seq = 0;
        for (Part part : parts) {
            database.jdbc()
                    .update(
                            "insert into sandbox.drive_media_part (token, seq, file_id, size) values (?, ?, ?, ?)",
                            token,
                            seq++,
                            part.fileId(),
                            part.size());
        }
        return token;
    }

    /** Bytes {@code from} to before {@code to} of a file. */
    Answer.Content content(File file, long from, long to) {
        List<String> parts = database.jdbc()
                .queryForList(
                        "select file_id from sandbox.drive_media_part where token = ? order by seq",
                        String.class,
                        file.token());
        return new Answer.Content() {
            @Override
            public long length() {
                return to - from;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                OutputStream range = new RangeStream(out, from, to);
                for (String part : parts) {
                    files.content(part).writeTo(range);
                }
            }
        };
    }

    /** An address code that needs no token for a day. */
    String link(File file) {
        String code = UUID.randomUUID().toString();
        database.jdbc()
                .update(
                        "insert into sandbox.drive_link values (?, ?, ?)",
                        code,
                        file.token(),
                        System.currentTimeMillis());
        return code;
    }

    Optional<File> linked(String code) {
        return database
                .jdbc()
                .queryForList(
                        "select token from sandbox.drive_link where code = ? and created_ms > ?",
                        String.class,
                        code,
                        System.currentTimeMillis() - LINK_MS)
                .stream()
                .findFirst()
                .flatMap(this::find);
    }
}
