package dev.camelfeishu.sandbox;

import java.util.Optional;

/** The media that were uploaded to documents. */
public interface Medias {
    /**
     * A file inside a document.
     *
     * @param parent the document's token
     * @param type MIME type
     * @param size in bytes
     */
    record Media(String parent, String name, String type, long size) {}

    Optional<Media> find(String fileToken);
}
