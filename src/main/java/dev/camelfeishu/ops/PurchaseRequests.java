package dev.camelfeishu.ops;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The ERP's purchase requests with their purchase orders, for looking at. Reads the tables of the flow {@code purchase}. */
@Component
public class PurchaseRequests {

    /** A draft should be submitted within seconds. */
    private static final Duration LONGEST_DRAFT = Duration.ofMinutes(10);
    /** As long as the reminder of the flow waits. */
    private static final Duration LONGEST_DECISION = Duration.ofDays(7);

    private static final String STUCK =
            "(r.status = 'DRAFT' and r.updated_at < now() - interval '%d seconds'".formatted(LONGEST_DRAFT.toSeconds())
                    + " or r.status = 'SUBMITTED' and r.updated_at < now() - interval '%d seconds')"
                            .formatted(LONGEST_DECISION.toSeconds());

    private static final String COLUMNS = "select r.*, o.po_number, o.status as order_status, " + STUCK + " as stuck";
    private static final String FROM =
            " from erp.purchase_requests r left join erp.purchase_orders o on o.request_id = r.request_id";
    private static final String ASKED = " where (? = '' or r.status = ?) and (not ? or " + STUCK + ")"
            + " and (? = '' or strpos(lower(concat_ws(' ', r.request_id, r.title, r.instance_code)), lower(?)) > 0)";

    private final JdbcTemplate erp;

    PurchaseRequests(@Qualifier("erp") DataSource erp) {
        this.erp = new JdbcTemplate(erp);
    }

    /**
     * @param instanceCode null before it is submitted
     * @param poNumber of its purchase order, null when there is none
     * @param stuck a draft that nobody submits, or a request that nobody decides
     */
    public record PurchaseRequest(
            String id,
            String applicant,
            String title,
            String reason,
            BigDecimal amount,
            String currency,
            String status,
            String instanceCode,
            Instant createdAt,
            Instant updatedAt,
            String poNumber,
            String orderStatus,
            boolean stuck) {}

    public record Page(List<PurchaseRequest> items, long total) {}

    /**
     * The latest changed first. Throws what {@link JdbcTemplate} throws while the ERP is away.
     *
     * @param status "" for all
     * @param text a part of the id, the title or the instance code; "" for all
     */
    public Page list(String status, boolean stuckOnly, String text, int page, int size) {
        List<PurchaseRequest> items = erp.query(
                COLUMNS + FROM + ASKED + " order by r.updated_at desc, r.request_id limit ? offset ?",
                (row, number) -> request(row),
                status,
                status,
                stuckOnly,
                text,
                text,
                size,
                (long) page * size);
        long total =
                erp.queryForObject("select count(*)" + FROM + ASKED, Long.class, status, status, stuckOnly, text, text);
        return new Page(items, total);
    }

    public Optional<PurchaseRequest> find(String id) {
        return erp.query(COLUMNS + FROM + " where r.request_id = ?", (row, number) -> request(row), id).stream()
                .findFirst();
    }

    private static PurchaseRequest request(ResultSet row) throws SQLException {
        return new PurchaseRequest(
                row.getString("request_id"),
                row.getString("applicant_open_id"),
                row.getString("title"),
                row.getString("reason"),
                row.getBigDecimal("amount"),
                row.getString("currency"),
                row.getString("status"),
                row.getString("instance_code"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                row.getString("po_number"),
                row.getString("order_status"),
                row.getBoolean("stuck"));
    }
}
