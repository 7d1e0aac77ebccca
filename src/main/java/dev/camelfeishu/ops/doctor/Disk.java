package dev.camelfeishu.ops.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much room a folder's disk has. */
final class Disk {

    private static final long MEBIBYTE = 1024L * 1024;
    private static final long LITTLE = 2048;
    private static final long TOO_LITTLE = 256;

    private Disk() {}

    static Finding room(String check, Path folder) {
        long left;
        try {
            left = Files.getFileStore(folder).getUsableSpace() / MEBIBYTE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Sentence what = Sentence.of("The disk of {0} has {1} MiB left.", folder, left);
        if (left >= LITTLE) {
            return Finding.of(check, Severity.OK, what, "", "");
        }
        return Finding.of(
                check,
                left < TOO_LITTLE ? Severity.ERROR : Severity.WARNING,
                what,
                "Make room, or lower feishu.retention.",
                "config/application.yaml, feishu.retention");
    }
}
