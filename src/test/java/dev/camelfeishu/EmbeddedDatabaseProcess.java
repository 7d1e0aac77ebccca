package dev.camelfeishu;

import java.io.IOException;
import java.nio.file.Path;

/** A JVM that a test can kill: starts the database in the folder given, says where, and waits for its input to end. */
final class EmbeddedDatabaseProcess {

    private EmbeddedDatabaseProcess() {}

    public static void main(String[] args) throws IOException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(args[0]))) {
            System.out.println("url=" + database.url());
            while (System.in.read() >= 0) {
                continue;
            }
        }
    }
}
