package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;

/** The field types of the documentation's table, with the code for a wrong property. */
enum FieldType {
    TEXT(1, new TextCell(), FilterKind.TEXT, 1254080, "Text", "Barcode", "Email"),
    NUMBER(2, new NumberCell(), FilterKind.NUMBER, 1254081, "Number", "Progress", "Currency", "Rating"),
    SINGLE_SELECT(3, new SingleSelectCell(), FilterKind.CHOICE, 1254082, "SingleSelect"),
    MULTI_SELECT(4, new MultiSelectCell(), FilterKind.CHOICE, 1254083, "MultiSelect"),
    DATE(5, new DateCell(), FilterKind.DATE, 1254084, "DateTime"),
    CHECKBOX(7, new CheckboxCell(), FilterKind.CHECKBOX, 1254085, "Checkbox"),
    PERSON(11, new PersonCell(), FilterKind.CHOICE, 1254086, "User"),
    PHONE(13, new PhoneCell(), FilterKind.TEXT, 1254001, "Phone"),
    URL(15, new UrlCell(), FilterKind.TEXT, 1254087, "Url"),
    ATTACHMENT(17, new AttachmentCell(), FilterKind.PRESENCE, 1254088, "Attachment"),
    LINK(18, new LinkCell(1254067), FilterKind.CHOICE, 1254089, "SingleLink"),
    LOOKUP(19, new ComputedCell(new TextCell()), FilterKind.NONE, 1254090, "Lookup"),
    FORMULA(20, new ComputedCell(new TextCell()), FilterKind.NONE, 1254091, "Formula"),
    DUPLEX_LINK(21, new LinkCell(1254074), FilterKind.CHOICE, 1254092, "DuplexLink"),
    LOCATION(22, new LocationCell(), FilterKind.TEXT, 1254001, "Location"),
    GROUP_CHAT(23, new ChatCell(), FilterKind.CHOICE, 1254001, "GroupChat"),
    CREATED_TIME(1001, new ComputedCell(new DateCell()), FilterKind.DATE, 1254093, "CreatedTime"),
    MODIFIED_TIME(1002, new ComputedCell(new DateCell()), FilterKind.DATE, 1254094, "ModifiedTime"),
    CREATED_BY(1003, new ComputedCell(new PersonCell()), FilterKind.CHOICE, 1254095, "CreatedUser"),
    MODIFIED_BY(1004, new ComputedCell(new PersonCell()), FilterKind.CHOICE, 1254096, "ModifiedUser"),
    AUTO_NUMBER(1005, new ComputedCell(new PhoneCell()), FilterKind.TEXT, 1254001, "AutoNumber");

    private final int code;
    private final Cell cell;
    private final FilterKind filter;
    private final int propertyError;
    private final List<String> uiTypes;

    FieldType(int code, Cell cell, FilterKind filter, int propertyError, String... uiTypes) {
        this.code = code;
        this.cell = cell;
        this.filter = filter;
        this.propertyError = propertyError;
        this.uiTypes = List.of(uiTypes);
    }

    static Optional<FieldType> of(int code) {
        for (FieldType type : values()) {
            if (type.code == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    int code() {
        return code;
    }

    Cell cell() {
        return cell;
    }

    FilterKind filter() {
        return filter;
    }

    int propertyError() {
        return propertyError;
    }

    /** The first is the default. */
    List<String> uiTypes() {
        return uiTypes;
    }

    boolean select() {
        return this == SINGLE_SELECT || this == MULTI_SELECT;
    }

    boolean link() {
        return this == LINK || this == DUPLEX_LINK;
    }

    boolean computed() {
        return cell instanceof ComputedCell;
    }

    boolean people() {
        return this == PERSON || this == CREATED_BY || this == MODIFIED_BY;
    }

    /** Whether a table's first field may have this type. */
    boolean mayBePrimary() {
        return switch (this) {
            case TEXT, NUMBER, DATE, PHONE, URL, FORMULA, LOCATION -> true;
            default -> false;
        };
    }

    /** The stored value of the row's cell, or null when the cell is empty. Formulas and look-ups are not computed. */
    JsonNode value(Row row, Field field) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (this) {
            case CREATED_TIME -> json.numberNode(row.createdTime());
            case MODIFIED_TIME -> json.numberNode(row.modifiedTime());
            case CREATED_BY -> json.arrayNode().add(row.createdBy());
            case MODIFIED_BY -> json.arrayNode().add(row.modifiedBy());
            case AUTO_NUMBER -> json.textNode(AutoNumber.of(row, field.property()));
            default -> row.cells().get(field.id());
        };
    }
}
