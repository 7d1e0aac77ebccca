package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.camelfeishu.sandbox.Medias;
import java.util.Optional;
import java.util.regex.Pattern;

/** Type 17: {@code [{"file_token"}]}, of files that were uploaded to this Base; of another file it is 1254303. */
final class AttachmentCell implements Cell {
    static final int MOST = 100;

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9]{20,40}");
    private static final String MEDIAS = "https://open.feishu.cn/open-apis/drive/v1/medias/";

    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isArray()) {
            throw new Denied(1254069, field.name() + " takes a list of {\"file_token\"}");
        }
        if (written.size() > MOST) {
            throw new Denied(1254106, field.name() + " holds at most " + MOST + " attachments");
        }
        ArrayNode stored = JSON.arrayNode();
        for (JsonNode entry : written) {
            String token = entry.path("file_token").asText("");
            if (!entry.isObject() || !TOKEN.matcher(token).matches()) {
                throw new Denied(1254069, field.name() + " takes a list of {\"file_token\"}");
            }
            if (!writing.mediaExists(token)) {
                throw new Denied(1254303, field.name());
            }
            stored.add(token);
        }
        return stored.isEmpty() ? EMPTY : stored;
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        ArrayNode files = JSON.arrayNode();
        for (JsonNode token : stored) {
            Optional<Medias.Media> media = reading.directory().media(token.textValue());
            files.addObject()
                    .put("file_token", token.textValue())
                    .put("name", media.map(Medias.Media::name).orElse(""))
                    .put("type", media.map(Medias.Media::type).orElse(""))
                    .put("size", media.map(Medias.Media::size).orElse(0L))
                    .put("url", MEDIAS + token.textValue() + "/download")
                    .put("tmp_url", MEDIAS + "batch_get_tmp_download_url?file_tokens=" + token.textValue());
        }
        return files;
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        ArrayNode files = JSON.arrayNode();
        stored.forEach(token -> files.addObject().set("file_token", token));
        return files;
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return stored.toString();
    }

    @Override
    public String eventValue(JsonNode stored) {
        return rewrite(stored, null).toString();
    }
}
