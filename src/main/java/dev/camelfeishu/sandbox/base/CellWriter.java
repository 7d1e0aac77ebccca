package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Person;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Turns the {@code fields} of a write call into cells of a draft. */
final class CellWriter implements Writing {
    private final Draft draft;
    private final Directory directory;
    private final IdType idType;
    private final BiPredicate<String, String> recordExists;
    private final Map<String, String> fieldIds = new HashMap<>();

    /** @param recordExists whether the table (first) of the same base has the record (second) */
    CellWriter(Draft draft, Directory directory, IdType idType, BiPredicate<String, String> recordExists) {
        this.draft = draft;
        this.directory = directory;
        this.idType = idType;
        this.recordExists = recordExists;
        draft.fields().forEach(f -> fieldIds.put(f.name(), f.id()));
    }

    /** The cells after writing: null clears, what is not named stays. */
    Map<String, JsonNode> cells(Map<String, JsonNode> before, JsonNode fields) {
        Map<String, JsonNode> cells = new HashMap<>(before);
        for (Map.Entry<String, JsonNode> entry : fields.properties()) {
            String fieldId = fieldIds.get(entry.getKey());
            if (fieldId == null) {
                throw new Denied(1254045, entry.getKey());
            }
            Field field = draft.field(fieldId);
            JsonNode stored = store(entry.getValue(), field);
            if (stored.isMissingNode()) {
                cells.remove(fieldId);
            } else {
                cells.put(fieldId, stored);
            }
        }
        return cells;
    }

    private JsonNode store(JsonNode written, Field field) {
        if (written.isNull() && !field.type().computed()) {
            return Cell.EMPTY;
        }
        return field.type().cell().store(written, field, this);
    }

    @Override
    public Optional<Person> person(String id) {
        return directory.person(idType, id);
    }

    @Override
    public boolean chatExists(String chatId) {
        return directory.chatName(chatId).isPresent();
    }

    @Override
    public boolean mediaExists(String fileToken) {
        return directory
                .media(fileToken)
                .filter(media -> media.parent().equals(draft.before().appToken()))
                .isPresent();
    }

    @Override
    public boolean recordExists(Field link, String recordId) {
        return recordExists.test(link.property().path("table_id").asText(), recordId);
    }

    @Override
    public Options options(Field select) {
        return draft.field(select.id()).options();
    }

    @Override
    public Option addOption(Field select, String name) {
        Field now = draft.field(select.id());
        Option option = new Option(Id.OPTION.fresh(), name, now.options().list().size() % 55);
        draft.replaceField(now.with(now.options().with(option)));
        return option;
    }
}
