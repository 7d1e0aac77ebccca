package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.lark.oapi.Client;
import com.lark.oapi.core.request.RequestOptions;
import com.lark.oapi.service.bitable.v1.model.AppTableRecord;
import com.lark.oapi.service.bitable.v1.model.BatchCreateAppTableRecordReq;
import com.lark.oapi.service.bitable.v1.model.BatchCreateAppTableRecordReqBody;
import com.lark.oapi.service.bitable.v1.model.BatchCreateAppTableRecordResp;
import com.lark.oapi.service.bitable.v1.model.Condition;
import com.lark.oapi.service.bitable.v1.model.FilterInfo;
import com.lark.oapi.service.bitable.v1.model.ListAppTableFieldReq;
import com.lark.oapi.service.bitable.v1.model.ListAppTableFieldResp;
import com.lark.oapi.service.bitable.v1.model.SearchAppTableRecordReq;
import com.lark.oapi.service.bitable.v1.model.SearchAppTableRecordReqBody;
import com.lark.oapi.service.bitable.v1.model.SearchAppTableRecordResp;
import com.lark.oapi.service.bitable.v1.model.Sort;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("The official client, an independent judge")
class TypedClientTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer();

    private static final RequestOptions TOKEN =
            RequestOptions.newBuilder().tenantAccessToken("t-any").build();

    @Test
    void creates_and_finds_records() throws Exception {
        String table = SERVER.newTable(
                "[{'field_name':'Name','type':1},{'field_name':'Number','type':2},{'field_name':'Day','type':5},{'field_name':'Tags','type':4}]");
        String tableId = table.substring(table.lastIndexOf('/') + 1);
        Client client = Client.newBuilder("cli_a1b2c3d4e5f60718", "sandbox-app-secret")
                .openBaseUrl(SERVER.url())
                .disableTokenCache()
                .build();

        BatchCreateAppTableRecordResp created = client.bitable()
                .v1()
                .appTableRecord()
                .batchCreate(
                        BatchCreateAppTableRecordReq.newBuilder()
                                .appToken(BaseServer.ORDERS)
                                .tableId(tableId)
                                .clientToken(UUID.randomUUID().toString())
                                .batchCreateAppTableRecordReqBody(BatchCreateAppTableRecordReqBody.newBuilder()
                                        .records(new AppTableRecord[] {record("first", 1), record("second", 2)})
                                        .build())
                                .build(),
                        TOKEN);
        assertThat(created.success()).as(created.getMsg()).isTrue();
        assertThat(created.getData().getRecords()[1].getFields()).containsEntry("Name", "second");

        SearchAppTableRecordResp found = client.bitable()
                .v1()
                .appTableRecord()
                .search(
                        SearchAppTableRecordReq.newBuilder()
                                .appToken(BaseServer.ORDERS)
                                .tableId(tableId)
                                .pageSize(500)
                                .searchAppTableRecordReqBody(SearchAppTableRecordReqBody.newBuilder()
                                        .filter(FilterInfo.newBuilder()
                                                .conjunction("and")
                                                .conditions(new Condition[] {
                                                    Condition.newBuilder()
                                                            .fieldName("Number")
                                                            .operator("isGreater")
                                                            .value(new String[] {"0"})
                                                            .build()
                                                })
                                                .build())
                                        .sort(new Sort[] {
                                            Sort.newBuilder()
                                                    .fieldName("Number")
                                                    .desc(true)
                                                    .build()
                                        })
                                        .automaticFields(true)
                                        .build())
                                .build(),
                        TOKEN);
        assertThat(found.success()).as(found.getMsg()).isTrue();
        assertThat(found.getData().getTotal()).isEqualTo(2);
        assertThat(found.getData().getHasMore()).isFalse();
        AppTableRecord first = found.getData().getItems()[0];
        assertThat(first.getRecordId())
                .isEqualTo(created.getData().getRecords()[1].getRecordId());
        assertThat(first.getFields().get("Name")).isEqualTo(List.of(Map.of("type", "text", "text", "second")));
        assertThat(first.getFields().get("Tags")).isEqualTo(List.of("x"));
        assertThat(((Number) first.getFields().get("Day")).longValue()).isEqualTo(1_700_000_000_000L);
        assertThat(first.getCreatedBy().getName()).isEqualTo("ERP 助手");
        assertThat(first.getLastModifiedTime()).isPositive();

        ListAppTableFieldResp fields = client.bitable()
                .v1()
                .appTableField()
                .list(
                        ListAppTableFieldReq.newBuilder()
                                .appToken(BaseServer.ORDERS)
                                .tableId(tableId)
                                .build(),
                        TOKEN);
        assertThat(fields.success()).isTrue();
        assertThat(fields.getData().getItems()[3].getProperty().getOptions()[0].getName())
                .isEqualTo("x");
    }

    private static AppTableRecord record(String name, int number) {
        return AppTableRecord.newBuilder()
                .fields(Map.of("Name", name, "Number", number, "Day", 1_700_000_000_000L, "Tags", List.of("x")))
                .build();
    }
}
