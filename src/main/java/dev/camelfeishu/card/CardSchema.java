package dev.camelfeishu.card;

import static dev.camelfeishu.card.Shape.any;
import static dev.camelfeishu.card.Shape.bool;
import static dev.camelfeishu.card.Shape.color;
import static dev.camelfeishu.card.Shape.date;
import static dev.camelfeishu.card.Shape.dateTime;
import static dev.camelfeishu.card.Shape.described;
import static dev.camelfeishu.card.Shape.length;
import static dev.camelfeishu.card.Shape.lengths;
import static dev.camelfeishu.card.Shape.listOf;
import static dev.camelfeishu.card.Shape.matching;
import static dev.camelfeishu.card.Shape.nonEmpty;
import static dev.camelfeishu.card.Shape.number;
import static dev.camelfeishu.card.Shape.object;
import static dev.camelfeishu.card.Shape.oneOf;
import static dev.camelfeishu.card.Shape.perLanguage;
import static dev.camelfeishu.card.Shape.share;
import static dev.camelfeishu.card.Shape.text;
import static dev.camelfeishu.card.Shape.time;
import static dev.camelfeishu.card.Shape.unique;
import static dev.camelfeishu.card.Shape.whole;
import static dev.camelfeishu.card.Tag.Trait.CONTAINER;
import static dev.camelfeishu.card.Tag.Trait.FORM_ONLY;
import static dev.camelfeishu.card.Tag.Trait.INTERACTIVE;
import static dev.camelfeishu.card.Tag.Trait.PART;
import static dev.camelfeishu.card.Tag.Trait.ROOT_ONLY;
import static dev.camelfeishu.card.Tag.Trait.WRAPPED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tags of a card version and what each may hold, as tables. They follow Feishu's pages of the card JSON 2.0 and 1.0
 * components; what those pages and their samples disagree about is let pass.
 */
final class CardSchema {

    /** Card JSON 2.0: a property that is not listed is refused by Feishu. */
    static final CardSchema V2;

    /** Card JSON 1.0: unknown properties are ignored by Feishu, formats are mostly not checked here. */
    static final CardSchema V1;

    private static final int ANY_LENGTH = 9999;
    private static final String[] LEFT_CENTER_RIGHT = {"left", "center", "right"};
    private static final String[] TOP_CENTER_BOTTOM = {"top", "center", "bottom"};

    // ---- values ----

    private static final Shape ADDRESS = matching(
            "(?i)(?!javascript:|data:|vbscript:)[a-z][a-z0-9+.-]*:(//)?\\S+", "an absolute address, such as https://…");
    private static final Shape PLATFORM_ADDRESS = described(
            (value, spot) -> {
                if (!value.asText().isEmpty() || !value.isTextual()) {
                    ADDRESS.check(value, spot);
                }
            },
            ADDRESS.schema());
    private static final Shape SPACING = length(0, 99, "small", "medium", "large", "extra_large", "default", "");
    private static final Shape INTERACTIVE_WIDTH = length(100, ANY_LENGTH, "default", "fill");
    private static final Shape ELEMENT_ID = unique(
            "element_id",
            matching("[A-Za-z][A-Za-z0-9_]{0,19}", "an element id: a letter, then up to 19 letters, digits or _"));

    private static final Fields WORDS = Fields.of()
            .may("content", text())
            .may("i18n_content", perLanguage(text()))
            .may("i18n", perLanguage(text()))
            .may("element_id", ELEMENT_ID)
            .may("text_size", text())
            .may("text_color", color())
            .may("text_align", oneOf(LEFT_CENTER_RIGHT))
            .may("lines", whole(1, ANY_LENGTH))
            .needsOneOf("content", "i18n_content", "i18n");

    private static final Shape PLAIN = WORDS.needs("tag", oneOf("plain_text"));
    private static final Shape PLAIN_100 = shortText(PLAIN);
    private static final Shape PLAIN_OR_LARK = WORDS.needs("tag", oneOf("plain_text", "lark_md"));
    private static final Shape PLAIN_OR_MARKDOWN = WORDS.needs("tag", oneOf("plain_text", "markdown", "lark_md"));

    private static final Shape ICON = variant(
            "tag",
            Map.of(
                    "standard_icon",
                            Fields.of()
                                    .needs("token", nonEmpty())
                                    .may("color", color())
                                    .may("size", text())
                                    .may("img_key", text()),
                    "custom_icon", Fields.of().needs("img_key", nonEmpty()).may("size", text())));

    private static final Fields ADDRESSES = Fields.of()
            .may("url", PLATFORM_ADDRESS)
            .may("android_url", PLATFORM_ADDRESS)
            .may("ios_url", PLATFORM_ADDRESS)
            .may("pc_url", PLATFORM_ADDRESS);

    private static final Shape LINK = described(
            (value, spot) -> {
                ADDRESSES.check(value, spot);
                boolean everyPlatform = List.of("android_url", "ios_url", "pc_url").stream()
                        .noneMatch(name -> value.path(name).asText().isEmpty());
                if (value.isObject() && value.path("url").asText().isEmpty() && !everyPlatform) {
                    spot.fault("needs 'url', or all of android_url, ios_url and pc_url");
                }
            },
            ADDRESSES.schema());

    private static final Fields OPEN_URL = Fields.of()
            .needs("default_url", ADDRESS)
            .may("android_url", PLATFORM_ADDRESS)
            .may("ios_url", PLATFORM_ADDRESS)
            .may("pc_url", PLATFORM_ADDRESS);
    private static final Fields CALLBACK = Fields.of().needs("value", object());
    private static final Shape CALLS_BACK = listOf(variant("type", Map.of("callback", CALLBACK)));
    private static final Shape OPENS_OR_CALLS_BACK =
            listOf(variant("type", Map.of("callback", CALLBACK, "open_url", OPEN_URL)));
    private static final Shape OPENS_CALLS_BACK_OR_SUBMITS = listOf(variant(
            "type",
            Map.of(
                    "callback",
                    CALLBACK,
                    "open_url",
                    OPEN_URL,
                    "form_action",
                    Fields.of().needs("behavior", text()))));

    private static final Shape CONFIRM = Fields.of().needs("title", PLAIN).needs("text", PLAIN);

    // ---- what several components share ----

    private static final Fields COMPONENT =
            Fields.of().may("element_id", ELEMENT_ID).may("margin", lengths(-99, 99));

    private static final Fields LAYOUT = COMPONENT
            .may("direction", oneOf("vertical", "horizontal"))
            .may("horizontal_spacing", SPACING)
            .may("horizontal_align", oneOf(LEFT_CENTER_RIGHT))
            .may("vertical_spacing", SPACING)
            .may("vertical_align", oneOf(TOP_CENTER_BOTTOM));

    private static final Fields ACTED_ON = COMPONENT
            .may("name", text())
            .may("required", bool())
            .may("disabled", bool())
            .may("disabled_tips", PLAIN)
            .may("hover_tips", PLAIN)
            .may("confirm", CONFIRM)
            .may("width", INTERACTIVE_WIDTH)
            .may("behaviors", CALLS_BACK)
            .may("value", any())
            .may("fallback", any());

    private static final Fields BORDER = Fields.of().may("color", color()).may("corner_radius", share(0, ANY_LENGTH));

    private static final Shape CHOICES =
            listOf(Fields.of().needs("text", PLAIN).needs("value", nonEmpty()).may("icon", ICON));
    private static final Shape PEOPLE = listOf(Fields.of().needs("value", nonEmpty()));

    private static final Shape ELEMENTS = listOf(described(CardSchema::element, reference("element")));

    // ---- the root ----

    private static final Fields CONFIG = Fields.of()
            .may("streaming_mode", bool())
            .may("streaming_config", object())
            .may("summary", Fields.of().may("content", text()).may("i18n_content", perLanguage(text())))
            .may("locales", listOf(text()))
            .may("enable_forward", bool())
            .may("width_mode", oneOf("default", "compact", "fill"))
            .may("use_custom_translation", bool())
            .may("enable_forward_interaction", bool())
            .may("style", Fields.of().may("text_size", object()).may("color", object()));

    private static final Shape TEXT_TAG = Fields.of()
            .needs("tag", oneOf("text_tag"))
            .needs("text", PLAIN)
            .may("element_id", ELEMENT_ID)
            .may(
                    "color",
                    oneOf(
                            "neutral",
                            "blue",
                            "turquoise",
                            "lime",
                            "orange",
                            "violet",
                            "indigo",
                            "wathet",
                            "green",
                            "yellow",
                            "red",
                            "purple",
                            "carmine"));

    private static final Fields HEADER = Fields.of()
            .needs("title", PLAIN_OR_LARK)
            .may("subtitle", PLAIN_OR_LARK)
            .may("text_tag_list", listOf(0, 3, TEXT_TAG))
            .may("i18n_text_tag_list", perLanguage(listOf(0, 3, TEXT_TAG)))
            .may(
                    "template",
                    oneOf(
                            "blue",
                            "wathet",
                            "turquoise",
                            "green",
                            "yellow",
                            "orange",
                            "red",
                            "carmine",
                            "violet",
                            "purple",
                            "indigo",
                            "grey",
                            "default"))
            .may("padding", lengths(-99, 99));

    static {
        V2 = new CardSchema(
                false,
                Fields.of()
                        .needs("schema", oneOf("2.0"))
                        .may("config", CONFIG.may("update_multi", isTrue()))
                        .may("card_link", LINK)
                        .may("header", HEADER.may("icon", ICON))
                        .may("i18n_header", any())
                        .may("fallback", any())
                        .may("body", LAYOUT.may("padding", lengths(-99, 99)).may("elements", ELEMENTS)),
                table(
                        // containers
                        Tag.of(
                                "column_set",
                                LAYOUT.needs("columns", listOf(only("column")))
                                        .may("flex_mode", oneOf("none", "stretch", "flow", "bisect", "trisect"))
                                        .may("background_style", color())
                                        .may("action", Fields.of().needs("multi_url", LINK)),
                                CONTAINER),
                        Tag.of(
                                "column",
                                LAYOUT.may("width", length(16, 600, "auto", "weighted"))
                                        .may("weight", whole(1, 5))
                                        .may("background_style", color())
                                        .may("padding", lengths(-99, 99))
                                        .may("action", Fields.of().needs("multi_url", LINK))
                                        .may("elements", ELEMENTS),
                                PART),
                        Tag.of(
                                        "form",
                                        LAYOUT.needs("name", unique("name", nonEmpty()))
                                                .needs("elements", ELEMENTS)
                                                .may("padding", lengths(-99, 99))
                                                .may("fallback", any()),
                                        CONTAINER,
                                        ROOT_ONLY)
                                .rule(CardSchema::hasSubmitButton),
                        Tag.of(
                                "interactive_container",
                                LAYOUT.needs("behaviors", OPENS_OR_CALLS_BACK)
                                        .needs("elements", ELEMENTS)
                                        .may("name", text())
                                        .may("width", length(16, 999, "fill", "auto"))
                                        .may("height", length(10, 999, "auto"))
                                        .may("background_style", orElse(oneOf("laser"), color()))
                                        .may("has_border", bool())
                                        .may("border_color", color())
                                        .may("corner_radius", share(0, ANY_LENGTH))
                                        .may("padding", lengths(-99, 99))
                                        .may("disabled", bool())
                                        .may("disabled_tips", PLAIN)
                                        .may("hover_tips", PLAIN)
                                        .may("confirm", CONFIRM),
                                CONTAINER,
                                INTERACTIVE),
                        Tag.of(
                                "collapsible_panel",
                                LAYOUT.needs(
                                                "header",
                                                Fields.of()
                                                        .needs("title", PLAIN_OR_MARKDOWN)
                                                        .may("background_color", color())
                                                        .may("width", oneOf("fill", "auto", "auto_when_fold"))
                                                        .may("vertical_align", oneOf(TOP_CENTER_BOTTOM))
                                                        .may("padding", lengths(-99, 99))
                                                        .may("icon", ICON)
                                                        .may("icon_position", oneOf("left", "right", "follow_text"))
                                                        .may("icon_expanded_angle", angle()))
                                        .may("expanded", bool())
                                        .may("background_color", color())
                                        .may("border", BORDER)
                                        .may("padding", lengths(-99, 99))
                                        .may("elements", ELEMENTS),
                                CONTAINER),
                        // display
                        Tag.of(
                                "div",
                                COMPONENT
                                        .may("text", PLAIN_OR_LARK)
                                        .may("icon", ICON)
                                        .may("width", length(16, 999, "fill", "auto"))
                                        .may("fields", any())),
                        Tag.of(
                                "markdown",
                                COMPONENT
                                        .may("content", text())
                                        .may("i18n_content", perLanguage(text()))
                                        .may("text_align", oneOf(LEFT_CENTER_RIGHT))
                                        .may("text_size", text())
                                        .may("text_color", color())
                                        .may("icon", ICON)
                                        .needsOneOf("content", "i18n_content")),
                        Tag.of(
                                "img",
                                COMPONENT
                                        .needs("img_key", nonEmpty())
                                        .needs("alt", PLAIN)
                                        .may("i18n_img_key", perLanguage(nonEmpty()))
                                        .may("title", PLAIN_OR_LARK)
                                        .may("corner_radius", share(0, ANY_LENGTH))
                                        .may("scale_type", oneOf("crop_center", "crop_top", "fit_horizontal"))
                                        .may(
                                                "size",
                                                matching(
                                                        "stretch|large|medium|small|tiny"
                                                                + "|([1-9]\\d{0,2}|1000)px ([1-9]\\d{0,2}|1000)px",
                                                        "stretch, large, medium, small, tiny or like '40px 40px'"))
                                        .may("transparent", bool())
                                        .may("preview", bool())
                                        .may("mode", text())
                                        .may("custom_width", whole(278, 580))
                                        .may("compact_width", bool())),
                        Tag.of(
                                        "img_combination",
                                        COMPONENT
                                                .needs(
                                                        "combination_mode",
                                                        oneOf("double", "triple", "bisect", "trisect"))
                                                .needs(
                                                        "img_list",
                                                        listOf(Fields.of().needs("img_key", nonEmpty())))
                                                .may("corner_radius", share(0, ANY_LENGTH))
                                                .may("combination_transparent", bool()))
                                .rule(CardSchema::fitsCombination),
                        Tag.of(
                                "person",
                                COMPONENT
                                        .needs("user_id", nonEmpty())
                                        .may("size", oneOf("extra_small", "small", "medium", "large"))
                                        .may("show_avatar", bool())
                                        .may("show_name", bool())
                                        .may("style", oneOf("normal", "capsule"))),
                        Tag.of(
                                "person_list",
                                COMPONENT
                                        .needs("persons", listOf(Fields.of().needs("id", nonEmpty())))
                                        .may("drop_invalid_user_id", bool())
                                        .may("lines", whole(1, ANY_LENGTH))
                                        .may("show_name", bool())
                                        .may("show_avatar", bool())
                                        .may("size", oneOf("extra_small", "small", "medium", "large"))
                                        .may("icon", ICON)
                                        .may("ud_icon", object())),
                        Tag.of(
                                "chart",
                                COMPONENT
                                        .needs("chart_spec", object())
                                        .may("aspect_ratio", oneOf("1:1", "2:1", "4:3", "16:9"))
                                        .may(
                                                "color_theme",
                                                oneOf("brand", "rainbow", "complementary", "converse", "primary"))
                                        .may("preview", bool())
                                        .may("height", length(1, 999, "auto"))),
                        Tag.of(
                                        "table",
                                        COMPONENT
                                                .needs("columns", listOf(tableColumn()))
                                                .needs("rows", listOf(object()))
                                                .may("page_size", whole(1, 10))
                                                .may("row_height", length(32, 124, "low", "middle", "high", "auto"))
                                                .may("row_max_height", length(32, 999))
                                                .may("freeze_first_column", bool())
                                                .may(
                                                        "header_style",
                                                        Fields.of()
                                                                .may("text_align", oneOf(LEFT_CENTER_RIGHT))
                                                                .may("text_size", oneOf("normal", "heading"))
                                                                .may("background_style", oneOf("none", "grey"))
                                                                .may("text_color", oneOf("default", "grey"))
                                                                .may("bold", bool())
                                                                .may("lines", whole(1, ANY_LENGTH))),
                                        ROOT_ONLY)
                                .rule(CardSchema::rowsFitColumns),
                        Tag.of("hr", COMPONENT),
                        Tag.of(
                                "audio",
                                COMPONENT
                                        .needs("file_key", nonEmpty())
                                        .may("audio_id", unique("audio_id", nonEmpty()))
                                        .may("i18n_file_key", perLanguage(nonEmpty()))
                                        .may("width", length(1, ANY_LENGTH, "default", "fill"))
                                        .may("show_progress_bar", bool())
                                        .may("show_time", bool())
                                        .may("time_display", oneOf("default", "both"))
                                        .may("time_position", oneOf("start", "end", "both_sides"))
                                        .may("style", oneOf("normal", "flat", "speak"))
                                        .may("background_style", color())
                                        .may("fill_color", color())
                                        .may("border", BORDER)
                                        .may("padding", lengths(-99, 99))
                                        .may("disabled", bool())
                                        .may("disabled_tips", PLAIN)
                                        .may("fallback", any())),
                        // interactive
                        Tag.of(
                                "button",
                                ACTED_ON.may(
                                                "type",
                                                oneOf(
                                                        "default",
                                                        "primary",
                                                        "danger",
                                                        "text",
                                                        "primary_text",
                                                        "danger_text",
                                                        "primary_filled",
                                                        "danger_filled",
                                                        "laser"))
                                        .may("size", oneOf("tiny", "small", "medium", "large"))
                                        .may("text", PLAIN_100)
                                        .may("icon", ICON)
                                        .may("behaviors", OPENS_OR_CALLS_BACK)
                                        .may("form_action_type", oneOf("submit", "reset"))
                                        .may(
                                                "action_type",
                                                oneOf("link", "request", "multi", "form_submit", "form_reset"))
                                        .needsOneOf("text", "icon"),
                                INTERACTIVE),
                        Tag.of(
                                "input",
                                ACTED_ON.may("placeholder", PLAIN_100)
                                        .may("default_value", text())
                                        .may("i18n_default_value", perLanguage(text()))
                                        .may("input_type", oneOf("text", "multiline_text", "password"))
                                        .may("rows", whole(1, ANY_LENGTH))
                                        .may("auto_resize", bool())
                                        .may("max_rows", whole(1, ANY_LENGTH))
                                        .may("max_length", whole(1, 1000))
                                        .may("label", PLAIN)
                                        .may("label_position", oneOf("top", "left"))
                                        .may("show_icon", bool()),
                                INTERACTIVE),
                        Tag.of(
                                "overflow",
                                ACTED_ON.needs(
                                        "options",
                                        listOf(Fields.of()
                                                .needs("text", PLAIN_100)
                                                .may("multi_url", LINK)
                                                .may("value", text()))),
                                INTERACTIVE),
                        Tag.of("select_static", select(CHOICES).may("initial_index", whole(0, ANY_LENGTH)), INTERACTIVE)
                                .rule(CardSchema::optionsDiffer)
                                .rule(CardSchema::initialIsOption),
                        Tag.of(
                                        "multi_select_static",
                                        select(CHOICES)
                                                .needs("name", nonEmpty())
                                                .may("selected_values", listOf(nonEmpty())),
                                        INTERACTIVE,
                                        FORM_ONLY)
                                .rule(CardSchema::optionsDiffer)
                                .rule(CardSchema::initialIsOption),
                        Tag.of("select_person", select(PEOPLE), INTERACTIVE)
                                .rule(CardSchema::optionsDiffer)
                                .rule(CardSchema::initialIsOption),
                        Tag.of(
                                        "multi_select_person",
                                        select(PEOPLE)
                                                .needs("name", nonEmpty())
                                                .may("selected_values", listOf(nonEmpty())),
                                        INTERACTIVE,
                                        FORM_ONLY)
                                .rule(CardSchema::optionsDiffer)
                                .rule(CardSchema::initialIsOption),
                        Tag.of(
                                "date_picker",
                                ACTED_ON.may("placeholder", PLAIN_100).may("initial_date", date()),
                                INTERACTIVE),
                        Tag.of(
                                "picker_time",
                                ACTED_ON.may("placeholder", PLAIN_100)
                                        .may("initial_time", time())
                                        .needsOneOf("initial_time", "placeholder"),
                                INTERACTIVE),
                        Tag.of(
                                "picker_datetime",
                                ACTED_ON.may("placeholder", PLAIN_100)
                                        .may("initial_datetime", dateTime())
                                        .needsOneOf("initial_datetime", "placeholder"),
                                INTERACTIVE),
                        Tag.of(
                                        "select_img",
                                        ACTED_ON.needs(
                                                        "options",
                                                        listOf(Fields.of()
                                                                .needs("img_key", nonEmpty())
                                                                .may("value", text())
                                                                .may("disabled", bool())
                                                                .may("disabled_tips", PLAIN)
                                                                .may("hover_tips", PLAIN)))
                                                .may("multi_select", bool())
                                                .may("layout", oneOf("stretch", "bisect", "trisect"))
                                                .may("aspect_ratio", oneOf("1:1", "16:9", "4:3"))
                                                .may("can_preview", bool()),
                                        INTERACTIVE)
                                .rule(CardSchema::optionsDiffer)
                                .rule(CardSchema::severalOnlyInForm),
                        Tag.of(
                                "checker",
                                ACTED_ON.may("text", PLAIN_OR_LARK)
                                        .may("checked", bool())
                                        .may("overall_checkable", bool())
                                        .may(
                                                "button_area",
                                                Fields.of()
                                                        .may("pc_display_rule", oneOf("always", "on_hover"))
                                                        .may("buttons", listOf(0, 3, only("button"))))
                                        .may(
                                                "checked_style",
                                                Fields.of()
                                                        .may("show_strikethrough", bool())
                                                        .may("opacity", number(0, 1)))
                                        .may("padding", lengths(-99, 99)),
                                INTERACTIVE)));

        V1 = new CardSchema(
                true,
                Fields.of()
                        .may("schema", oneOf("1.0"))
                        .may("config", Fields.of().may("update_multi", bool()).may("enable_forward", bool()))
                        .may("card_link", LINK)
                        .may("header", HEADER.may("icon", any()))
                        .may("elements", ELEMENTS)
                        .may("i18n_elements", perLanguage(ELEMENTS)),
                table(
                        Tag.of(
                                "action",
                                Fields.of()
                                        .needs(
                                                "actions",
                                                listOf(1, 50, described(CardSchema::element, reference("element"))))),
                        Tag.of("note", Fields.of().needs("elements", listOf(1, 50, noteElement()))),
                        Tag.of(
                                "div",
                                Fields.of()
                                        .may("text", PLAIN_OR_LARK)
                                        .may(
                                                "fields",
                                                listOf(Fields.of()
                                                        .needs("text", PLAIN_OR_LARK)
                                                        .may("is_short", bool())))
                                        .may("extra", only("img", "button", "select_static", "overflow", "date_picker"))
                                        .needsOneOf("text", "fields")),
                        Tag.of("markdown", Fields.of().needs("content", text())),
                        Tag.of("hr", Fields.of()),
                        Tag.of("img", Fields.of().needs("img_key", nonEmpty()).needs("alt", PLAIN)),
                        Tag.of(
                                        "img_combination",
                                        Fields.of()
                                                .needs(
                                                        "combination_mode",
                                                        oneOf("double", "triple", "bisect", "trisect"))
                                                .needs(
                                                        "img_list",
                                                        listOf(Fields.of().needs("img_key", nonEmpty()))))
                                .rule(CardSchema::fitsCombination),
                        Tag.of("person", Fields.of().needs("user_id", nonEmpty())),
                        Tag.of(
                                "person_list",
                                Fields.of().needs("persons", listOf(Fields.of().needs("id", nonEmpty())))),
                        Tag.of("chart", Fields.of().needs("chart_spec", object()))
                                .notIn("form", "interactive_container"),
                        Tag.of(
                                        "table",
                                        Fields.of()
                                                .needs("columns", listOf(tableColumn()))
                                                .needs("rows", listOf(object()))
                                                .may("page_size", whole(1, 10)),
                                        ROOT_ONLY)
                                .rule(CardSchema::rowsFitColumns),
                        Tag.of("column_set", Fields.of().needs("columns", listOf(only("column"))), CONTAINER),
                        Tag.of("column", Fields.of().may("weight", whole(1, 5)).may("elements", ELEMENTS), PART),
                        Tag.of(
                                        "form",
                                        Fields.of()
                                                .needs("name", unique("name", nonEmpty()))
                                                .needs("elements", ELEMENTS),
                                        CONTAINER,
                                        ROOT_ONLY)
                                .rule(CardSchema::hasSubmitButton),
                        Tag.of(
                                "interactive_container",
                                Fields.of()
                                        .needs("behaviors", OPENS_OR_CALLS_BACK)
                                        .needs("elements", ELEMENTS),
                                CONTAINER,
                                INTERACTIVE),
                        Tag.of(
                                "collapsible_panel",
                                Fields.of()
                                        .needs("header", Fields.of().needs("title", PLAIN_OR_MARKDOWN))
                                        .may("elements", ELEMENTS),
                                CONTAINER),
                        Tag.of(
                                        "button",
                                        Fields.of()
                                                .may("text", shortText(PLAIN_OR_LARK))
                                                .may("multi_url", LINK)
                                                .may("confirm", CONFIRM)
                                                .may("behaviors", OPENS_CALLS_BACK_OR_SUBMITS)
                                                .needsOneOf("text", "icon"),
                                        INTERACTIVE,
                                        WRAPPED)
                                .rule(CardSchema::oneAddress),
                        Tag.of(
                                "input",
                                Fields.of().may("placeholder", PLAIN_100).may("max_length", whole(1, 1000)),
                                INTERACTIVE),
                        Tag.of("overflow", Fields.of().needs("options", listOf(object())), INTERACTIVE, WRAPPED),
                        Tag.of(
                                        "select_static",
                                        Fields.of().may("options", CHOICES).may("placeholder", PLAIN_100),
                                        INTERACTIVE,
                                        WRAPPED)
                                .rule(CardSchema::optionsDiffer)
                                .rule(CardSchema::initialIsOption),
                        Tag.of(
                                        "multi_select_static",
                                        Fields.of().may("options", CHOICES).may("placeholder", PLAIN_100),
                                        INTERACTIVE,
                                        FORM_ONLY)
                                .rule(CardSchema::optionsDiffer)
                                .rule(CardSchema::initialIsOption),
                        Tag.of("select_person", Fields.of().may("options", PEOPLE), INTERACTIVE, WRAPPED)
                                .rule(CardSchema::initialIsOption),
                        Tag.of("multi_select_person", Fields.of().may("options", PEOPLE), INTERACTIVE, FORM_ONLY)
                                .rule(CardSchema::initialIsOption),
                        Tag.of("date_picker", Fields.of().may("initial_date", date()), INTERACTIVE, WRAPPED),
                        Tag.of(
                                "picker_time",
                                Fields.of().may("initial_time", time()).needsOneOf("initial_time", "placeholder"),
                                INTERACTIVE,
                                WRAPPED),
                        Tag.of(
                                "picker_datetime",
                                Fields.of()
                                        .may("initial_datetime", dateTime())
                                        .needsOneOf("initial_datetime", "placeholder"),
                                INTERACTIVE,
                                WRAPPED),
                        Tag.of("select_img", Fields.of().needs("options", listOf(object())), INTERACTIVE)
                                .rule(CardSchema::severalOnlyInForm),
                        Tag.of("checker", Fields.of().may("text", PLAIN_OR_LARK), INTERACTIVE)));
    }

    private final boolean ignoresUnknown;
    private final Fields root;
    private final Map<String, Tag> tags;

    private CardSchema(boolean ignoresUnknown, Fields root, Map<String, Tag> tags) {
        this.ignoresUnknown = ignoresUnknown;
        this.root = root;
        this.tags = tags;
    }

    boolean ignoresUnknown() {
        return ignoresUnknown;
    }

    Fields root() {
        return root;
    }

    // ---- as JSON Schema ----

    /** Structure, properties and formats of the version; what JSON Schema cannot say stays with the validator. */
    ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.setAll(root.schema());
        ObjectNode definitions = schema.putObject("$defs");
        definitions.set(
                "element",
                anyOf(tags.values().stream()
                        .filter(tag -> !tag.is(PART))
                        .map(tag -> reference(tag.name()))
                        .toList()));
        tags.values()
                .forEach(tag -> definitions.set(
                        tag.name(), tag.fields().needs("tag", oneOf(tag.name())).schema()));
        return schema;
    }

    private static ObjectNode reference(String definition) {
        return JsonNodeFactory.instance.objectNode().put("$ref", "#/$defs/" + definition);
    }

    private static ObjectNode anyOf(List<ObjectNode> schemas) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.putArray("anyOf").addAll(schemas);
        return schema;
    }

    // ---- an element in its place ----

    private static void element(JsonNode value, Spot spot) {
        Tag tag = tagOf(value, spot);
        if (tag != null && tag.is(PART)) {
            spot.fault("a " + tag.name() + " cannot stand here");
        } else if (tag != null) {
            inPlace(tag, value, spot);
        }
    }

    private static Shape only(String... names) {
        var allowed = List.of(names);
        return described(
                (value, spot) -> {
                    Tag tag = tagOf(value, spot);
                    if (tag != null && !allowed.contains(tag.name())) {
                        spot.fault("a " + tag.name() + " cannot stand here, allowed is " + String.join(", ", allowed));
                    } else if (tag != null) {
                        inPlace(tag, value, spot);
                    }
                },
                anyOf(allowed.stream().map(CardSchema::reference).toList()));
    }

    private static Tag tagOf(JsonNode value, Spot spot) {
        if (!value.isObject()) {
            spot.fault("is not an element");
            return null;
        }
        if (!value.path("tag").isTextual()) {
            spot.fault("needs 'tag'");
            return null;
        }
        String name = value.get("tag").textValue();
        Tag tag = spot.schema().tags.get(name);
        if (tag == null) {
            boolean other = (spot.schema() == V2 ? V1 : V2).tags.containsKey(name);
            spot.fault("the tag '" + name + "' "
                    + (other ? "belongs to the other version of card JSON" : "is not known")
                    + (spot.schema() == V2 && other ? " (200861): put its content into the body itself" : ""));
        }
        return tag;
    }

    private static void inPlace(Tag tag, JsonNode value, Spot spot) {
        List<String> around = spot.containers();
        boolean inForm = around.contains("form");
        spot.findings().count(tag.name());
        if (tag.is(ROOT_ONLY) && !around.isEmpty()) {
            spot.fault("a " + tag.name() + " stands at the root of a card only, not in a " + last(around));
        }
        tag.notIn().stream()
                .filter(around::contains)
                .findFirst()
                .ifPresent(container -> spot.fault("a " + tag.name() + " cannot stand in a " + container));
        if (tag.is(FORM_ONLY) && !inForm) {
            spot.fault("a " + tag.name() + " stands in a form only");
        }
        if (tag.is(WRAPPED) && around.isEmpty()) {
            spot.fault("in a 1.0 card a " + tag.name() + " at the root needs an 'action' around it");
        }
        if (tag.is(CONTAINER) && levels(spot) >= 5) {
            spot.fault("is the " + (levels(spot) + 1) + "th level of containers, 5 are allowed");
        }
        if (tag.is(INTERACTIVE) && inForm) {
            named(value, spot);
        }
        tag.fields().check(value, spot.inside(tag.name()));
        tag.rules().forEach(rule -> rule.check(value, spot));
    }

    private static void named(JsonNode value, Spot spot) {
        String name = value.path("name").asText();
        if (name.isBlank()) {
            spot.fault("needs a 'name' inside a form (200530)");
        } else if (!spot.findings().isFirst("name", name)) {
            spot.property("name").fault("is used twice: every name in the forms of a card is different (200530)");
        }
    }

    private static long levels(Spot spot) {
        return spot.containers().stream()
                .filter(name -> spot.schema().tags.get(name).is(CONTAINER))
                .count();
    }

    private static String last(List<String> names) {
        return names.get(names.size() - 1);
    }

    // ---- rules over more than one property ----

    private static void hasSubmitButton(JsonNode form, Spot spot) {
        boolean submits = form.findParents("tag").stream()
                .filter(element -> element.path("tag").asText().equals("button"))
                .anyMatch(button -> button.path("form_action_type").asText().equals("submit")
                        || button.path("action_type").asText().equals("form_submit")
                        || button.path("behaviors").findValuesAsText("behavior").contains("submit"));
        if (!submits) {
            spot.fault("needs a button with form_action_type 'submit'");
        }
    }

    private static void fitsCombination(JsonNode images, Spot spot) {
        int size = images.path("img_list").size();
        boolean fits = switch (images.path("combination_mode").asText()) {
            case "double" -> size == 2;
            case "triple" -> size == 3;
            case "bisect" -> size <= 6;
            case "trisect" -> size <= 9;
            default -> true;
        };
        if (!fits) {
            spot.property("img_list")
                    .fault("has " + size + " images, too many or too few for "
                            + images.path("combination_mode").asText());
        }
    }

    private static void optionsDiffer(JsonNode select, Spot spot) {
        var seen = new java.util.HashSet<String>();
        JsonNode options = select.path("options");
        for (int i = 0; i < options.size(); i++) {
            String value = options.get(i).path("value").asText();
            if (!value.isEmpty() && !seen.add(value)) {
                spot.property("options").item(i).property("value").fault("is used twice in this select");
            }
        }
    }

    private static void initialIsOption(JsonNode select, Spot spot) {
        JsonNode options = select.path("options");
        if (options.isEmpty()) {
            return;
        }
        var values = options.findValuesAsText("value");
        JsonNode initial = select.path("initial_option");
        if (!initial.isMissingNode() && !values.contains(initial.asText())) {
            spot.property("initial_option").fault("is none of the options " + values);
        }
        JsonNode selected = select.path("selected_values");
        for (int i = 0; i < selected.size(); i++) {
            if (!values.contains(selected.get(i).asText())) {
                spot.property("selected_values").item(i).fault("is none of the options " + values);
            }
        }
    }

    private static void severalOnlyInForm(JsonNode select, Spot spot) {
        if (select.path("multi_select").asBoolean() && !spot.containers().contains("form")) {
            spot.property("multi_select").fault("is true only inside a form");
        }
    }

    private static void oneAddress(JsonNode button, Spot spot) {
        if (button.has("url") && button.has("multi_url")) {
            spot.fault("has both 'url' and 'multi_url', one is allowed");
        }
    }

    private static void rowsFitColumns(JsonNode table, Spot spot) {
        var types = new LinkedHashMap<String, String>();
        JsonNode columns = table.path("columns");
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i).path("name").asText();
            if (types.put(name, columns.get(i).path("data_type").asText()) != null) {
                spot.property("columns").item(i).property("name").fault("is used twice in this table");
            }
        }
        JsonNode rows = table.path("rows");
        for (int i = 0; i < rows.size(); i++) {
            Spot row = spot.property("rows").item(i);
            rows.get(i).properties().forEach(cell -> {
                String type = types.get(cell.getKey());
                if (type == null) {
                    row.property(cell.getKey())
                            .fault("is no column of the table (200915); known are " + types.keySet());
                } else if (!fitsCell(type, cell.getValue())) {
                    row.property(cell.getKey()).fault("does not fit the column's data_type '" + type + "' (200914)");
                }
            });
        }
    }

    /** Text columns take any scalar: Feishu writes it as text. */
    private static boolean fitsCell(String type, JsonNode cell) {
        return switch (type) {
            case "number", "date" -> cell.isNumber();
            case "options", "persons" -> cell.isTextual() || cell.isArray();
            default -> cell.isValueNode();
        };
    }

    // ---- shapes with a name of their own ----

    private static Fields select(Shape options) {
        return ACTED_ON.may("options", options)
                .may("placeholder", PLAIN_100)
                .may("type", oneOf("default", "text"))
                .may("initial_option", text());
    }

    private static Shape tableColumn() {
        return Fields.of()
                .needs("name", nonEmpty())
                .needs("data_type", oneOf("text", "lark_md", "markdown", "options", "number", "persons", "date"))
                .may("display_name", text())
                .may("i18n_display_name", perLanguage(text()))
                .may("width", share(80, 600, "auto"))
                .may("horizontal_align", oneOf(LEFT_CENTER_RIGHT))
                .may("vertical_align", oneOf(TOP_CENTER_BOTTOM))
                .may(
                        "format",
                        Fields.of()
                                .may("precision", whole(0, 10))
                                .may("symbol", matching(".?", "one character"))
                                .may("separator", bool()))
                .may("date_format", text());
    }

    private static Shape noteElement() {
        return variant(
                "tag",
                Map.of(
                        "plain_text", WORDS.letPass(),
                        "lark_md", WORDS.letPass(),
                        "img", Fields.of().needs("img_key", nonEmpty()).needs("alt", PLAIN),
                        "standard_icon", Fields.of().letPass(),
                        "custom_icon", Fields.of().letPass(),
                        "icon", Fields.of().letPass()));
    }

    private static Shape variant(String by, Map<String, Fields> kinds) {
        var known = new java.util.TreeSet<>(kinds.keySet());
        var schemas = known.stream()
                .map(kind -> kinds.get(kind).needs(by, oneOf(kind)).schema())
                .toList();
        return described(
                (value, spot) -> {
                    Fields fields = kinds.get(value.path(by).asText());
                    if (fields == null) {
                        spot.fault("'" + by + "' is none of " + known);
                    } else {
                        fields.needs(by, text()).check(value, spot);
                    }
                },
                anyOf(schemas));
    }

    private static Shape shortText(Shape words) {
        return described(
                (value, spot) -> {
                    words.check(value, spot);
                    if (value.path("content")
                                    .asText()
                                    .codePointCount(
                                            0, value.path("content").asText().length())
                            > 100) {
                        spot.property("content").fault("is longer than 100 characters");
                    }
                },
                words.schema());
    }

    private static Shape orElse(Shape first, Shape second) {
        return described(
                (value, spot) -> {
                    var tried = new Findings(spot.findings().ownColors());
                    first.check(value, new Spot(spot.schema(), tried, spot.path(), spot.containers()));
                    if (!tried.faults().isEmpty()) {
                        second.check(value, spot);
                    }
                },
                anyOf(List.of(first.schema(), second.schema())));
    }

    private static Shape isTrue() {
        return described(
                (value, spot) -> {
                    if (!value.isBoolean() || !value.booleanValue()) {
                        spot.fault("can only be true in a 2.0 card");
                    }
                },
                JsonNodeFactory.instance.objectNode().put("const", true));
    }

    private static Shape angle() {
        return (value, spot) -> {
            if (!value.isInt() || !List.of(-180, -90, 90, 180).contains(value.intValue())) {
                spot.fault("is none of -180, -90, 90, 180");
            }
        };
    }

    private static Map<String, Tag> table(Tag... tags) {
        var table = new LinkedHashMap<String, Tag>();
        for (Tag tag : tags) {
            table.put(tag.name(), tag);
        }
        return Collections.unmodifiableMap(table);
    }
}
