package dev.camelfeishu.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.lark.oapi.okhttp.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** The file in an answer, if one is in it: the platform may also answer an error in JSON, with HTTP 200. */
final class ReceivedFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** An error is smaller than this. */
    private static final int PEEKED = 64 * 1024;

    private static final Pattern ENCODED_NAME = Pattern.compile("(?i)filename\\*\\s*=\\s*UTF-8''([^;\\s]+)");
    private static final Pattern NAME =
            Pattern.compile("(?i)filename\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;\\s]+))");

    private ReceivedFile() {}

    /** The file, which owns the response from now on; null when the answer is none, and nothing of it is consumed. */
    static Download of(Response response) throws IOException {
        if (response.code() < 200 || response.code() > 299) {
            return null;
        }
        var type = response.header("Content-Type", "").toLowerCase(Locale.ROOT);
        var disposition = response.header("Content-Disposition");
        // a page without a name comes from a proxy; JSON without one is a file unless it reads as an answer of the API
        if (disposition == null && (type.contains("html") || type.contains("json") && isEnvelope(response))) {
            return null;
        }
        var body = response.body();
        return new Download(
                new Whole(body.byteStream(), body.contentLength(), response),
                fileName(disposition),
                response.header("Content-Type"),
                body.contentLength());
    }

    /** Whether the body is an answer of the API: an object with a code. */
    private static boolean isEnvelope(Response response) throws IOException {
        try {
            return JSON.readTree(response.peekBody(PEEKED).bytes()).path("code").isIntegralNumber();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** The name without any folder, quotes and control characters; null when there is none. */
    private static String fileName(String disposition) {
        if (disposition == null) {
            return null;
        }
        String name = null;
        var encoded = ENCODED_NAME.matcher(disposition);
        var plain = NAME.matcher(disposition);
        if (encoded.find()) {
            try {
                name = URLDecoder.decode(encoded.group(1).replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                name = encoded.group(1);
            }
        } else if (plain.find()) {
            name = plain.group(1) != null ? plain.group(1).replaceAll("\\\\(.)", "$1") : plain.group(2);
        }
        if (name == null) {
            return null;
        }
        name = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        name = ForeignText.clean(name);
        return name.isBlank() || name.equals(".") || name.equals("..") ? null : name;
    }

    /** A stream that ends only when all bytes have come; closing it frees the connection. */
    private static final class Whole extends InputStream {
        private final InputStream in;
        private final long length;
        private final Response response;
        private long count;

        Whole(InputStream in, long length, Response response) {
            this.in = in;
            this.length = length;
            this.response = response;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int size) throws IOException {
            int read;
            try {
                read = in.read(target, offset, size);
            } catch (IOException e) {
                throw new IOException(brokenOff(), e);
            }
            if (read >= 0) {
                count += read;
            } else if (length >= 0 && count < length) {
                throw new IOException(brokenOff());
            }
            return read;
        }

        @Override
        public void close() {
            response.close();
        }

        private String brokenOff() {
            return "the download broke off after " + count + (length >= 0 ? " of " + length : "") + " bytes";
        }
    }
}
