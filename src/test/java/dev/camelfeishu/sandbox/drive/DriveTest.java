package dev.camelfeishu.sandbox.drive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.lark.oapi.Client;
import com.lark.oapi.service.drive.v1.model.BaseMember;
import com.lark.oapi.service.drive.v1.model.BatchGetTmpDownloadUrlMediaReq;
import com.lark.oapi.service.drive.v1.model.CreatePermissionMemberReq;
import com.lark.oapi.service.drive.v1.model.DeleteSubscribeFileReq;
import com.lark.oapi.service.drive.v1.model.DownloadMediaReq;
import com.lark.oapi.service.drive.v1.model.GetSubscribeFileReq;
import com.lark.oapi.service.drive.v1.model.ListFileReq;
import com.lark.oapi.service.drive.v1.model.ListPermissionMemberReq;
import com.lark.oapi.service.drive.v1.model.SubscribeFileReq;
import com.lark.oapi.service.drive.v1.model.UploadAllMediaReq;
import com.lark.oapi.service.drive.v1.model.UploadAllMediaReqBody;
import com.lark.oapi.service.drive.v1.model.UploadFinishMediaReq;
import com.lark.oapi.service.drive.v1.model.UploadFinishMediaReqBody;
import com.lark.oapi.service.drive.v1.model.UploadPartMediaReq;
import com.lark.oapi.service.drive.v1.model.UploadPartMediaReqBody;
import com.lark.oapi.service.drive.v1.model.UploadPrepareMediaReq;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Drive, with the platform's own Java SDK")
class DriveTest {
    private static final String FOLDER = "fldsandbox00000000000000001";
    private static final String DOCUMENT = "doxsandbox00000000000000001";

    private static TestDatabase postgres;
    private static RunningSandbox sandbox;
    private static Client client;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.rates", "false"));
        client = sandbox.sdk();
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(Files.createTempFile(folder, "up", ".bin"), bytes);
    }

    private String uploaded(byte[] bytes, int size, String checksum) throws Exception {
        var answer = client.drive()
                .v1()
                .media()
                .uploadAll(UploadAllMediaReq.newBuilder()
                        .uploadAllMediaReqBody(UploadAllMediaReqBody.newBuilder()
                                .fileName("数据 data.bin")
                                .parentType("docx_file")
                                .parentNode(DOCUMENT)
                                .size(size)
                                .checksum(checksum)
                                .file(file(bytes).toFile())
                                .build())
                        .build());
        return answer.success() ? answer.getData().getFileToken() : String.valueOf(answer.getCode());
    }

    private static HttpResponse<byte[]> get(String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    @DisplayName("a file goes up whole and comes down whole, in part, and by a link without a token")
    void media() throws Exception {
        byte[] bytes = noise(100_000);
        String token = uploaded(bytes, bytes.length, null);
        var down = client.drive()
                .v1()
                .media()
                .download(DownloadMediaReq.newBuilder().fileToken(token).build());
        assertThat(down.getData().toByteArray()).isEqualTo(bytes);
        assertThat(down.getFileName()).contains("bin");
        var part = get(
                sandbox.root() + "/open-apis/drive/v1/medias/" + token + "/download",
                "Authorization",
                "Bearer " + sandbox.token(),
                "Range",
                "bytes=99990-");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.headers().firstValue("Content-Range")).hasValue("bytes 99990-99999/100000");
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(bytes, 99_990, 100_000));
        var links = client.drive()
                .v1()
                .media()
                .batchGetTmpDownloadUrl(BatchGetTmpDownloadUrlMediaReq.newBuilder()
                        .fileTokens(new String[] {token})
                        .build());
        String link = links.getData().getTmpDownloadUrls()[0].getTmpDownloadUrl();
        assertThat(get(link).body()).isEqualTo(bytes);
        sandbox.jdbc().update("update sandbox.drive_link set created_ms = created_ms - 86400001");
        assertThat(get(link).statusCode()).isEqualTo(400);
    }

    @Test
    @DisplayName("sizes, checksums and parents must be right")
    void refusedUploads() throws Exception {
        byte[] bytes = {1, 2, 3};
        assertThat(uploaded(bytes, 4, null)).isEqualTo("1062009");
        assertThat(uploaded(bytes, 3, "1")).isEqualTo("1062008");
        assertThat(uploaded(bytes, 3, "851975")).as("Adler-32 of 1, 2, 3").startsWith("box");
        assertThat(uploaded(bytes, 21 * 1024 * 1024, null)).isEqualTo("1061043");
        ObjectNode prepare = Json.object()
                .put("file_name", "x")
                .put("parent_type", "bitable_file")
                .put("parent_node", "none")
                .put("size", 3);
        assertThat(sandbox.api("POST", "/open-apis/drive/v1/medias/upload_prepare", prepare)
                        .code())
                .isEqualTo(1061044);
        assertThat(sandbox.api("GET", "/open-apis/drive/v1/medias/none/download", null)
                        .code())
                .isEqualTo(1061003);
    }

    @Test
    @DisplayName("a large file goes up in parts, each of which must come")
    void parts() throws Exception {
        byte[] bytes = noise(5 * 1024 * 1024);
        var medias = client.drive().v1().media();
        var prepared = medias.uploadPrepare(UploadPrepareMediaReq.newBuilder()
                .mediaUploadInfo(com.lark.oapi.service.drive.v1.model.MediaUploadInfo.newBuilder()
                        .fileName("large.bin")
                        .parentType("docx_file")
                        .parentNode(DOCUMENT)
                        .size(bytes.length)
                        .build())
                .build());
        assertThat(prepared.success()).as(prepared.getMsg()).isTrue();
        String upload = prepared.getData().getUploadId();
        int size = prepared.getData().getBlockSize();
        assertThat(prepared.getData().getBlockNum()).isEqualTo(2);
        assertThat(part(upload, 0, Arrays.copyOf(bytes, size))).isZero();
        UploadFinishMediaReq finish = UploadFinishMediaReq.newBuilder()
                .uploadFinishMediaReqBody(UploadFinishMediaReqBody.newBuilder()
                        .uploadId(upload)
                        .blockNum(2)
                        .build())
                .build();
        assertThat(medias.uploadFinish(finish).getCode()).isEqualTo(1062010);
        assertThat(part(upload, 1, new byte[] {1})).isEqualTo(1062009);
        assertThat(part(upload, 2, new byte[] {1})).isEqualTo(1062011);
        assertThat(part(upload, 1, Arrays.copyOfRange(bytes, size, bytes.length)))
                .isZero();
        String token = medias.uploadFinish(finish).getData().getFileToken();
        assertThat(medias.download(
                                DownloadMediaReq.newBuilder().fileToken(token).build())
                        .getData()
                        .toByteArray())
                .isEqualTo(bytes);
    }

    private int part(String upload, int seq, byte[] bytes) throws Exception {
        return client.drive()
                .v1()
                .media()
                .uploadPart(UploadPartMediaReq.newBuilder()
                        .uploadPartMediaReqBody(UploadPartMediaReqBody.newBuilder()
                                .uploadId(upload)
                                .seq(seq)
                                .size(bytes.length)
                                .file(file(bytes).toFile())
                                .build())
                        .build())
                .getCode();
    }

    @Test
    @DisplayName("folders are made, listed and emptied")
    void folders() throws Exception {
        ObjectNode body = Json.object().put("name", "2026").put("folder_token", FOLDER);
        String token = sandbox.api("POST", "/open-apis/drive/v1/files/create_folder", body)
                .data()
                .path("token")
                .asText();
        var listed = client.drive()
                .v1()
                .file()
                .list(ListFileReq.newBuilder().folderToken(FOLDER).build());
        assertThat(listed.success()).as(listed.getMsg()).isTrue();
        assertThat(listed.getData().getFiles())
                .extracting(file -> file.getToken())
                .contains(DOCUMENT, token);
        assertThat(sandbox.api("DELETE", "/open-apis/drive/v1/files/" + FOLDER + "?type=folder", null)
                        .code())
                .isEqualTo(1061002);
        assertThat(sandbox.api("DELETE", "/open-apis/drive/v1/files/" + token + "?type=folder", null)
                        .code())
                .isZero();
        ObjectNode query = Json.object();
        query.putArray("request_docs").addObject().put("doc_token", token).put("doc_type", "folder");
        JsonNode metas = sandbox.api("POST", "/open-apis/drive/v1/metas/batch_query", query)
                .data();
        assertThat(metas.path("failed_list")).hasSize(1);
    }

    @Test
    @DisplayName("rights on a document are given, read, changed and taken")
    void permissions() throws Exception {
        var members = client.drive().v1().permissionMember();
        var added = members.create(CreatePermissionMemberReq.newBuilder()
                .token(DOCUMENT)
                .type("docx")
                .baseMember(BaseMember.newBuilder()
                        .memberType("openid")
                        .memberId(RunningSandbox.person(3))
                        .perm("view")
                        .build())
                .build());
        assertThat(added.success()).as(added.getMsg()).isTrue();
        String path = "/open-apis/drive/v1/permissions/" + DOCUMENT + "/members/" + RunningSandbox.person(3);
        ObjectNode edit = Json.object().put("member_type", "openid").put("perm", "edit");
        assertThat(sandbox.api("PUT", path + "?type=docx", edit).code()).isZero();
        var list = members.list(ListPermissionMemberReq.newBuilder()
                .token(DOCUMENT)
                .type("docx")
                .build());
        assertThat(list.getData().getItems()[0].getPerm()).isEqualTo("edit");
        assertThat(list.getData().getItems()[0].getName()).isEqualTo("Alice Chen");
        assertThat(sandbox.api("DELETE", path + "?type=docx&member_type=openid", null)
                        .code())
                .isZero();
        assertThat(sandbox.api("PUT", path + "?type=docx", edit).code()).isEqualTo(1063003);
        assertThat(sandbox.api("PUT", path + "?type=sheet", edit).code()).isEqualTo(1063005);
        String shared = "/open-apis/drive/v2/permissions/" + DOCUMENT + "/public?type=docx";
        assertThat(sandbox.api("PATCH", shared, Json.object().put("link_share_entity", "everybody"))
                        .code())
                .isEqualTo(1063001);
        assertThat(sandbox.api("PATCH", shared, Json.object().put("link_share_entity", "tenant_readable"))
                        .code())
                .isZero();
        assertThat(sandbox.api("GET", shared, null)
                        .data()
                        .at("/permission_public/link_share_entity")
                        .asText())
                .isEqualTo("tenant_readable");
    }

    @Test
    @DisplayName("the app subscribes to documents and folders, and unsubscribes")
    void subscriptions() throws Exception {
        var files = client.drive().v1().file();
        assertThat(files.subscribe(SubscribeFileReq.newBuilder()
                                .fileToken(DOCUMENT)
                                .fileType("docx")
                                .build())
                        .getCode())
                .isZero();
        assertThat(files.getSubscribe(GetSubscribeFileReq.newBuilder()
                                .fileToken(DOCUMENT)
                                .fileType("docx")
                                .build())
                        .getData()
                        .getIsSubscribe())
                .isTrue();
        DeleteSubscribeFileReq delete = DeleteSubscribeFileReq.newBuilder()
                .fileToken(DOCUMENT)
                .fileType("docx")
                .build();
        assertThat(files.deleteSubscribe(delete).getCode()).isZero();
        assertThat(files.deleteSubscribe(delete).getCode()).isEqualTo(1069605);
        String path = "/open-apis/drive/v1/files/" + FOLDER + "/subscribe?file_type=folder";
        assertThat(sandbox.api("POST", path, null).code()).isEqualTo(1069602);
        assertThat(sandbox.api("POST", path + "&event_type=file.created_in_folder_v1", null)
                        .code())
                .isZero();
    }
}
