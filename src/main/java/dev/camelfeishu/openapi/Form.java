package dev.camelfeishu.openapi;

import com.lark.oapi.okhttp.MediaType;
import com.lark.oapi.okhttp.MultipartBody;
import com.lark.oapi.okhttp.RequestBody;
import com.lark.oapi.okio.BufferedSink;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The body of a call that carries files, as multipart/form-data. Its files are read while it is written. */
final class Form {

    private static final MediaType ANY = MediaType.get("application/octet-stream");
    private static final int CHUNK = 64 * 1024;

    /** The file could not be read, or is not as long as was said: no fault of the platform or the network. */
    static final class SourceException extends IOException {
        private static final long serialVersionUID = 1L;

        SourceException(String message, IOException cause) {
            super(message, cause);
        }
    }

    private Form() {}

    /** The body; its length is known when those of all files are. */
    static RequestBody of(List<ApiRequest.Part> parts) {
        var body = new MultipartBody.Builder().setType(MultipartBody.FORM);
        for (var part : parts) {
            if (part instanceof ApiRequest.Part.File file) {
                body.addFormDataPart(file.name(), file.upload().fileName(), new Streamed(file.upload()));
            } else if (part instanceof ApiRequest.Part.Text text) {
                body.addFormDataPart(text.name(), text.value());
            }
        }
        return body.build();
    }

    /** Whether every file can be opened (once more). */
    static boolean available(List<ApiRequest.Part> parts) {
        return parts.stream()
                .allMatch(part -> !(part instanceof ApiRequest.Part.File file)
                        || file.upload().source().available());
    }

    private static final class Streamed extends RequestBody {
        private final Upload upload;
        private final MediaType type;

        Streamed(Upload upload) {
            this.upload = upload;
            var given = upload.contentType() == null ? null : MediaType.parse(upload.contentType());
            this.type = given == null ? ANY : given;
        }

        @Override
        public MediaType contentType() {
            return type;
        }

        @Override
        public long contentLength() {
            return upload.length();
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            var sent = 0L;
            try (var file = opened()) {
                var chunk = new byte[CHUNK];
                for (var count = read(file, chunk); count >= 0; count = read(file, chunk)) {
                    sent += count;
                    if (upload.length() >= 0 && sent > upload.length()) {
                        throw wrongLength("more");
                    }
                    sink.write(chunk, 0, count);
                }
            }
            if (upload.length() >= 0 && sent < upload.length()) {
                throw wrongLength("fewer");
            }
        }

        private InputStream opened() throws SourceException {
            try {
                return upload.source().open();
            } catch (IOException e) {
                throw new SourceException("the file to be uploaded cannot be opened", e);
            }
        }

        private static int read(InputStream file, byte[] chunk) throws SourceException {
            try {
                return file.read(chunk);
            } catch (IOException e) {
                throw new SourceException("the file to be uploaded cannot be read to its end", e);
            }
        }

        private SourceException wrongLength(String moreOrFewer) {
            return new SourceException(
                    "the file to be uploaded has " + moreOrFewer + " than the " + upload.length() + " bytes announced",
                    null);
        }
    }
}
