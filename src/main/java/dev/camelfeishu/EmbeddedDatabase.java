package dev.camelfeishu;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * PostgreSQL in the folder {@code data/} of the home folder, for the sandbox profile. Its data outlives the application. A
 * server left behind by an application that was killed is stopped before a new one starts. It listens on loopback, on a port
 * that is free at the time.
 */
final class EmbeddedDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    private static final String USER = "postgres";
    private static final String DATABASE = "camel_feishu";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String OTHERWISE =
            " Set SPRING_DATASOURCE_URL (with _USERNAME and _PASSWORD) to a PostgreSQL" + " of your own instead.";

    private static final Map<String, String> ARCHITECTURES = Map.of("amd64", "x86_64", "aarch64", "arm_64");

    /** As safe as a server of one's own, but small. */
    private static final Map<String, String> SETTINGS = Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "shared_buffers", "64MB",
            "max_connections", "60",
            "max_wal_size", "256MB",
            "listen_addresses", "127.0.0.1",
            "timezone", "UTC",
            "log_timezone", "UTC");

    private final Path folder;
    private final Path data;
    private final FileChannel lock;
    private Path bin;
    private List<String> as = List.of();
    private int port;
    private boolean closed;

    private EmbeddedDatabase(Path folder, FileChannel lock) {
        this.folder = folder;
        this.data = folder.resolve("postgres");
        this.lock = lock;
    }

    /**
     * Starts it.
     *
     * @param folder holds the programs, the data and the lock; made when it is not there
     * @throws NotStartedException with one line that says why not and what to do
     */
    static EmbeddedDatabase start(Path folder) {
        URL archive = archive()
                .orElseThrow(() -> new NotStartedException(List.of("SPRING_DATASOURCE_URL is not set, and no embedded"
                        + " PostgreSQL for " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                        + " is on the class path." + OTHERWISE)));
        EmbeddedDatabase database = new EmbeddedDatabase(folder, locked(folder));
        try {
            database.start(archive);
            return database;
        } catch (IOException | SQLException e) {
            database.close();
            throw new NotStartedException(
                    "The embedded PostgreSQL in " + folder + " does not start: " + e.getMessage() + "." + OTHERWISE, e);
        } catch (InterruptedException e) {
            database.close();
            Thread.currentThread().interrupt();
            throw new NotStartedException("Interrupted while the embedded PostgreSQL started.", e);
        }
    }

    String url() {
        return url(DATABASE);
    }

    String username() {
        return USER;
    }

    /** Not asked for on loopback; any value will do. */
    String password() {
        return USER;
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** The programs for this operating system and processor, empty when they are not on the class path. */
    private static Optional<URL> archive() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch");
        String name = "postgres-" + system + "-" + ARCHITECTURES.getOrDefault(architecture, architecture) + ".txz";
        return Optional.ofNullable(EmbeddedDatabase.class.getResource("/" + name));
    }

    private static FileChannel locked(Path folder) {
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(
                    folder.resolve("postgres.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return channel;
            }
            channel.close();
        } catch (OverlappingFileLockException e) {
            LOG.debug("The lock is held by this process", e);
            closeQuietly(channel);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new NotStartedException("The folder " + folder + " cannot be written: " + e.getMessage() + ".", e);
        }
        throw new NotStartedException(List.of("Another application is running with its data in " + folder
                + ". Stop it first, or set CAMEL_FEISHU_HOME to another folder."));
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.warn("A lock file could not be closed", e);
        }
    }

    private void start(URL archive) throws IOException, InterruptedException, SQLException {
        bin = PostgresBinaries.unpack(archive, folder);
        as = unprivileged();
        stopOrphan();
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            initialize();
        }
        own(data);
        // a copied or restored folder is often open to others, which the server refuses
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String settings = SETTINGS.entrySet().stream()
                .map(e -> "-c " + e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(" "));
        Path log = data.resolve("server.log");
        Files.deleteIfExists(log);
        try {
            // without a Unix socket: its path may be too long for one
            pgCtl(
                    "start",
                    "-w",
                    "-t",
                    "60",
                    "-l",
                    log.toString(),
                    "-o",
                    "-p " + port + " " + settings + " -c unix_socket_directories=''");
        } catch (IOException e) {
            throw new IOException(e.getMessage() + lastLine(log), e);
        }
        try (Connection connection = DriverManager.getConnection(url("postgres"), USER, USER);
                Statement statement = connection.createStatement()) {
            try (ResultSet found =
                    statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.execute("create database " + DATABASE);
        }
    }

    private void initialize() throws IOException, InterruptedException {
        // renamed when complete, so that an interrupted initialization is not taken for a whole one
        Path fresh = folder.resolve("postgres.partial");
        FileSystemUtils.deleteRecursively(fresh);
        Files.createDirectories(fresh);
        own(fresh);
        run(
                bin.resolve("initdb").toString(),
                "-D",
                fresh.toString(),
                "-U",
                USER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-instructions");
        Files.move(fresh, data);
    }

    /** PostgreSQL refuses to run as root. Answers the words that start a program without its rights. */
    private List<String> unprivileged() throws IOException, InterruptedException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        List<List<String>> ways = List.of(
                List.of("unshare", "-U"), List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        for (List<String> way : ways) {
            as = way;
            try {
                run(bin.resolve("postgres").toString(), "--version");
                return way;
            } catch (IOException e) {
                LOG.debug("Not possible here: {}", way, e);
            }
        }
        throw new IOException("PostgreSQL does not run as root here, neither by unshare nor by setpriv");
    }

    /** Gives a folder to the account that the server will run as. */
    private void own(Path owned) throws IOException, InterruptedException {
        if (as.isEmpty()) {
            return;
        }
        String owner = as.get(0).equals("setpriv") ? "65534" : "0";
        if (!Files.getAttribute(owned, "unix:uid").toString().equals(owner)) {
            execute(List.of("chown", "-R", owner + ":" + owner, owned.toString()));
        }
    }

    /** With the lock held, a running server on this folder is one whose application was killed. */
    private void stopOrphan() throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        ProcessHandle orphan = lines.isEmpty() ? null : server(lines.get(0).trim());
        if (orphan == null) {
            return;
        }
        LOG.info("Stopping the PostgreSQL (process {}) that an earlier run left behind", orphan.pid());
        List<ProcessHandle> all = new ArrayList<>(orphan.descendants().toList());
        all.add(orphan);
        orphan.destroy();
        if (!ended(orphan, Duration.ofSeconds(10))) {
            // it waits for a client; what was committed is safe, the next start recovers it
            all.forEach(ProcessHandle::destroyForcibly);
            for (ProcessHandle process : all) {
                if (!ended(process, Duration.ofSeconds(10))) {
                    throw new IOException("the server of an earlier run (process " + process.pid() + ") does not end");
                }
            }
        }
    }

    /** The running server with that process id; null when the id belongs to nothing or to something else by now. */
    private ProcessHandle server(String pid) {
        if (!pid.matches("\\d{1,10}")) {
            return null;
        }
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(process -> process.info().commandLine().orElse("").contains(data.toString()))
                .orElse(null);
    }

    private static boolean ended(ProcessHandle process, Duration patience) {
        CompletableFuture<ProcessHandle> end = process.onExit();
        try {
            end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return !process.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        } catch (ExecutionException e) {
            LOG.warn("Cannot wait for process {}", process.pid(), e);
            return !process.isAlive();
        }
    }

    private void pgCtl(String action, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(bin.resolve("pg_ctl").toString(), "-D", data.toString(), action));
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private void run(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(as);
        words.addAll(List.of(command));
        execute(words);
    }

    private void execute(List<String> command) throws IOException, InterruptedException {
        // a file and not a pipe: the server would inherit the pipe and keep it open
        Path output = Files.createTempFile(folder, "command", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(PATIENCE.toSeconds() + 5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.get(as.size()) + " takes longer than " + PATIENCE.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command.subList(0, Math.min(2, command.size()))) + " answered "
                        + process.exitValue() + lastLine(output));
            }
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static String lastLine(Path log) throws IOException {
        if (!Files.isReadable(log)) {
            return "";
        }
        List<String> lines =
                Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1).strip();
    }

    /** Stops the server. What it holds is kept. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (Files.exists(data.resolve("postmaster.pid"))) {
                pgCtl("stop", "-m", "fast", "-w", "-t", "30");
            }
        } catch (IOException e) {
            LOG.warn("The embedded PostgreSQL did not stop; the next start ends it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeQuietly(lock);
        }
    }
}
