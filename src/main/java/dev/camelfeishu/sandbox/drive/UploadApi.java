package dev.camelfeishu.sandbox.drive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Form;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RateLimits;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import dev.camelfeishu.sandbox.files.StoredFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Adler32;
import java.util.zip.CheckedInputStream;
import org.springframework.web.util.UriUtils;

/**
 * Files and media up and down, whole and in parts, and links to them for a day.
 *
 * <p>Not documented, and so chosen: a part has 4 MiB; the download of what there is not is 1061003; a range beyond the end is
 * answered with HTTP 416 and 1061002; the limits of 5 a second are 99991400.
 */
public final class UploadApi implements Api {
    private static final String DRIVE = "/open-apis/drive/v1/";
    private static final long MOST_WHOLE = 20L * 1024 * 1024;
    private static final int PART = 4 * 1024 * 1024;
    private static final int MOST_LINKS = 5;
    private static final long UPLOAD_MS = Duration.ofHours(24).toMillis();
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,12})-(\\d{0,12})");

    private record Upload(Target target, long createdMs) {
        int parts() {
            return (int) ((target.size() + PART - 1) / PART);
        }

        long sizeOf(int seq) {
            return seq == parts() - 1 ? target.size() - (long) seq * PART : PART;
        }
    }

    private final SandboxDatabase database;
    private final Documents documents;
    private final Media media;
    private final StoredFiles files;
    private final RateLimits rates;
    private final SandboxProperties properties;

    public UploadApi(
            SandboxDatabase database,
            Documents documents,
            Media media,
            StoredFiles files,
            RateLimits rates,
            SandboxProperties properties) {
        this.database = database;
        this.documents = documents;
        this.media = media;
        this.files = files;
        this.rates = rates;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        for (String kind : List.of("medias", "files")) {
            routes.on("POST", DRIVE + kind + "/upload_all", call -> whole(call, kind));
            routes.on("POST", DRIVE + kind + "/upload_prepare", call -> prepare(call, kind));
            routes.on("POST", DRIVE + kind + "/upload_part", call -> part(call, kind));
            routes.on("POST", DRIVE + kind + "/upload_finish", call -> finish(call, kind));
            routes.on("GET", DRIVE + kind + "/:file_token/download", call -> download(call, kind));
        }
        routes.on("GET", DRIVE + "medias/batch_get_tmp_download_url", this::links);
        routes.on(
                "GET",
                "/sandbox/links/:code",
                call -> sent(
                        call,
                        media.linked(call.variable("code"))
                                .orElseThrow(() -> Control.bad("This link is unknown, or older than a day."))));
    }

    private Answer whole(Call call, String kind) {
        limit("drive upload_all " + kind);
        Target target = checked(Target.of(call.form()), kind);
        if (target.size() > MOST_WHOLE) {
            throw new Denial(1061043);
        }
        Form.Part file = call.form().part("file").orElseThrow(() -> new Denial(1061002, "file"));
        return database.inTransaction(() -> {
            Media.Part part = kept(file, target.size(), call.form().text("checksum"));
            return added(call, target, kind, List.of(part));
        });
    }

    private Answer prepare(Call call, String kind) {
        Target target = checked(Target.of(call.json(1061002)), kind);
        String id = UUID.randomUUID().toString().replace("-", "");
        long now = System.currentTimeMillis();
        database.jdbc()
                .update(
                        "insert into sandbox.drive_upload values (?, ?, ?, ?, ?, ?)",
                        id,
                        target.name(),
                        target.parentType(),
                        target.parentNode(),
                        target.size(),
                        now);
        return Answer.ok(Json.object()
                .put("upload_id", id)
                .put("block_size", PART)
                .put("block_num", new Upload(target, now).parts()));
    }

    private Answer part(Call call, String kind) {
        limit("drive upload_part " + kind);
        String id = Optional.ofNullable(call.form().text("upload_id")).orElse("");
        String seq = Optional.ofNullable(call.form().text("seq")).orElse("");
        if (!seq.matches("\\d{1,6}")) {
            throw new Denial(1061002, "seq");
        }
        Form.Part file = call.form().part("file").orElseThrow(() -> new Denial(1061002, "file"));
        return database.inTransaction(() -> {
            Upload upload = upload(id);
            int number = Integer.parseInt(seq);
            if (number >= upload.parts()) {
                throw new Denial(1062011);
            }
            Media.Part part = kept(file, upload.sizeOf(number), call.form().text("checksum"));
            database.jdbc()
                    .update(
                            "insert into sandbox.drive_upload_part values (?, ?, ?, ?) on conflict (upload_id, seq)"
                                    + " do update set file_id = excluded.file_id",
                            id,
                            number,
                            part.fileId(),
                            part.size());
            return Answer.ok(Json.object());
        });
    }

    private Answer finish(Call call, String kind) {
        JsonNode body = call.json(1061002);
        String id = body.path("upload_id").asText();
        return database.inTransaction(() -> {
            Upload upload = upload(id);
            List<Media.Part> parts = database.jdbc()
                    .query(
                            "select file_id, size from sandbox.drive_upload_part where upload_id = ? order by seq",
                            (row, n) -> new Media.Part(row.getString(1), row.getLong(2)),
                            id);
            if (body.path("block_num").asInt(-1) != upload.parts()) {
                throw new Denial(1062011);
            }
            if (parts.size() != upload.parts()) {
                throw new Denial(1062010);
            }
            Answer answer = added(call, upload.target(), kind, parts);
            database.jdbc().update("delete from sandbox.drive_upload where upload_id = ?", id);
            return answer;
        });
    }

    private Answer added(Call call, Target target, String kind, List<Media.Part> parts) {
        String token = media.add(target, parts);
        if (kind.equals("files")) {
            token = documents
                    .add("file", target.name(), target.parentNode(), call.user(), token)
                    .token();
        }
        return Answer.ok(Json.object().put("file_token", token));
    }

    private Upload upload(String id) {
        Upload upload = database
                .jdbc()
                .query(
                        "select * from sandbox.drive_upload where upload_id = ? for update",
                        (row, n) -> new Upload(
                                new Target(
                                        row.getString("name"),
                                        row.getString("parent_type"),
                                        row.getString("parent_node"),
                                        row.getLong("size")),
                                row.getLong("created_ms")),
                        id)
                .stream()
                .findFirst()
                .orElseThrow(() -> new Denial(1061002, "upload_id"));
        if (upload.createdMs() + UPLOAD_MS < System.currentTimeMillis()) {
            throw new Denial(1061021);
        }
        return upload;
    }

    private Target checked(Target target, String kind) {
        if (kind.equals("files") != target.parentType().equals("explorer")) {
            throw new Denial(1061002, "parent_type");
        }
        boolean root = kind.equals("files") && target.parentNode().isEmpty();
        if (!root && documents.find(target.documentType(), target.parentNode()).isEmpty()) {
            throw new Denial(1061044);
        }
        return target;
    }

    private Media.Part kept(Form.Part part, long size, String checksum) {
        if (part.size() != size) {
            throw new Denial(1062009);
        }
        try (CheckedInputStream in = new CheckedInputStream(open(part), new Adler32())) {
            String id = files.keep(in);
            if (checksum != null
                    && !checksum.equals(Long.toString(in.getChecksum().getValue()))) {
                throw new Denial(1062008);
            }
            return new Media.Part(id, size);
        } catch (IOException e) {
            throw new UncheckedIOException("a part of the form cannot be read", e);
        }
    }

    private static InputStream open(Form.Part part) throws IOException {
        return part.open();
    }

    private Answer download(Call call, String kind) {
        limit("drive download " + kind);
        String token = call.variable("file_token");
        String bytes = kind.equals("medias")
                ? token
                : documents.find("file", token).map(Documents.Document::media).orElse("");
        return sent(call, media.find(bytes).orElseThrow(() -> new Denial(1061003, "file_token")));
    }

    private Answer sent(Call call, Media.File file) {
        String disposition = "attachment; filename*=UTF-8''" + UriUtils.encode(file.name(), StandardCharsets.UTF_8);
        Matcher range = RANGE.matcher(call.headers().getOrDefault("range", ""));
        if (!range.matches()) {
            return Answer.file(
                    200,
                    media.content(file, 0, file.size()),
                    Map.of("Content-Type", "application/octet-stream", "Content-Disposition", disposition));
        }
        long from = Long.parseLong(range.group(1));
        long last =
                range.group(2).isEmpty() ? file.size() - 1 : Math.min(Long.parseLong(range.group(2)), file.size() - 1);
        if (from > last) {
            throw new Refusal(416, 1061002, "params error.: range");
        }
        return Answer.file(
                206,
                media.content(file, from, last + 1),
                Map.of(
                        "Content-Type",
                        "application/octet-stream",
                        "Content-Disposition",
                        disposition,
                        "Content-Range",
                        "bytes " + from + "-" + last + "/" + file.size()));
    }

    private Answer links(Call call) {
        List<String> tokens = call.all("file_tokens");
        if (tokens.isEmpty() || tokens.size() > MOST_LINKS) {
            throw new Denial(1061002, "file_tokens: 1 to " + MOST_LINKS);
        }
        String root = "http://" + call.headers().getOrDefault("host", "localhost") + "/sandbox/links/";
        ObjectNode data = Json.object();
        ArrayNode links = data.putArray("tmp_download_urls");
        for (String token : tokens) {
            media.find(token)
                    .ifPresent(file -> links.addObject()
                            .put("file_token", token)
                            .put("tmp_download_url", root + media.link(file)));
        }
        return Answer.ok(data);
    }

    private void limit(String key) {
        RateLimits.Exceeded exceeded = properties.rates() ? rates.count(key, "5 per second") : null;
        if (exceeded != null) {
            throw new Refusal(
                    429,
                    99991400,
                    "request trigger frequency limit",
                    null,
                    Map.of("x-ogw-ratelimit-reset", Long.toString(exceeded.resetSeconds())));
        }
    }
}
