package dev.camelfeishu.openapi;

import java.io.IOException;
import java.io.InputStream;

/**
 * A file on its way from the platform. Close it: it holds a connection. When the connection breaks, reading fails with an
 * IOException; a stream that ended was complete.
 *
 * @param body the bytes
 * @param fileName name as the platform tells it, without any folder, or null
 * @param contentType media type, or null
 * @param length bytes, -1 when unknown
 */
public record Download(InputStream body, String fileName, String contentType, long length) implements AutoCloseable {

    @Override
    public void close() throws IOException {
        body.close();
    }
}
