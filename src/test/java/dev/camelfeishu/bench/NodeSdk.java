package dev.camelfeishu.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The official Node SDK, where Node and the package can be had.
 *
 * @param modules the folder {@code node_modules}
 * @param script the receiver
 */
record NodeSdk(String version, Path modules, Path script) {

    private static final String PACKAGE = "@larksuiteoapi/node-sdk";
    private static final String VERSION = "1.74.0";

    /** Why there is none. */
    static final class AbsentException extends Exception {
        private static final long serialVersionUID = 1L;

        AbsentException(String message) {
            super(message);
        }
    }

    /**
     * @param folder where it is, or is installed with npm
     */
    static NodeSdk find(Path folder) throws AbsentException {
        try {
            Files.createDirectories(folder);
            run(folder, "Node is not installed", "node", "--version");
            Path modules = folder.resolve("node_modules");
            if (!Files.isDirectory(modules.resolve(PACKAGE))) {
                Files.writeString(folder.resolve("package.json"), "{\"private\":true}");
                run(
                        folder,
                        "npm could not install " + PACKAGE,
                        "npm",
                        "install",
                        "--no-audit",
                        "--no-fund",
                        "--ignore-scripts",
                        "--no-save",
                        PACKAGE + "@" + VERSION);
            }
            Path script = folder.resolve("node-sdk-receiver.js");
            try (InputStream source = NodeSdk.class.getResourceAsStream("/bench/node-sdk-receiver.js")) {
                Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
            }
            return new NodeSdk(VERSION, modules, script);
        } catch (IOException e) {
            throw new AbsentException(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AbsentException("interrupted");
        }
    }

    private static void run(Path folder, String otherwise, String... command)
            throws IOException, InterruptedException, AbsentException {
        Process process;
        try {
            process = new ProcessBuilder(List.of(command))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new AbsentException(otherwise);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new AbsentException(otherwise + ": " + output.lines().reduce("", (first, last) -> last));
        }
    }
}
