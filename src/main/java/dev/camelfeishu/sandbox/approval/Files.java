package dev.camelfeishu.sandbox.approval;

import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Form.Part;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.files.StoredFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Files of forms: {@code POST /approval/openapi/v2/file/upload} of the third host, which here is the same, and the addresses
 * from which they are read.
 *
 * <p>Not documented, and so chosen: a part that is missing or too large is 1390001 with HTTP 400.
 */
public final class Files implements Api {
    private static final int MOST_IMAGE = 10 * 1024 * 1024;
    private static final int MOST_ATTACHMENT = 50 * 1024 * 1024;
    private static final String READ = "/sandbox/approval-files/";

    private final SandboxDatabase database;
    private final StoredFiles stored;

    public Files(SandboxDatabase database, StoredFiles stored) {
        this.database = database;
        this.stored = stored;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/approval/openapi/v2/file/upload", this::upload);
        routes.on("GET", READ + ":code", this::read);
    }

    private Answer upload(Call call) {
        String name = call.form().text("name");
        if (name == null || !name.matches("[^/\\\\]+\\.[^./\\\\]+")) {
            throw Given.invalid("name is a file name with its extension");
        }
        String type = call.form().text("type");
        if (type == null || !Set.of("image", "attachment").contains(type)) {
            throw Given.invalid("type is image or attachment");
        }
        Part content = call.form().part("content").orElseThrow(() -> Given.invalid("content is missing"));
        if (content.size() == 0 || content.size() > (type.equals("image") ? MOST_IMAGE : MOST_ATTACHMENT)) {
            throw Given.invalid("an image has at most 10 MB, an attachment 50 MB");
        }
        String code = UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
        File file = database.inTransaction(() -> {
            File kept = new File(code, name, type, keep(content));
            database.jdbc()
                    .update(
                            "insert into sandbox.approval_file (code, name, type, file_id, created_ms) values (?, ?, ?, ?, ?)",
                            code,
                            name,
                            type,
                            kept.fileId(),
                            System.currentTimeMillis());
            return kept;
        });
        return Answer.ok(Json.object().put("code", code).put("url", url(file, call)));
    }

    private String keep(Part content) {
        try (InputStream in = content.open()) {
            return stored.keep(in);
        } catch (IOException e) {
            throw new UncheckedIOException("what is uploaded cannot be read", e);
        }
    }

    Optional<File> find(String code) {
        return database
                .jdbc()
                .query(
                        "select * from sandbox.approval_file where code = ?",
                        (row, n) -> new File(
                                row.getString("code"),
                                row.getString("name"),
                                row.getString("type"),
                                row.getString("file_id")),
                        code)
                .stream()
                .findFirst();
    }

    /** The address under which whoever calls can read the file. */
    static String url(File file, Call call) {
        return "http://" + call.headers().getOrDefault("host", "localhost") + READ + file.code();
    }

    private Answer read(Call call) {
        File file = find(call.variable("code")).orElseThrow(() -> new Refusal(404, 404, "There is no such file."));
        return Answer.file(200, stored.content(file.fileId()), Map.of("Content-Type", "application/octet-stream"));
    }
}
