package dev.camelfeishu.sandbox.im;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** The formats that may be uploaded as an image, known by their first bytes. */
enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    BMP,
    TIFF,
    ICO,
    WEBP,
    HEIC;

    private static final int HEAD = 12;

    /** Width and height in pixels. */
    record Size(int width, int height) {
        boolean within(int most) {
            return width <= most && height <= most;
        }
    }

    /** The format of what the stream begins with, or empty when it is none of them. */
    static Optional<ImageFormat> of(InputStream in) throws IOException {
        byte[] head = Arrays.copyOf(in.readNBytes(HEAD), HEAD);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        if (text.startsWith("\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
            return Optional.of(GIF);
        }
        if (text.startsWith("BM")) {
            return Optional.of(BMP);
        }
        if (text.startsWith("II*\0") || text.startsWith("MM\0*")) {
            return Optional.of(TIFF);
        }
        if (text.startsWith("\0\0\u0001\0")) {
            return Optional.of(ICO);
        }
        if (text.startsWith("RIFF") && text.endsWith("WEBP")) {
            return Optional.of(WEBP);
        }
        return text.startsWith("ftyphei", 4) || text.startsWith("ftypmif1", 4) ? Optional.of(HEIC) : Optional.empty();
    }

    /** The size as the image's header has it; empty for the formats that Java cannot read. */
    static Optional<Size> size(InputStream in) throws IOException {
        try (ImageInputStream image = ImageIO.createImageInputStream(in)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(image);
            if (!readers.hasNext()) {
                return Optional.empty();
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(image, true, true);
                return Optional.of(new Size(reader.getWidth(0), reader.getHeight(0)));
            } finally {
                reader.dispose();
            }
        }
    }

    String contentType() {
        return switch (this) {
            case ICO -> "image/x-icon";
            default -> "image/" + name().toLowerCase(Locale.ROOT);
        };
    }
}
