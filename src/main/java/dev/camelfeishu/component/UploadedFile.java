package dev.camelfeishu.component;

import dev.camelfeishu.openapi.Upload;
import java.io.File;
import java.io.InputStream;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;

/** The exchange's body as a file to be uploaded. It is read while it is sent. */
final class UploadedFile {

    /** Parameter of the platform under which the name is sent, where it wants it besides. */
    static final String NAME = "file_name";

    private static final Parameter FILE_NAME = Parameter.of(NAME, Parameter.Place.PART, false);

    private UploadedFile() {}

    /** The name that the exchange gives: the parameter, else Camel's own header, else the file's on disk, else null. */
    static String name(Exchange exchange, FeishuConfiguration options) {
        String name = FILE_NAME.text(exchange, options);
        if (name == null) {
            name = exchange.getMessage().getHeader(Exchange.FILE_NAME, String.class);
        }
        if (name == null && file(exchange.getMessage().getBody()) instanceof File file) {
            name = file.getName();
        }
        if (name == null && file(exchange.getMessage().getBody()) instanceof Path path) {
            name = String.valueOf(path.getFileName());
        }
        // a folder is the sender's affair
        return name == null ? null : name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    }

    /**
     * A file on disk, bytes, or whatever Camel can read as a stream. What can be read again (a file, bytes, a cached stream)
     * can be sent again.
     *
     * @throws IllegalArgumentException when the body is none, or has no name
     */
    static Upload of(Exchange exchange, String name) {
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("The file has no name: set the option param." + NAME + " or the header "
                    + FILE_NAME.header() + " or " + Exchange.FILE_NAME);
        }
        Object body = exchange.getMessage().getBody();
        Object content = file(body);
        if (content instanceof File file) {
            return named(Upload.of(file.toPath()), name);
        }
        if (content instanceof Path path) {
            return named(Upload.of(path), name);
        }
        if (content instanceof byte[] bytes) {
            return Upload.of(name, null, bytes);
        }
        if (content instanceof StreamCache cache && content instanceof InputStream stream) {
            return new Upload(name, null, cache.length(), () -> {
                cache.reset();
                return stream;
            });
        }
        InputStream stream = exchange.getContext().getTypeConverter().convertTo(InputStream.class, exchange, body);
        if (stream == null) {
            throw new IllegalArgumentException("The body is no file: it must be a file, bytes or a stream, not "
                    + (body == null ? "nothing" : body.getClass().getSimpleName()));
        }
        return new Upload(name, null, -1, stream);
    }

    private static Object file(Object body) {
        return body instanceof WrappedFile<?> wrapped ? wrapped.getFile() : body;
    }

    private static Upload named(Upload file, String name) {
        return new Upload(name, file.contentType(), file.length(), file.source());
    }
}
