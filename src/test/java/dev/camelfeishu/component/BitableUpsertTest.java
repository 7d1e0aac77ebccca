package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows become records: those that are missing are created, those that differ are updated, the others left alone. */
class BitableUpsertTest {

    private static final String TABLES = "/open-apis/bitable/v1/apps/:app_token/tables";
    private static final String SEARCH = "POST " + TABLES + "/:table_id/records/search";
    private static final String CREATE = "POST " + TABLES + "/:table_id/records/batch_create";
    private static final String UPDATE = "POST " + TABLES + "/:table_id/records/batch_update";
    private static final String FIELDS = TABLES + "/:table_id/fields";

    private final FakePlatform fake = new FakePlatform();

    @BeforeEach
    void aTableWithOneRecord() {
        fake.feishu
                .on("GET " + TABLES, "{'data': {'items': [{'table_id': 'tbl1', 'name': 'Purchase Orders'}]}}")
                .on(
                        "GET " + FIELDS,
                        "{'data': {'items': [{'field_name': 'PO', 'type': 1}, {'field_name': 'Amount', 'type': 2}]}}")
                .on("POST " + FIELDS, "{}")
                .on("POST " + TABLES, "{'data': {'table_id': 'tblNew'}}")
                .on(
                        SEARCH,
                        "{'data': {'items': [{'record_id': 'rec1', 'fields': {'PO': [{'type': 'text', 'text': 'PO-'}, "
                                + "{'type': 'text', 'text': '1'}], 'Amount': 12.5, 'Note': [{'text': 'kept', 'type': 'text'}]}}]}}")
                .on(CREATE, "{}")
                .on(UPDATE, "{}");
    }

    @Test
    void aNewRowIsCreatedWithAKeyOfItsOwn() {
        assertThat(upsert(row("PO", "PO-2", "Amount", new BigDecimal("7.15"), "Note", null)))
                .isEqualTo(Map.of("created", 1, "updated", 0, "unchanged", 0));

        ApiRequest create = fake.feishu.calls(CREATE).get(0);
        assertThat(create.body())
                .isEqualTo(FakeFeishu.json("{'records': [{'fields': {'PO': 'PO-2', 'Amount': 7.15}}]}"));
        assertThat(create.query().get("client_token")).hasSize(36);
        assertThat(create.pathVariables()).containsEntry("table_id", "tbl1");
    }

    @Test
    void anEqualRowIsNotWritten() {
        assertThat(upsert(row("PO", "PO-1", "Amount", new BigDecimal("12.50"), "Note", "kept", "Done", false)))
                .isEqualTo(Map.of("created", 0, "updated", 0, "unchanged", 1));
        assertThat(fake.feishu.calls(CREATE)).isEmpty();
        assertThat(fake.feishu.calls(UPDATE)).isEmpty();
    }

    @Test
    void ofADifferentRowOnlyTheDifferenceIsWritten() {
        assertThat(upsert(row("PO", "PO-1", "Amount", 13, "Note", "kept")))
                .isEqualTo(Map.of("created", 0, "updated", 1, "unchanged", 0));
        assertThat(written(UPDATE)).isEqualTo(FakeFeishu.json("[{'record_id': 'rec1', 'fields': {'Amount': 13}}]"));
    }

    @Test
    void nullClearsACell() {
        upsert(row("PO", "PO-1", "Amount", new BigDecimal("12.5"), "Note", null));

        assertThat(written(UPDATE)).isEqualTo(FakeFeishu.json("[{'record_id': 'rec1', 'fields': {'Note': null}}]"));
    }

    @Test
    void aPointInTimeIsMilliseconds() {
        Instant at = Instant.ofEpochMilli(1_700_000_000_123L);
        upsert(row(
                "PO",
                "PO-2",
                "A",
                Timestamp.from(at),
                "B",
                at,
                "C",
                OffsetDateTime.parse("2023-11-14T23:13:20.123+01:00")));

        assertThat(written(CREATE).at("/0/fields"))
                .isEqualTo(
                        FakeFeishu.json("{'PO': 'PO-2', 'A': 1700000000123, 'B': 1700000000123, 'C': 1700000000123}"));
    }

    @Test
    void ofTwoRowsWithOneKeyTheLaterCounts() {
        assertThat(upsert(row("PO", "PO-2", "Amount", 1), row("PO", "PO-2", "Amount", 2)))
                .isEqualTo(Map.of("created", 1, "updated", 0, "unchanged", 0));
        assertThat(written(CREATE).at("/0/fields/Amount").asInt()).isEqualTo(2);
    }

    @Test
    void aSearchNamesFiftyKeysAtMost() {
        body(
                "feishu:bitable/upsert?app=base&table=tbl1&key=PO",
                IntStream.range(0, 120).mapToObj(i -> row("PO", "N-" + i)).toList());

        assertThat(fake.feishu.calls(SEARCH))
                .extracting(call -> call.body().at("/filter/conditions").size())
                .containsExactly(50, 50, 20);
    }

    @Test
    void nothingIsAskedForNoRows() {
        assertThat(upsert()).isEqualTo(Map.of("created", 0, "updated", 0, "unchanged", 0));
        assertThat(fake.feishu.calls("GET " + TABLES)).isEmpty();
    }

    @Test
    void aMissingTableIsNamedWithTheMend() {
        assertThatThrownBy(() -> run("feishu:bitable/upsert?app=base&table=Invoices&key=PO", row("PO", "1")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessage("The Base has no table \"Invoices\". Make it, or set the option create=true.");
    }

    @Test
    void aMissingTableIsMadeWhereThatIsAllowed() {
        run("feishu:bitable/upsert?app=base&table=Invoices&key=PO&create=true", row("PO", "1"));

        assertThat(fake.feishu.calls("POST " + TABLES))
                .singleElement()
                .satisfies(
                        call -> assertThat(call.body())
                                .isEqualTo(
                                        FakeFeishu.json(
                                                "{'table': {'name': 'Invoices', 'default_view_name': 'Grid', 'fields': [{'field_name': 'PO', 'type': 1}]}}")));
        assertThat(fake.feishu.calls(CREATE))
                .singleElement()
                .satisfies(call -> assertThat(call.pathVariables()).containsEntry("table_id", "tblNew"));
    }

    @Test
    void aMissingFieldIsMadeAfterTheFirstValueThatARowHas() {
        run(
                "feishu:bitable/upsert?app=base&table=tbl1&key=PO&create=true",
                row("PO", "1", "Price", null),
                row("PO", "2", "Price", new BigDecimal("9.99")));

        assertThat(fake.feishu.calls("POST " + FIELDS))
                .singleElement()
                .satisfies(call -> assertThat(call.body())
                        .isEqualTo(FakeFeishu.json(
                                "{'field_name': 'Price', 'type': 2, 'property': {'formatter': '0.00'}}")));
    }

    @Test
    void aFieldOfALaterPageIsNotMadeAgain() {
        fake.feishu.on(
                "GET " + FIELDS,
                request -> request.query().containsKey("page_token")
                        ? "{'data': {'items': [{'field_name': 'Price'}], 'has_more': false}}"
                        : "{'data': {'items': [{'field_name': 'PO'}], 'has_more': true, 'page_token': 'next'}}");

        run("feishu:bitable/upsert?app=base&table=tbl1&key=PO&create=true", row("PO", "1", "Price", 1));

        assertThat(fake.feishu.calls("POST " + FIELDS)).isEmpty();
    }

    @Test
    void aRowWithoutItsKeyIsRefused() {
        assertThatThrownBy(() -> upsert(row("PO", " ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no value in its key field PO");
    }

    @Test
    void aBodyThatIsNoRowIsRefused() {
        assertThatThrownBy(() -> body("feishu:bitable/upsert?app=base&table=tbl1&key=PO", List.of("PO-1")))
                .hasMessageContaining("needs a map or a list of maps as its body, not String");
        assertThatThrownBy(() -> body("feishu:bitable/upsert?app=base&table=tbl1&key=PO", null))
                .hasMessageContaining("not nothing");
    }

    private JsonNode written(String call) {
        return fake.feishu.calls(call).get(0).body().path("records");
    }

    @SafeVarargs
    private final Object upsert(Map<String, Object>... rows) {
        return run("feishu:bitable/upsert?app=base&table=Purchase Orders&key=PO", rows);
    }

    @SafeVarargs
    private final Object run(String uri, Map<String, Object>... rows) {
        return body(uri, Arrays.asList(rows));
    }

    private Object body(String uri, Object body) {
        FeishuEndpoint endpoint = fake.endpoint(uri);
        Exchange exchange = new DefaultExchange(endpoint.getCamelContext());
        exchange.getMessage().setBody(body);
        BitableUpsert.action().run(exchange, endpoint.getConfiguration(), endpoint.platform());
        return exchange.getMessage().getBody();
    }

    private static Map<String, Object> row(Object... namesAndValues) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }
}
