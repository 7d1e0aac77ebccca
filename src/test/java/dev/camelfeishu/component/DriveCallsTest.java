package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Drive, one call each")
@ExtendWith(SandboxRoutes.Running.class)
class DriveCallsTest {

    private static final String FOLDER = "fldsandbox00000000000000001";
    private static final String DOCUMENT = "doxsandbox00000000000000001";
    private static final Map<String, Object> FILE = Map.of("CamelFeishuFileToken", DOCUMENT);
    private static final Map<String, Object> TOKEN = Map.of("CamelFeishuToken", DOCUMENT);
    private static final String TO_DOCUMENT = "drive/upload?param.parent_type=docx_file&param.parent_node=" + DOCUMENT;

    private final SandboxRoutes feishu;

    DriveCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    @Exercises({"drive/subscribe", "drive/subscription", "drive/unsubscribe"})
    @DisplayName("the app subscribes to a document and unsubscribes")
    void subscribe() {
        String type = "?param.file_type=docx";
        feishu.run("drive/subscribe" + type, FILE, null);
        assertThat(feishu.json("drive/subscription" + type, FILE, null).asBoolean())
                .isTrue();
        feishu.run("drive/unsubscribe" + type, FILE, null);
        assertThat(feishu.json("drive/subscription" + type, FILE, null).asBoolean(true))
                .isFalse();
    }

    @Test
    @Exercises({"drive/files", "drive/create-folder", "drive/delete", "drive/metas"})
    @DisplayName("folders are made, listed and deleted")
    void folders() {
        Map<String, Object> in = Map.of("CamelFeishuFolderToken", FOLDER);
        String folder = feishu.json("drive/create-folder?param.name=2027", in, null)
                .path("token")
                .asText();

        assertThat(feishu.json("drive/files", in, null).path("files"))
                .extracting(file -> file.path("token").asText())
                .contains(folder, DOCUMENT);
        assertThat(feishu.json(
                                "drive/metas",
                                Map.of(),
                                Map.of("request_docs", List.of(Map.of("doc_token", folder, "doc_type", "folder"))))
                        .at("/metas/0/title")
                        .asText())
                .isEqualTo("2027");
        feishu.run("drive/delete?param.type=folder", Map.of("CamelFeishuFileToken", folder), null);
        assertThatThrownBy(() ->
                        feishu.run("drive/delete?param.type=folder", Map.of("CamelFeishuFileToken", folder), null))
                .isInstanceOf(FeishuRejectedException.class);
    }

    @Test
    @Exercises({"drive/upload", "drive/download", "drive/link"})
    @DisplayName("a medium goes up whole and comes down, also by a link")
    void medium() throws Exception {
        byte[] bytes = noise(70_000);
        Object token = feishu.run(TO_DOCUMENT, Map.of("CamelFileName", "a.bin"), bytes);
        Map<String, Object> file = Map.of("CamelFeishuFileToken", token);

        assertThat(feishu.file("drive/download", file).getMessage().getBody(byte[].class))
                .isEqualTo(bytes);
        String link = feishu.json("drive/link", Map.of("CamelFeishuFileTokens", token), null)
                .at("/0/tmp_download_url")
                .asText();
        assertThat(HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(URI.create(link)).build(), HttpResponse.BodyHandlers.ofByteArray())
                        .body())
                .isEqualTo(bytes);
    }

    @Test
    @Exercises("drive/upload")
    @DisplayName("a large medium goes up in parts; one whose length is not known does not")
    void largeMedium() {
        byte[] bytes = noise(21 * 1024 * 1024);
        Object token = feishu.run(TO_DOCUMENT + "&deadline=60s", Map.of("CamelFileName", "large.bin"), bytes);

        assertThat(feishu.file("drive/download", Map.of("CamelFeishuFileToken", token))
                        .getMessage()
                        .getBody(byte[].class))
                .isEqualTo(bytes);
        assertThatThrownBy(() ->
                        feishu.run(TO_DOCUMENT, Map.of("CamelFileName", "x"), new ByteArrayInputStream(new byte[] {1})))
                .hasMessageContaining("length");
    }

    @Test
    @Exercises({"drive/upload-file", "drive/download-file"})
    @DisplayName("a file goes to a folder and comes back under its name")
    void file() {
        Object token = feishu.run(
                "drive/upload-file?param.folder_token=" + FOLDER,
                Map.of("CamelFileName", "合同.txt"),
                "signed".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        var down = feishu.file("drive/download-file", Map.of("CamelFeishuFileToken", token))
                .getMessage();
        assertThat(down.getBody(String.class)).isEqualTo("signed");
        assertThat(down.getHeader("CamelFileName")).isEqualTo("合同.txt");
    }

    @Test
    @Exercises({"drive/permissions", "drive/grant", "drive/change-grant", "drive/revoke", "drive/sharing", "drive/share"
    })
    @DisplayName("rights are given, changed and taken")
    void permissions() {
        String type = "?param.type=docx";
        String person = RunningSandbox.person(4);
        Map<String, Object> member = Map.of("CamelFeishuToken", DOCUMENT, "CamelFeishuMemberId", person);
        feishu.run("drive/grant" + type, TOKEN, Map.of("member_type", "openid", "member_id", person, "perm", "view"));
        feishu.run("drive/change-grant" + type, member, Map.of("member_type", "openid", "perm", "edit"));

        assertThat(perms(type)).contains("edit");
        feishu.run("drive/revoke" + type + "&param.member_type=openid", member, null);
        assertThat(perms(type)).doesNotContain("edit");
        feishu.run("drive/share" + type, TOKEN, Map.of("link_share_entity", "tenant_readable"));
        assertThat(feishu.json("drive/sharing" + type, TOKEN, null)
                        .path("link_share_entity")
                        .asText())
                .isEqualTo("tenant_readable");
    }

    private List<String> perms(String type) {
        JsonNode items = feishu.json("drive/permissions" + type, TOKEN, null);
        return items.findValuesAsText("perm");
    }
}
