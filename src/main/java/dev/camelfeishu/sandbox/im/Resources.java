package dev.camelfeishu.sandbox.im;

import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.files.StoredFiles;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ContentDisposition;

/** The images and files of messages. */
public final class Resources {
    private final SandboxDatabase database;
    private final StoredFiles files;

    public Resources(SandboxDatabase database, StoredFiles files) {
        this.database = database;
        this.files = files;
    }

    /** Keeps what the stream has and gives it a key. */
    Resource add(String type, String owner, String name, String contentType, Integer duration, InputStream in) {
        boolean image = type.equals("image") || type.equals("avatar");
        String key = (image ? "img_v3_" : "file_v3_") + UUID.randomUUID();
        return database.inTransaction(() -> {
            Resource resource = new Resource(key, type, owner, files.keep(in), name, contentType, duration);
            database.jdbc()
                    .update(
                            "insert into sandbox.resource values (?, ?, ?, ?, ?, ?, ?)",
                            key,
                            type,
                            owner,
                            resource.fileId(),
                            name,
                            contentType,
                            duration);
            return resource;
        });
    }

    Optional<Resource> find(String key) {
        return database
                .jdbc()
                .query(
                        "select * from sandbox.resource where resource_key = ?",
                        (row, n) -> new Resource(
                                row.getString("resource_key"),
                                row.getString("type"),
                                row.getString("owner"),
                                row.getString("file_id"),
                                row.getString("name"),
                                row.getString("content_type"),
                                row.getObject("duration", Integer.class)),
                        key)
                .stream()
                .findFirst();
    }

    /** The bytes; the file's name goes with them when the call says that it is of type JSON, as the platform wants it. */
    Answer answer(Resource resource, Call call) {
        Map<String, String> headers = new HashMap<>(Map.of("Content-Type", resource.contentType()));
        if (call.headers().getOrDefault("content-type", "").startsWith("application/json")) {
            headers.put(
                    "Content-Disposition",
                    ContentDisposition.attachment()
                            .filename(resource.name(), StandardCharsets.UTF_8)
                            .build()
                            .toString());
        }
        return Answer.file(200, files.content(resource.fileId()), headers);
    }
}
