package dev.camelfeishu.component;

import static dev.camelfeishu.component.ProgrammedOperation.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * Files that go to drive: whole up to 20 MB, larger ones in parts of which one is in memory at a time.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/docs/drive-v1/media/introduction">Media</a>
 */
final class DriveUploads {

    private static final String DRIVE = "/open-apis/drive/v1/";
    private static final long MOST_WHOLE = 20L * 1024 * 1024;

    private static final Parameter NAME = new Parameter(
            UploadedFile.NAME,
            Parameter.Place.PART,
            false,
            "Name of the file; Camel's own header CamelFileName else",
            null);
    private static final Parameter PARENT_TYPE = new Parameter(
            "parent_type",
            Parameter.Place.PART,
            true,
            "What it is in the document: bitable_file, bitable_image, docx_file, docx_image, sheet_image, …",
            null);
    private static final Parameter PARENT_NODE =
            new Parameter("parent_node", Parameter.Place.PART, true, "The document; of a Base its app_token", null);
    private static final Parameter FOLDER =
            new Parameter("folder_token", Parameter.Place.PART, true, "The folder", null);
    private static final Parameter EXTRA =
            new Parameter("extra", Parameter.Place.PART, false, "What a Base with advanced permissions asks for", null);

    private static final String FILE = "The file: a file, bytes or a cached stream, whose length is known.";
    private static final String TOKEN = "The file_token, text.";
    private static final String ERRORS = "A body that is no file, has no name, or whose length is not known.";

    static final List<Operation> ALL = List.of(
            operation("drive/upload", "Uploads a medium of a document, such as an attachment of a Base.")
                    .calls("POST", DRIVE + "medias/upload_all")
                    .calls("POST", DRIVE + "medias/upload_prepare")
                    .calls("POST", DRIVE + "medias/upload_part")
                    .calls("POST", DRIVE + "medias/upload_finish")
                    .takes(NAME)
                    .takes(PARENT_TYPE)
                    .takes(PARENT_NODE)
                    .takes(EXTRA)
                    .callsAsAsked()
                    .body(FILE, TOKEN)
                    .errors(ERRORS)
                    .runs(DriveUploads::medium),
            operation("drive/upload-file", "Uploads a file to a folder.")
                    .calls("POST", DRIVE + "files/upload_all")
                    .calls("POST", DRIVE + "files/upload_prepare")
                    .calls("POST", DRIVE + "files/upload_part")
                    .calls("POST", DRIVE + "files/upload_finish")
                    .takes(NAME)
                    .takes(FOLDER)
                    .callsAsAsked()
                    .body(FILE, TOKEN)
                    .errors(ERRORS)
                    .runs(DriveUploads::file));

    private DriveUploads() {}

    /** Where a file goes. */
    private record Target(String kind, String parentType, String parentNode, String extra) {
        String path(String step) {
            return DRIVE + kind + "/" + step;
        }
    }

    private static void medium(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        upload(
                exchange,
                options,
                platform,
                new Target(
                        "medias",
                        PARENT_TYPE.required("drive/upload", exchange, options),
                        PARENT_NODE.required("drive/upload", exchange, options),
                        EXTRA.text(exchange, options)));
    }

    private static void file(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        String folder = FOLDER.required("drive/upload-file", exchange, options);
        upload(exchange, options, platform, new Target("files", "explorer", folder, null));
    }

    private static void upload(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, Target target) {
        Upload file = UploadedFile.of(exchange, UploadedFile.name(exchange, options));
        if (file.length() < 0) {
            throw new IllegalArgumentException(
                    "The length of the file is not known, and drive asks for it first: switch stream caching on, or give a"
                            + " file or bytes");
        }
        FeishuClient client = platform.client(exchange, options);
        String token = file.length() <= MOST_WHOLE ? whole(client, target, file) : inParts(client, target, file);
        exchange.getMessage().setBody(token);
    }

    private static String whole(FeishuClient client, Target target, Upload file) {
        ApiRequest request = ApiRequest.post(target.path("upload_all"))
                .part("file_name", file.fileName())
                .part("parent_type", target.parentType())
                .part("parent_node", target.parentNode())
                .part("size", Long.toString(file.length()));
        if (target.extra() != null) {
            request = request.part("extra", target.extra());
        }
        return token(client.call(request.file("file", file)).data());
    }

    private static String inParts(FeishuClient client, Target target, Upload file) {
        ObjectNode about = JsonNodeFactory.instance
                .objectNode()
                .put("file_name", file.fileName())
                .put("parent_type", target.parentType())
                .put("parent_node", target.parentNode())
                .put("size", file.length());
        if (target.extra() != null) {
            about.put("extra", target.extra());
        }
        JsonNode prepared = client.call(
                        ApiRequest.post(target.path("upload_prepare")).body(about))
                .data();
        String upload = prepared.path("upload_id").asText();
        int blocks = prepared.path("block_num").asInt();
        try (InputStream in = file.source().open()) {
            for (int seq = 0; seq < blocks; seq++) {
                byte[] block = in.readNBytes(prepared.path("block_size").asInt());
                client.call(ApiRequest.post(target.path("upload_part"))
                        .part("upload_id", upload)
                        .part("seq", Integer.toString(seq))
                        .part("size", Integer.toString(block.length))
                        .file("file", Upload.of(file.fileName(), null, block)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The file cannot be read", e);
        }
        ObjectNode finish =
                JsonNodeFactory.instance.objectNode().put("upload_id", upload).put("block_num", blocks);
        return token(client.call(ApiRequest.post(target.path("upload_finish")).body(finish))
                .data());
    }

    private static String token(JsonNode data) {
        return data.path("file_token").asText();
    }
}
