package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Form;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

/**
 * Images and files: upload, download, and download of what a message has.
 *
 * <p>Not documented, and so chosen: an image that is damaged behind a known beginning is 234011, the download of an avatar
 * 234001, that of a sticker 234043. The resolution of WEBP, HEIC and ICO images is not looked at, and TIFF and HEIC are
 * not turned into JPG.
 */
public final class ResourceApi implements Api {
    private static final long MAX_IMAGE = 10L * 1024 * 1024;
    private static final long MAX_FILE = 30L * 1024 * 1024;
    private static final int MAX_SIDE = 12000;
    private static final int MAX_GIF_SIDE = 2000;
    private static final int MAX_AVATAR_SIDE = 4096;
    private static final Set<String> FILE_TYPES = Set.of("opus", "mp4", "pdf", "doc", "xls", "ppt", "stream");
    private static final Set<String> WITHOUT_RESOURCES = Set.of("interactive", "merge_forward", "sticker");

    private final Resources resources;
    private final Conversations conversations;
    private final Chats chats;
    private final SandboxProperties properties;

    public ResourceApi(Resources resources, Conversations conversations, Chats chats, SandboxProperties properties) {
        this.resources = resources;
        this.conversations = conversations;
        this.chats = chats;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/im/v1/images", this::uploadImage);
        routes.on("GET", "/open-apis/im/v1/images/:image_key", this::image);
        routes.on("POST", "/open-apis/im/v1/files", this::uploadFile);
        routes.on("GET", "/open-apis/im/v1/files/:file_key", this::file);
        routes.on("GET", "/open-apis/im/v1/messages/:message_id/resources/:file_key", this::ofMessage);
    }

    private Answer uploadImage(Call call) {
        String type = Optional.ofNullable(call.form().text("image_type")).orElse("");
        if (!type.equals("message") && !type.equals("avatar")) {
            throw new Denial(234001, "image_type must be message or avatar");
        }
        Form.Part part = part(call, "image", MAX_IMAGE);
        try (InputStream in = part.open()) {
            ImageFormat format = format(part, type.equals("avatar"));
            Resource added = resources.add(
                    type.equals("avatar") ? "avatar" : "image",
                    properties.appId(),
                    Optional.ofNullable(part.fileName()).orElse("image"),
                    format.contentType(),
                    null,
                    in);
            return Answer.ok(Json.object().put("image_key", added.key()));
        } catch (IOException e) {
            throw new UncheckedIOException("what is uploaded cannot be read", e);
        }
    }

    private static ImageFormat format(Form.Part part, boolean avatar) throws IOException {
        ImageFormat format;
        try (InputStream in = part.open()) {
            format = ImageFormat.of(in).orElseThrow(() -> new Denial(234011));
        }
        Optional<ImageFormat.Size> size;
        try (InputStream in = part.open()) {
            size = ImageFormat.size(in);
        } catch (IOException e) {
            throw new Denial(234011, "its header cannot be read");
        }
        int most = avatar ? MAX_AVATAR_SIDE : format == ImageFormat.GIF ? MAX_GIF_SIDE : MAX_SIDE;
        if (size.isPresent() && !size.get().within(most)) {
            throw new Denial(234039);
        }
        return format;
    }

    private Answer uploadFile(Call call) {
        Form form = call.form();
        String type = form.text("file_type");
        String name = form.text("file_name");
        String duration = form.text("duration");
        if (type == null || !FILE_TYPES.contains(type)) {
            throw new Denial(234001, "file_type must be one of opus, mp4, pdf, doc, xls, ppt, stream");
        }
        if (name == null || name.isBlank()) {
            throw new Denial(234001, "file_name is missing");
        }
        if (duration != null && !duration.matches("\\d{1,9}")) {
            throw new Denial(234001, "duration is not a number of milliseconds");
        }
        Form.Part part = part(call, "file", MAX_FILE);
        try (InputStream in = part.open()) {
            Resource added = resources.add(
                    type,
                    properties.appId(),
                    name,
                    "application/octet-stream",
                    duration == null ? null : Integer.valueOf(duration),
                    in);
            return Answer.ok(Json.object().put("file_key", added.key()));
        } catch (IOException e) {
            throw new UncheckedIOException("what is uploaded cannot be read", e);
        }
    }

    private static Form.Part part(Call call, String name, long most) {
        Form.Part part = call.form().part(name).orElseThrow(() -> new Denial(234001, name + " is missing"));
        if (part.size() == 0) {
            throw new Denial(234010);
        }
        if (part.size() > most) {
            throw new Denial(234006);
        }
        return part;
    }

    private Answer image(Call call) {
        Resource image = own(call.variable("image_key"));
        if (!image.type().equals("image")) {
            throw new Denial(234001, "the key is not that of an image of messages");
        }
        return resources.answer(image, call);
    }

    private Answer file(Call call) {
        Resource file = own(call.variable("file_key"));
        if (file.image()) {
            throw new Denial(234001, "the key is not that of a file");
        }
        return resources.answer(file, call);
    }

    private Resource own(String key) {
        Resource resource = resources.find(key).orElseThrow(() -> new Denial(234005));
        if (!resource.owner().equals(properties.appId())) {
            throw new Denial(234008);
        }
        return resource;
    }

    private Answer ofMessage(Call call) {
        String type = call.query("type", "");
        String id = call.variable("message_id");
        if (!type.equals("image") && !type.equals("file")) {
            throw new Denial(234001, "type must be image or file");
        }
        if (conversations.inMerged(id)) {
            throw new Denial(234043);
        }
        Message message = conversations.find(id).orElseThrow(() -> new Denial(234001, "message_id is unknown"));
        if (message.deleted()) {
            throw new Denial(230110);
        }
        Chat chat = conversations.chat(message);
        if (!chat.bot()) {
            throw new Denial(234004);
        }
        if (chats.external(chat)) {
            throw new Denial(234009);
        }
        if (WITHOUT_RESOURCES.contains(message.msgType())) {
            throw new Denial(234043);
        }
        String key = call.variable("file_key");
        Resource resource = resources
                .find(key)
                .filter(found -> holds(Json.read(message.content()), key) && found.image() == type.equals("image"))
                .orElseThrow(() -> new Denial(234003));
        return resources.answer(resource, call);
    }

    /** Whether a content names the key, at any depth. */
    private static boolean holds(JsonNode content, String key) {
        return content.findValuesAsText("image_key").contains(key)
                || content.findValuesAsText("file_key").contains(key);
    }
}
