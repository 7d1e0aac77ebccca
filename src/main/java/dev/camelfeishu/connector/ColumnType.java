package dev.camelfeishu.connector;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The protocol's field types, with their codes, which are not those of the Open API. */
enum ColumnType {
    TEXT(1, true),
    NUMBER(2, true, "0", "0.0", "0.00", "0.000", "0.0000", "#,##0", "#,##0.00", "0%", "0.00%"),
    SINGLE_SELECT(3, false),
    MULTI_SELECT(4, false),
    DATETIME(
            5,
            true,
            "yyyy/MM/dd",
            "yyyy-MM-dd",
            "MM-dd",
            "MM/dd/yyyy",
            "dd/MM/yyyy",
            "yyyy/MM/dd HH:mm",
            "yyyy-MM-dd HH:mm"),
    BARCODE(6, true),
    BOOLEAN(7, false),
    CURRENCY(8, true, "#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "#,##0.0000"),
    PHONE(9, true),
    URL(10, true),
    PROGRESS(11, false),
    RATING(12, false),
    LOCATION(13, false),
    PERSON(14, false),
    ATTACHMENTS(15, false),
    GROUP(16, false);

    private final int code;
    private final boolean primary;
    private final List<String> formats;

    ColumnType(int code, boolean primary, String... formats) {
        this.code = code;
        this.primary = primary;
        this.formats = List.of(formats);
    }

    static Optional<ColumnType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.word().equals(name)).findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(ColumnType::word).collect(Collectors.joining(", "));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    int code() {
        return code;
    }

    /** Whether a table may have it as its first field. */
    boolean mayBePrimary() {
        return primary;
    }

    List<String> formats() {
        return formats;
    }
}
