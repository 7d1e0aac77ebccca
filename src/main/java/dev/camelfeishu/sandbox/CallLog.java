package dev.camelfeishu.sandbox;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The newest calls of the Open Platform, with secrets masked. Kept in memory. */
public final class CallLog {
    private static final int BODY = 4096;
    private static final Pattern SECRET = Pattern.compile(
            "(\"(?:app_secret|client_secret|code_verifier|app_ticket|(?:tenant_|app_|user_)?access_token|refresh_token|token|password)\"\\s*:\\s*\")"
                    + "(?:[^\"\\\\]++|\\\\.)*+");

    /**
     * One call.
     *
     * @param template the endpoint's path template, or null when the catalog has none for the path
     * @param query the query string as received, or null
     * @param status HTTP status, 0 when the connection was dropped
     * @param code the answer's code, or null when it has none
     * @param request the request body, masked and cut
     * @param response the answer's body, masked and cut
     */
    public record Entry(
            Instant at,
            String method,
            String path,
            String query,
            String template,
            int status,
            Integer code,
            String logId,
            long durationMs,
            String request,
            String response) {}

    /**
     * Calls of one kind since the start, also those the log no longer keeps.
     *
     * @param template the endpoint's path template, or null
     * @param code the answer's code, or null
     */
    public record Total(String method, String template, Integer code, long count) {}

    private record Kind(String method, String template, Integer code) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Map<Kind, Long> totals = new HashMap<>();
    private final int capacity;

    public CallLog(int capacity) {
        this.capacity = capacity;
    }

    synchronized void add(Entry entry) {
        while (!entries.isEmpty() && entries.size() >= capacity) {
            entries.removeLast();
        }
        entries.addFirst(entry);
        // a path of no endpoint may be anything: those count as one
        totals.merge(new Kind(entry.method(), entry.template(), entry.code()), 1L, Long::sum);
    }

    public synchronized List<Total> totals() {
        return totals.entrySet().stream()
                .map(kind -> new Total(
                        kind.getKey().method(),
                        kind.getKey().template(),
                        kind.getKey().code(),
                        kind.getValue()))
                .toList();
    }

    /** The calls that fit, newest first. */
    public synchronized List<Entry> find(Predicate<Entry> filter) {
        List<Entry> found = new ArrayList<>();
        for (Iterator<Entry> all = entries.iterator(); all.hasNext(); ) {
            Entry entry = all.next();
            if (filter.test(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    /** The last call, if there was one. */
    public synchronized Optional<Entry> newest() {
        return Optional.ofNullable(entries.peekFirst());
    }

    /** A body as the log keeps it. */
    static String masked(String body) {
        String masked = SECRET.matcher(body).replaceAll("$1***");
        return masked.length() <= BODY ? masked : masked.substring(0, BODY) + "…";
    }
}
