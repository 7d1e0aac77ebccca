package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Set;

/** How values of a field type are written, stored and read. A stored value is never null; an empty cell has none. */
sealed interface Cell
        permits TextCell,
                NumberCell,
                SingleSelectCell,
                MultiSelectCell,
                DateCell,
                CheckboxCell,
                PersonCell,
                PhoneCell,
                UrlCell,
                AttachmentCell,
                LinkCell,
                LocationCell,
                ChatCell,
                ComputedCell {
    JsonNodeFactory JSON = JsonNodeFactory.instance;
    /** What {@link #store} answers for a written value that leaves the cell empty. */
    JsonNode EMPTY = MissingNode.getInstance();

    /**
     * The value to store for a written one, which is not null.
     *
     * @throws Denied with the conversion error of the type
     */
    JsonNode store(JsonNode written, Field field, Writing writing);

    /** The shape that search and batch_get answer. */
    JsonNode read(JsonNode stored, Field field, Reading reading);

    /** The shape that would write this value again. */
    JsonNode rewrite(JsonNode stored, Field field);

    /** Plain text: what filters on text compare, what sorts and what the historic list shows. */
    String text(JsonNode stored, Field field);

    /** {@code field_value} of a change event: the stored value as JSON, but plain text as it is. */
    default String eventValue(JsonNode stored) {
        return stored.toString();
    }

    /** What filters on a set of choices compare. */
    default Set<String> choices(JsonNode stored, Field field, Reading reading) {
        return Set.of(text(stored, field));
    }
}
