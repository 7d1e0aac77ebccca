package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.lark.oapi.Client;
import com.lark.oapi.core.request.RequestOptions;
import com.lark.oapi.core.response.BaseResponse;
import com.lark.oapi.service.bitable.v1.V1;
import com.lark.oapi.service.bitable.v1.model.*;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Bases, views, forms, roles, dashboards and automations, with the typed classes of the official SDK")
class TypedSchemaTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer();

    private static final RequestOptions TOKEN =
            RequestOptions.newBuilder().tenantAccessToken("t-any").build();

    private static V1 bitable;

    private String table;

    @BeforeAll
    static void client() {
        bitable = Client.newBuilder("cli_a1b2c3d4e5f60718", "sandbox-app-secret")
                .openBaseUrl(SERVER.url())
                .disableTokenCache()
                .build()
                .bitable()
                .v1();
    }

    @BeforeEach
    void table() {
        String path = SERVER.newTable("[{'field_name':'Name','type':1},{'field_name':'Size','type':2}]");
        table = path.substring(path.lastIndexOf('/') + 1);
    }

    private static <T extends BaseResponse<?>> T good(T response) {
        assertThat(response.success())
                .as(response.getCode() + " " + response.getMsg())
                .isTrue();
        return response;
    }

    @Test
    @DisplayName("a base is copied with its records, its links pointing into the copy, or without them")
    void copies() throws Exception {
        String app = good(bitable.app()
                        .create(
                                CreateAppReq.newBuilder()
                                        .reqApp(ReqApp.newBuilder().name("Plan").build())
                                        .build(),
                                TOKEN))
                .getData()
                .getApp()
                .getAppToken();
        String first = tables(app)[0].getTableId();
        SERVER.bitable(
                        "POST",
                        app + "/tables/" + first + "/fields",
                        "{'field_name':'Next','type':18,'property':{'table_id':'" + first + "'}}")
                .data();
        String copy = copy(app, false);
        String copied = tables(copy)[0].getTableId();
        assertThat(copied).isNotEqualTo(first);
        AppTableFieldForList[] fields = good(bitable.appTableField()
                        .list(
                                ListAppTableFieldReq.newBuilder()
                                        .appToken(copy)
                                        .tableId(copied)
                                        .build(),
                                TOKEN))
                .getData()
                .getItems();
        assertThat(fields[1].getProperty().getTableId()).isEqualTo(copied);
        assertThat(records(copy, copied)).isEqualTo(5);
        String empty = copy(app, true);
        assertThat(records(empty, tables(empty)[0].getTableId())).isZero();
        SERVER.bitable("POST", copy + "/tables/" + copied + "/records", "{'fields':{}}")
                .data();
        assertThat(records(copy, copied)).isEqualTo(6);
    }

    private static String copy(String app, boolean withoutContent) throws Exception {
        return good(bitable.app()
                        .copy(
                                CopyAppReq.newBuilder()
                                        .appToken(app)
                                        .copyAppReqBody(CopyAppReqBody.newBuilder()
                                                .name("Copy")
                                                .withoutContent(withoutContent)
                                                .build())
                                        .build(),
                                TOKEN))
                .getData()
                .getApp()
                .getAppToken();
    }

    private static AppTable[] tables(String app) throws Exception {
        return good(bitable.appTable()
                        .list(ListAppTableReq.newBuilder().appToken(app).build(), TOKEN))
                .getData()
                .getItems();
    }

    private static int records(String app, String tableId) {
        return SERVER.bitable("POST", app + "/tables/" + tableId + "/records/search", "{}")
                .data()
                .path("total")
                .asInt();
    }

    @Test
    @DisplayName("tables are deleted together, but never the last")
    void deletesTables() throws Exception {
        String app = SERVER.bitable("POST", "", "{'name':'Many'}")
                .data()
                .at("/app/app_token")
                .asText();
        String first = tables(app)[0].getTableId();
        String[] more = good(bitable.appTable()
                        .batchCreate(
                                BatchCreateAppTableReq.newBuilder()
                                        .appToken(app)
                                        .batchCreateAppTableReqBody(BatchCreateAppTableReqBody.newBuilder()
                                                .tables(Stream.of("A", "B")
                                                        .map(name -> ReqTable.newBuilder()
                                                                .name(name)
                                                                .build())
                                                        .toArray(ReqTable[]::new))
                                                .build())
                                        .build(),
                                TOKEN))
                .getData()
                .getTableIds();
        assertThat(delete(app, first, more[0], more[1]).getCode()).isEqualTo(1254034);
        assertThat(tables(app)).hasSize(3);
        good(delete(app, first, more[0]));
        assertThat(tables(app)).extracting(AppTable::getTableId).containsExactly(more[1]);
    }

    private static BatchDeleteAppTableResp delete(String app, String... ids) throws Exception {
        return bitable.appTable()
                .batchDelete(
                        BatchDeleteAppTableReq.newBuilder()
                                .appToken(app)
                                .batchDeleteAppTableReqBody(BatchDeleteAppTableReqBody.newBuilder()
                                        .tableIds(ids)
                                        .build())
                                .build(),
                        TOKEN);
    }

    private AppTableView view(String name, String type) throws Exception {
        return good(bitable.appTableView()
                        .create(
                                CreateAppTableViewReq.newBuilder()
                                        .appToken(BaseServer.ORDERS)
                                        .tableId(table)
                                        .reqView(ReqView.newBuilder()
                                                .viewName(name)
                                                .viewType(type)
                                                .build())
                                        .build(),
                                TOKEN))
                .getData()
                .getView();
    }

    private AppTableView get(String viewId) throws Exception {
        return good(bitable.appTableView()
                        .get(
                                GetAppTableViewReq.newBuilder()
                                        .appToken(BaseServer.ORDERS)
                                        .tableId(table)
                                        .viewId(viewId)
                                        .build(),
                                TOKEN))
                .getData()
                .getView();
    }

    @Test
    @DisplayName("a view is made, read, changed and deleted")
    void views() throws Exception {
        String size = SERVER.bitable("GET", BaseServer.ORDERS + "/tables/" + table + "/fields", null)
                .data()
                .at("/items/1/field_id")
                .asText();
        String id = view("Large", "grid").getViewId();
        AppTableView patched = good(bitable.appTableView()
                        .patch(
                                PatchAppTableViewReq.newBuilder()
                                        .appToken(BaseServer.ORDERS)
                                        .tableId(table)
                                        .viewId(id)
                                        .patchAppTableViewReqBody(PatchAppTableViewReqBody.newBuilder()
                                                .viewName("Large ones")
                                                .property(AppTableViewProperty.newBuilder()
                                                        .hiddenFields(new String[] {size})
                                                        .filterInfo(AppTableViewPropertyFilterInfo.newBuilder()
                                                                .conjunction("and")
                                                                .conditions(
                                                                        new AppTableViewPropertyFilterInfoCondition[] {
                                                                            AppTableViewPropertyFilterInfoCondition
                                                                                    .newBuilder()
                                                                                    .fieldId(size)
                                                                                    .operator("isGreater")
                                                                                    .value("[\"7\"]")
                                                                                    .build()
                                                                        })
                                                                .build())
                                                        .build())
                                                .build())
                                        .build(),
                                TOKEN))
                .getData()
                .getView();
        assertThat(patched.getProperty().getFilterInfo().getConditions()[0].getFieldType())
                .isEqualTo(2);
        assertThat(get(id).getViewName()).isEqualTo("Large ones");
        assertThat(SERVER.bitable("GET", BaseServer.ORDERS + "/tables/" + table + "/fields?view_id=" + id, null)
                        .data()
                        .at("/items/1/is_hidden")
                        .asBoolean())
                .isTrue();
        assertThat(SERVER.bitable(
                                "POST",
                                BaseServer.ORDERS + "/tables/" + table + "/records/search",
                                "{'view_id':'" + id + "'}")
                        .status())
                .isEqualTo(501);
        SERVER.restart();
        assertThat(get(id).getProperty().getHiddenFields()).containsExactly(size);

        DeleteAppTableViewReq delete = DeleteAppTableViewReq.newBuilder()
                .appToken(BaseServer.ORDERS)
                .tableId(table)
                .viewId(id)
                .build();
        good(bitable.appTableView().delete(delete, TOKEN));
        assertThat(bitable.appTableView().delete(delete, TOKEN).getCode()).isEqualTo(1254042);
        String last = good(bitable.appTableView()
                        .list(
                                ListAppTableViewReq.newBuilder()
                                        .appToken(BaseServer.ORDERS)
                                        .tableId(table)
                                        .build(),
                                TOKEN))
                .getData()
                .getItems()[0]
                .getViewId();
        delete.setViewId(last);
        assertThat(bitable.appTableView().delete(delete, TOKEN).getCode()).isEqualTo(1254023);
    }

    @Test
    @DisplayName("a form is read and shared; its questions are changed and put in order")
    void forms() throws Exception {
        String id = view("Ask", "form").getViewId();
        AppTableForm form = good(bitable.appTableForm()
                        .patch(
                                PatchAppTableFormReq.newBuilder()
                                        .appToken(BaseServer.ORDERS)
                                        .tableId(table)
                                        .formId(id)
                                        .appTableForm(AppTableForm.newBuilder()
                                                .description("Please")
                                                .shared(true)
                                                .sharedLimit("tenant_editable")
                                                .build())
                                        .build(),
                                TOKEN))
                .getData()
                .getForm();
        assertThat(form.getSharedUrl()).isNotEmpty();
        assertThat(good(bitable.appTableForm()
                                .get(
                                        GetAppTableFormReq.newBuilder()
                                                .appToken(BaseServer.ORDERS)
                                                .tableId(table)
                                                .formId(id)
                                                .build(),
                                        TOKEN))
                        .getData()
                        .getForm()
                        .getName())
                .isEqualTo("Ask");
        AppTableFormField[] questions = questions(id);
        AppTableFormPatchedField patched = good(bitable.appTableFormField()
                        .patch(
                                PatchAppTableFormFieldReq.newBuilder()
                                        .appToken(BaseServer.ORDERS)
                                        .tableId(table)
                                        .formId(id)
                                        .fieldId(questions[1].getFieldId())
                                        .appTableFormPatchedField(AppTableFormPatchedField.newBuilder()
                                                .title("How large?")
                                                .required(true)
                                                .preFieldId("")
                                                .build())
                                        .build(),
                                TOKEN))
                .getData()
                .getField();
        assertThat(patched.getRequired()).isTrue();
        assertThat(questions(id)).extracting(AppTableFormField::getTitle).containsExactly("How large?", "Name");
        String grid = view("Rows", "grid").getViewId();
        assertThat(bitable.appTableForm()
                        .get(
                                GetAppTableFormReq.newBuilder()
                                        .appToken(BaseServer.ORDERS)
                                        .tableId(table)
                                        .formId(grid)
                                        .build(),
                                TOKEN)
                        .getCode())
                .isEqualTo(1254019);
    }

    private AppTableFormField[] questions(String id) throws Exception {
        return good(bitable.appTableFormField()
                        .list(
                                ListAppTableFormFieldReq.newBuilder()
                                        .appToken(BaseServer.ORDERS)
                                        .tableId(table)
                                        .formId(id)
                                        .build(),
                                TOKEN))
                .getData()
                .getItems();
    }

    @Test
    @DisplayName("roles and their members exist while the advanced permissions are on")
    void roles() throws Exception {
        String app = SERVER.bitable("POST", "", "{'name':'Secret'}")
                .data()
                .at("/app/app_token")
                .asText();
        String tableId = tables(app)[0].getTableId();
        CreateAppRoleReq create = CreateAppRoleReq.newBuilder()
                .appToken(app)
                .appRole(AppRole.newBuilder()
                        .roleName("Readers")
                        .tableRoles(new AppRoleTableRole[] {
                            AppRoleTableRole.newBuilder()
                                    .tableId(tableId)
                                    .tablePerm(1)
                                    .fieldPerm(Map.of("Text", 1))
                                    .build()
                        })
                        .build())
                .build();
        assertThat(bitable.appRole().create(create, TOKEN).getCode()).isEqualTo(1254301);
        good(bitable.app()
                .update(
                        UpdateAppReq.newBuilder()
                                .appToken(app)
                                .updateAppReqBody(UpdateAppReqBody.newBuilder()
                                        .isAdvanced(true)
                                        .build())
                                .build(),
                        TOKEN));
        String role = good(bitable.appRole().create(create, TOKEN))
                .getData()
                .getRole()
                .getRoleId();
        assertThat(bitable.appRole().create(create, TOKEN).getCode()).isEqualTo(1254033);
        good(bitable.appRole()
                .update(
                        UpdateAppRoleReq.newBuilder()
                                .appToken(app)
                                .roleId(role)
                                .appRole(
                                        AppRole.newBuilder().roleName("Editors").build())
                                .build(),
                        TOKEN));
        assertThat(good(bitable.appRole()
                                .list(ListAppRoleReq.newBuilder().appToken(app).build(), TOKEN))
                        .getData()
                        .getItems())
                .extracting(AppRole::getRoleName)
                .containsExactly("Editors");

        good(bitable.appRoleMember()
                .create(
                        CreateAppRoleMemberReq.newBuilder()
                                .appToken(app)
                                .roleId(role)
                                .memberIdType("user_id")
                                .appRoleMember(AppRoleMember.newBuilder()
                                        .memberId("wangfang")
                                        .build())
                                .build(),
                        TOKEN));
        good(bitable.appRoleMember()
                .batchCreate(
                        BatchCreateAppRoleMemberReq.newBuilder()
                                .appToken(app)
                                .roleId(role)
                                .batchCreateAppRoleMemberReqBody(BatchCreateAppRoleMemberReqBody.newBuilder()
                                        .memberList(new AppRoleMemberId[] {
                                            AppRoleMemberId.newBuilder()
                                                    .type("department_id")
                                                    .id("finance")
                                                    .build(),
                                            AppRoleMemberId.newBuilder()
                                                    .type("chat_id")
                                                    .id("oc_group0000000000000000000000001")
                                                    .build()
                                        })
                                        .build())
                                .build(),
                        TOKEN));
        assertThat(members(app, role))
                .extracting(AppRoleMember::getMemberType)
                .containsExactly("user", "department", "chat");
        DeleteAppRoleMemberReq delete = DeleteAppRoleMemberReq.newBuilder()
                .appToken(app)
                .roleId(role)
                .memberId(BaseServer.WANG_FANG)
                .build();
        good(bitable.appRoleMember().delete(delete, TOKEN));
        assertThat(bitable.appRoleMember().delete(delete, TOKEN).getCode()).isEqualTo(1254048);
        assertThat(members(app, role)).hasSize(2);
        good(bitable.appRole()
                .delete(DeleteAppRoleReq.newBuilder().appToken(app).roleId(role).build(), TOKEN));
    }

    private static AppRoleMember[] members(String app, String role) throws Exception {
        return good(bitable.appRoleMember()
                        .list(
                                ListAppRoleMemberReq.newBuilder()
                                        .appToken(app)
                                        .roleId(role)
                                        .build(),
                                TOKEN))
                .getData()
                .getItems();
    }

    @Test
    @DisplayName("dashboards are listed and copied; automations are listed and switched on")
    void blocks() throws Exception {
        String app = SERVER.bitable("POST", "", "{'name':'Board'}")
                .data()
                .at("/app/app_token")
                .asText();
        String block = SERVER.call("POST", "/sandbox/bases/" + app + "/dashboards", "{'name':'Sales'}")
                .body()
                .path("block_id")
                .asText();
        CopyAppDashboardReq copy = CopyAppDashboardReq.newBuilder()
                .appToken(app)
                .blockId(block)
                .copyAppDashboardReqBody(
                        CopyAppDashboardReqBody.newBuilder().name("Sales 2").build())
                .build();
        good(bitable.appDashboard().copy(copy, TOKEN));
        assertThat(bitable.appDashboard().copy(copy, TOKEN).getCode()).isEqualTo(1254039);
        assertThat(good(bitable.appDashboard()
                                .list(
                                        ListAppDashboardReq.newBuilder()
                                                .appToken(app)
                                                .build(),
                                        TOKEN))
                        .getData()
                        .getDashboards())
                .extracting(AppDashboard::getName)
                .containsExactly("Sales", "Sales 2");

        String workflow = SERVER.call("POST", "/sandbox/bases/" + app + "/workflows", "{'title':'Tell'}")
                .body()
                .path("workflow_id")
                .asText();
        good(bitable.appWorkflow()
                .update(
                        UpdateAppWorkflowReq.newBuilder()
                                .appToken(app)
                                .workflowId(workflow)
                                .updateAppWorkflowReqBody(UpdateAppWorkflowReqBody.newBuilder()
                                        .status("Enable")
                                        .build())
                                .build(),
                        TOKEN));
        assertThat(good(bitable.appWorkflow()
                                .list(
                                        ListAppWorkflowReq.newBuilder()
                                                .appToken(app)
                                                .build(),
                                        TOKEN))
                        .getData()
                        .getWorkflows())
                .extracting(AppWorkflow::getStatus)
                .containsExactly("Enable");
    }
}
