package dev.camelfeishu.sandbox.base;

/** The rows of the filter guide: which operators and values a field type takes. */
enum FilterKind {
    TEXT,
    NUMBER,
    CHOICE,
    CHECKBOX,
    PRESENCE,
    DATE,
    NONE
}
