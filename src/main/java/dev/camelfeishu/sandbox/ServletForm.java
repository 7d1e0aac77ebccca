package dev.camelfeishu.sandbox;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The form of a request, read from the connection when a part is asked for first. */
record ServletForm(HttpServletRequest request) implements Form {
    /** The longest body, in bytes; longer ones are refused by the container. */
    static final long MAX = 256L * 1024 * 1024;

    private record Received(jakarta.servlet.http.Part part) implements Part {
        @Override
        public String fileName() {
            return part.getSubmittedFileName();
        }

        @Override
        public long size() {
            return part.getSize();
        }

        @Override
        public InputStream open() throws IOException {
            return part.getInputStream();
        }
    }

    @Override
    public Optional<Part> part(String name) {
        try {
            return Optional.ofNullable(request.getPart(name)).map(Received::new);
        } catch (ServletException | IllegalStateException e) {
            throw new Refusal(400, 9499, "Bad Request: the multipart body cannot be read");
        } catch (IOException e) {
            throw new UncheckedIOException("the multipart body cannot be read", e);
        }
    }
}
