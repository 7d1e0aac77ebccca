package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The reports of one pair. Each carries the digest of the one before it, so a report that was changed or taken out afterwards
 * shows, unless all later ones were written anew as well. Where there is a key each is signed with it, and nobody without that
 * key can write one anew. Reports missing at the end show only to one who noted the latest digest elsewhere.
 */
final class PairReports {

    /** Reports that are kept: a year of nights. */
    private static final int KEPT = 400;

    private static final String SELECT =
            "SELECT id, finished_at, digest, report, signature, key_id, (SELECT digest FROM"
                    + " feishu.sync_report WHERE pair = kept.pair AND id < kept.id ORDER BY id DESC LIMIT 1) AS digest_before"
                    + " FROM feishu.sync_report kept WHERE pair = ?";

    record Saved(long id, String digest) {}

    /** @param report empty when the text is no JSON any more */
    private record Kept(StoredReport figures, String signature, String text, ObjectNode report) {}

    private final String pair;
    private final SyncStore store;
    private final JdbcTemplate jdbc;
    private final ObjectMapper mapper;
    private final ReportKeys keys;

    PairReports(String pair, SyncStore store, JdbcTemplate jdbc, ObjectMapper mapper, ReportKeys keys) {
        this.pair = pair;
        this.store = store;
        this.jdbc = jdbc;
        this.mapper = mapper;
        this.keys = keys;
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
                    "INSERT INTO feishu.sync_report (pair, finished_at, digest, report, signature, key_id)"
                            + " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                    Long.class,
                    pair,
                    finished.atOffset(ZoneOffset.UTC),
                    digest,
                    text,
                    keys.sign(text),
                    keys.signing());
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
                SELECT + " ORDER BY id DESC LIMIT ? OFFSET ?",
                (result, number) -> kept(result).figures(),
                pair,
                size,
                (long) page * size);
        var total = jdbc.queryForObject("SELECT count(*) FROM feishu.sync_report WHERE pair = ?", Long.class, pair);
        return new Listed<>(items, total);
    }

    /** {@code {"id","digest","intact","chained","signed","key","signature","text","report"}}. */
    Optional<ObjectNode> find(long id) {
        return jdbc.query(SELECT + " AND id = ?", (result, number) -> answer(kept(result)), pair, id).stream()
                .findFirst();
    }

    private ObjectNode answer(Kept kept) {
        var figures = kept.figures();
        var answer = mapper.createObjectNode()
                .put("id", figures.id())
                .put("digest", figures.digest())
                .put("intact", figures.intact())
                .put("chained", figures.chained());
        answer.set("signed", mapper.valueToTree(figures.signed()));
        answer.put("key", figures.key()).put("signature", kept.signature()).put("text", kept.text());
        answer.set("report", kept.report());
        return answer;
    }

    private Kept kept(ResultSet row) throws SQLException {
        var text = row.getString("report");
        var digest = row.getString("digest");
        var signature = row.getString("signature");
        var key = row.getString("key_id");
        var before = row.getString("digest_before");
        var report = read(text);
        var previous = report.path("previous").textValue();
        // a row of another pair that was moved here is whole in itself
        var intact = BucketDigests.hex(text).equals(digest)
                && report.path("pair").asText().equals(pair);
        var figures = new StoredReport(
                row.getLong("id"),
                // the column is not signed
                intact
                        ? Instant.parse(report.path("finished_at").asText())
                        : row.getObject("finished_at", OffsetDateTime.class).toInstant(),
                report.path("rows").asLong(),
                report.path("records").asLong(),
                report.path("equal").asLong(),
                report.path("divergent").asLong(),
                report.path("missed").asLong(),
                report.path("parked").asLong(),
                digest,
                previous,
                intact,
                before == null ? null : before.equals(previous),
                keys.check(text, signature, key),
                key);
        return new Kept(figures, signature, text, report);
    }

    private ObjectNode read(String text) {
        try {
            return mapper.readValue(text, ObjectNode.class);
        } catch (JsonProcessingException changed) {
            // the list shall show that, not fail; its digest tells
            return mapper.createObjectNode();
        }
    }
}
