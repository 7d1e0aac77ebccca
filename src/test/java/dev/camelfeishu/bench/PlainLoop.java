package dev.camelfeishu.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.lark.oapi.Client;
import com.lark.oapi.service.bitable.v1.model.AppTableRecord;
import com.lark.oapi.service.bitable.v1.model.BatchCreateAppTableRecordReq;
import com.lark.oapi.service.bitable.v1.model.BatchCreateAppTableRecordReqBody;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * What an engineer would write with the official SDK to fill a table once: read some rows, write them, pause, go on. It remembers
 * nothing, so it cannot be run twice.
 *
 * <p>Arguments: JDBC URL, root of the platform, token of the Base, table, rows at once.
 */
final class PlainLoop {

    private static final Duration PAUSE = Duration.ofMillis(200);

    private PlainLoop() {}

    public static void main(String[] arguments) throws Exception {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        var source = new DriverManagerDataSource(arguments[0], "postgres", "postgres");
        var jdbc = new JdbcTemplate(new SingleConnectionDataSource(source.getConnection(), true));
        var sdk = Client.newBuilder("cli_a1b2c3d4e5f60718", "sandbox-app-secret")
                .openBaseUrl(arguments[1])
                .build();
        var size = Integer.parseInt(arguments[4]);
        System.out.println("ready");
        var begun = System.nanoTime();
        var last = "";
        List<Map<String, Object>> rows;
        do {
            rows = jdbc.queryForList(
                    "select * from erp.orders where order_id > ? order by order_id limit ?", last, size);
            if (!rows.isEmpty()) {
                if (!last.isEmpty()) {
                    Thread.sleep(PAUSE.toMillis());
                }
                last = rows.get(rows.size() - 1).get("order_id").toString();
                write(sdk, arguments[2], arguments[3], rows);
            }
        } while (rows.size() == size);
        System.out.printf("linked %.2f%n", (System.nanoTime() - begun) / 1e9);
    }

    private static void write(Client sdk, String base, String table, List<Map<String, Object>> rows) throws Exception {
        var records = new ArrayList<AppTableRecord>();
        for (var row : rows) {
            var cells = new HashMap<String, Object>();
            cells.put("Order ID", row.get("order_id"));
            cells.put("Customer Name", row.get("customer_name"));
            cells.put("Order Amount", row.get("amount"));
            cells.put("Status", row.get("status"));
            cells.put("Note", row.get("note"));
            cells.put("Created At", ((Timestamp) row.get("created_at")).getTime());
            records.add(AppTableRecord.newBuilder().fields(cells).build());
        }
        var answer = sdk.bitable()
                .v1()
                .appTableRecord()
                .batchCreate(BatchCreateAppTableRecordReq.newBuilder()
                        .appToken(base)
                        .tableId(table)
                        .batchCreateAppTableRecordReqBody(BatchCreateAppTableRecordReqBody.newBuilder()
                                .records(records.toArray(AppTableRecord[]::new))
                                .build())
                        .build());
        if (!answer.success()) {
            throw new IllegalStateException(answer.getCode() + " " + answer.getMsg());
        }
    }
}
