package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The reports of one pair. Each carries the digest of the one before it, so a report that was changed or taken out afterwards
 * shows, unless all later ones were written anew as well. The digest has no key: it does not prove who wrote the report; whoever
 * needs that notes the latest digest outside this database.
 */
final class PairReports {

    /** Reports that are kept: a year of nights. */
    private static final int KEPT = 400;

    record Saved(long id, String digest) {}

    private final String pair;
    private final SyncStore store;
    private final JdbcTemplate jdbc;
    private final ObjectMapper mapper;

    PairReports(String pair, SyncStore store, JdbcTemplate jdbc, ObjectMapper mapper) {
        this.pair = pair;
        this.store = store;
        this.jdbc = jdbc;
        this.mapper = mapper;
    }

    Saved save(ObjectNode report, Instant finished) {
        return store.alone(() -> {
            var previous = jdbc
                    .queryForList(
                            "SELECT digest FROM feishu.sync_report WHERE pair = ? ORDER BY id DESC LIMIT 1",
                            String.class,
                            pair)
                    .stream()
                    .findFirst()
                    .orElse(null);
            var text = report.put("previous", previous).toString();
            var digest = BucketDigests.hex(text);
            var id = jdbc.queryForObject(
                    "INSERT INTO feishu.sync_report (pair, finished_at, digest, report) VALUES (?, ?, ?, ?) RETURNING id",
                    Long.class,
                    pair,
                    finished.atOffset(ZoneOffset.UTC),
                    digest,
                    text);
            jdbc.update(
                    "DELETE FROM feishu.sync_report WHERE pair = ? AND id <= (SELECT id FROM feishu.sync_report"
                            + " WHERE pair = ? ORDER BY id DESC OFFSET ? LIMIT 1)",
                    pair,
                    pair,
                    KEPT);
            return new Saved(id, digest);
        });
    }

    Listed<StoredReport> list(int page, int size) {
        var items = jdbc.query(
                "SELECT id, finished_at, digest, report FROM feishu.sync_report WHERE pair = ?"
                        + " ORDER BY id DESC LIMIT ? OFFSET ?",
                (result, number) -> {
                    var report = read(result.getString("report"));
                    return new StoredReport(
                            result.getLong("id"),
                            result.getObject("finished_at", OffsetDateTime.class)
                                    .toInstant(),
                            report.path("rows").asLong(),
                            report.path("records").asLong(),
                            report.path("equal").asLong(),
                            report.path("divergent").asLong(),
                            report.path("missed").asLong(),
                            report.path("parked").asLong(),
                            result.getString("digest"),
                            report.path("previous").textValue());
                },
                pair,
                size,
                (long) page * size);
        var total = jdbc.queryForObject("SELECT count(*) FROM feishu.sync_report WHERE pair = ?", Long.class, pair);
        return new Listed<>(items, total);
    }

    /** {@code {"id","digest","intact","report"}}: intact while the digest is still that of the report. */
    Optional<ObjectNode> find(long id) {
        return jdbc
                .query(
                        "SELECT digest, report FROM feishu.sync_report WHERE pair = ? AND id = ?",
                        (result, number) -> {
                            var text = result.getString("report");
                            var answer = mapper.createObjectNode()
                                    .put("id", id)
                                    .put("digest", result.getString("digest"))
                                    .put("intact", BucketDigests.hex(text).equals(result.getString("digest")));
                            answer.set("report", read(text));
                            return answer;
                        },
                        pair,
                        id)
                .stream()
                .findFirst();
    }

    private ObjectNode read(String text) {
        try {
            return mapper.readValue(text, ObjectNode.class);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
