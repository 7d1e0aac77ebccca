package dev.camelfeishu.sandbox.drive;

import dev.camelfeishu.sandbox.Medias;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.net.URLConnection;
import java.util.Optional;

/** What was uploaded to documents, for those who name it. The MIME type follows from the name. */
public final class DocumentMedias implements Medias {
    private final SandboxDatabase database;

    public DocumentMedias(SandboxDatabase database) {
        this.database = database;
    }

    @Override
    public Optional<Media> find(String fileToken) {
        return database
                .jdbc()
                .query(
                        "select parent_node, name, size from sandbox.drive_media where token = ?",
                        (row, n) -> new Media(
                                row.getString("parent_node"),
                                row.getString("name"),
                                Optional.ofNullable(URLConnection.guessContentTypeFromName(row.getString("name")))
                                        .orElse("application/octet-stream"),
                                row.getLong("size")),
                        fileToken)
                .stream()
                .findFirst();
    }
}
