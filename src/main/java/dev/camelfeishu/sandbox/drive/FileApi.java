package dev.camelfeishu.sandbox.drive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ListPage;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;

/**
 * Folders and what stands in them. Not documented, and so chosen: a document that is not found is 970005 in the list of
 * failures of batch_query; a folder that is not empty cannot be deleted (1061002).
 */
public final class FileApi implements Api {
    private static final String FILES = "/open-apis/drive/v1/files";

    private final SandboxDatabase database;
    private final Documents documents;

    public FileApi(SandboxDatabase database, Documents documents) {
        this.database = database;
        this.documents = documents;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", FILES, this::list);
        routes.on("POST", FILES + "/create_folder", this::createFolder);
        routes.on("DELETE", FILES + "/:file_token", this::delete);
        routes.on("POST", "/open-apis/drive/v1/metas/batch_query", this::metas);
    }

    private Answer list(Call call) {
        String folder = call.query("folder_token", "");
        if (!folder.isEmpty() && documents.find("folder", folder).isEmpty()) {
            throw new Denial(1061003);
        }
        ObjectNode data = ListPage.of(call, 50, 200, 1061002, 1061002).of(documents.in(folder), "files", this::shown);
        return Answer.ok(data.set("next_page_token", data.remove("page_token")));
    }

    private ObjectNode shown(Documents.Document document) {
        return Json.object()
                .put("token", document.token())
                .put("name", document.name())
                .put("type", document.type())
                .put("parent_token", document.parent())
                .put("url", url(document))
                .put("owner_id", owner(document))
                .put("created_time", Long.toString(document.createdMs() / 1000))
                .put("modified_time", Long.toString(document.modifiedMs() / 1000));
    }

    private Answer createFolder(Call call) {
        JsonNode body = call.json(1061002);
        String parent = body.path("folder_token").asText("");
        if (body.path("name").asText("").isBlank()) {
            throw new Denial(1061002, "name");
        }
        if (!parent.isEmpty() && documents.find("folder", parent).isEmpty()) {
            throw new Denial(1061003);
        }
        Documents.Document folder = documents.add("folder", body.path("name").asText(), parent, call.user(), null);
        return Answer.ok(Json.object().put("token", folder.token()).put("url", url(folder)));
    }

    private Answer delete(Call call) {
        return database.inTransaction(() -> {
            Documents.Document document = documents
                    .find(call.query("type", ""), call.variable("file_token"))
                    .filter(known -> !known.type().equals("bitable"))
                    .orElseThrow(() -> new Denial(1061003));
            if (!documents.in(document.token()).isEmpty()) {
                throw new Denial(1061002, "the folder is not empty");
            }
            documents.delete(document);
            return Answer.ok(Json.object());
        });
    }

    private Answer metas(Call call) {
        JsonNode body = call.json(1061002);
        ObjectNode data = Json.object();
        ArrayNode metas = data.putArray("metas");
        ArrayNode failed = data.putArray("failed_list");
        for (JsonNode wanted : body.path("request_docs")) {
            String token = wanted.path("doc_token").asText();
            documents
                    .find(wanted.path("doc_type").asText(), token)
                    .ifPresentOrElse(
                            document -> {
                                ObjectNode meta = metas.addObject()
                                        .put("doc_token", token)
                                        .put("doc_type", document.type())
                                        .put("title", document.name())
                                        .put("owner_id", owner(document))
                                        .put("create_time", Long.toString(document.createdMs() / 1000))
                                        .put("latest_modify_user", owner(document))
                                        .put("latest_modify_time", Long.toString(document.modifiedMs() / 1000));
                                if (body.path("with_url").asBoolean(false)) {
                                    meta.put("url", url(document));
                                }
                            },
                            () -> failed.addObject().put("token", token).put("code", 970005));
        }
        return Answer.ok(data);
    }

    private static String owner(Documents.Document document) {
        return document.owner() == null ? SandboxProperties.BOT_OPEN_ID : document.owner();
    }

    private static String url(Documents.Document document) {
        String kind = document.type().equals("folder") ? "drive/folder" : document.type();
        return "https://feishu.cn/" + kind + "/" + document.token();
    }
}
