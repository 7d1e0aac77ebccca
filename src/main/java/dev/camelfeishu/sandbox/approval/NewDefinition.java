package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The body of a call that makes a definition, checked. Every text to be shown is a key, {@code @i18n@…}, which
 * {@code i18n_resources} resolves.
 *
 * <p>Not documented, and so chosen: a node's id in the call becomes its {@code custom_node_id}; its {@code node_id} is made.
 */
final class NewDefinition {
    private static final String KEY = "@i18n@";
    private static final int MOST_PEOPLE = 200;
    private static final Set<String> LOCALES = Set.of("zh-CN", "en-US", "ja-JP");
    private static final Set<String> VIEWERS = Set.of("TENANT", "DEPARTMENT", "USER", "NONE");
    private static final Set<String> NODE_TYPES = Set.of("AND", "OR", "SEQUENTIAL");
    private static final Set<String> RULES = Set.of(
            "Supervisor", "SupervisorTopDown", "DepartmentManager", "DepartmentManagerTopDown", "Personal", "Free");
    private static final Set<String> ASSIGNEES = Set.of("STARTER", "AUTO_PASS", "SUPERVISOR", "DEPARTMENT_MANAGER");
    private static final Set<String> WIDGETS = Set.of(
            "input",
            "textarea",
            "number",
            "image",
            "attachmentV2",
            "amount",
            "text",
            "radioV2",
            "checkboxV2",
            "date",
            "dateInterval",
            "connect",
            "contact",
            "address",
            "telephone",
            "fieldList");

    private final JsonNode body;
    private final String idType;
    private final Approvers approvers;
    private final Map<String, Map<String, String>> texts = new HashMap<>();
    private final String language;

    /** @throws dev.camelfeishu.sandbox.Refusal 1390001 or 1390004 */
    NewDefinition(JsonNode body, String idType, Approvers approvers) {
        this.body = body;
        this.idType = idType;
        this.approvers = approvers;
        this.language = languages();
        key(body, "approval_name");
        if (body.hasNonNull("description")) {
            key(body, "description");
        }
        viewers();
        for (JsonNode id : list(body, "process_manager_ids", MOST_PEOPLE)) {
            approvers.find(idType, id.asText());
        }
        int icon = body.path("icon").asInt(0);
        if (icon < 0 || icon > 24) {
            throw Given.invalid("icon must be from 0 to 24");
        }
        widgets(form());
        nodes("");
    }

    private String languages() {
        String first = null;
        for (JsonNode resource : list(body, "i18n_resources", LOCALES.size())) {
            String locale = Given.oneOf(resource, "locale", LOCALES, null);
            Map<String, String> known = texts.computeIfAbsent(locale, any -> new HashMap<>());
            resource.path("texts")
                    .forEach(text -> known.put(
                            Given.text(text, "key"), text.path("value").asText()));
            if (resource.path("is_default").asBoolean()) {
                if (first != null) {
                    throw Given.invalid("i18n_resources have one default language");
                }
                first = locale;
            }
        }
        if (first == null) {
            throw Given.invalid("i18n_resources have no default language");
        }
        return first;
    }

    private String key(JsonNode holder, String name) {
        String key = Given.text(holder, name);
        if (!key.startsWith(KEY) || key.length() < 9) {
            throw Given.invalid(name + " must be a key of at least 9 characters that begins with " + KEY);
        }
        if (!texts.get(language).containsKey(key)) {
            throw Given.invalid(key + " is not in the default language of i18n_resources");
        }
        return key;
    }

    private void viewers() {
        for (JsonNode viewer : list(body, "viewers", MOST_PEOPLE)) {
            String type = Given.oneOf(viewer, "viewer_type", VIEWERS, null);
            if (type.equals("USER")) {
                approvers.find(idType, Given.text(viewer, "viewer_user_id"));
            }
            if (type.equals("DEPARTMENT")) {
                Given.text(viewer, "viewer_department_id");
            }
        }
    }

    private JsonNode form() {
        JsonNode content = body.path("form").path("form_content");
        JsonNode form = content.isTextual() ? Json.parse(content.asText()) : null;
        if (form == null || !form.isArray() || form.isEmpty()) {
            throw Given.invalid("form.form_content is not a string that holds a list of widgets");
        }
        return form;
    }

    private void widgets(JsonNode form) {
        Set<String> ids = new HashSet<>();
        for (JsonNode widget : form) {
            String id = Given.text(widget, "id");
            if (!ids.add(id)) {
                throw Given.invalid("widget " + id + " is there twice");
            }
            String type = widget.path("type").asText();
            if (!WIDGETS.contains(type)) {
                throw Given.invalid("widget " + id + " has the type " + type + ", which cannot be made by API");
            }
            key(widget, "name");
            if (type.equals("fieldList")) {
                if (!widget.path("value").isArray()) {
                    throw Given.invalid("widget " + id + " holds no widgets");
                }
                for (JsonNode inner : widget.path("value")) {
                    if (inner.path("type").asText().equals("fieldList")) {
                        throw Given.invalid("widget " + id + " holds a fieldList");
                    }
                }
                widgets(widget.path("value"));
            }
            if (type.endsWith("V2") && !type.startsWith("attachment")) {
                for (JsonNode choice : widget.path("value")) {
                    Given.text(choice, "key");
                    key(choice, "text");
                }
            }
        }
    }

    private ArrayNode nodes(String code) {
        JsonNode list = body.path("node_list");
        int last = list.size() - 1;
        if (last < 1
                || !list.path(0).path("id").asText().equals("START")
                || !list.path(last).path("id").asText().equals("END")) {
            throw Given.invalid("node_list begins with START and ends with END");
        }
        ArrayNode nodes = Json.array();
        Set<String> ids = new HashSet<>(Set.of("START", "END"));
        for (JsonNode node : list) {
            String id = Given.text(node, "id");
            if (node == list.path(0) || node == list.path(last)) {
                if (node.has("name") || node.has("node_type") || node.has("approver")) {
                    throw Given.invalid(id + " has no name, no node_type and no approver");
                }
                continue;
            }
            if (!ids.add(id)) {
                throw Given.invalid("node " + id + " is there twice");
            }
            nodes.add(node(node, id, code));
        }
        return nodes;
    }

    private ObjectNode node(JsonNode node, String id, String code) {
        String type = Given.oneOf(node, "node_type", NODE_TYPES, null);
        ObjectNode made = Json.object()
                .put(
                        "node_id",
                        UUID.nameUUIDFromBytes((code + "/" + id).getBytes(StandardCharsets.UTF_8))
                                .toString()
                                .replace("-", ""))
                .put("custom_node_id", id)
                .put("name", key(node, "name"))
                .put("node_type", type)
                .put("starter_assignee", Given.oneOf(node, "starter_assignee", ASSIGNEES, "STARTER"));
        if (node.path("approver").isEmpty()) {
            throw Given.invalid("node " + id + " has no approver");
        }
        ArrayNode people = made.putArray("approvers");
        ArrayNode rules = made.putArray("rules");
        boolean free = false;
        for (JsonNode rule : node.path("approver")) {
            ObjectNode checked = rule(rule, people);
            free |= checked != null && checked.path("type").asText().equals("Free");
            if (checked != null) {
                rules.add(checked);
            }
        }
        if (free && people.size() + rules.size() > 1 || type.equals("SEQUENTIAL") && !free) {
            throw Given.invalid("node " + id + ": Free stands alone, and SEQUENTIAL takes Free only");
        }
        ArrayNode copied = made.putArray("copied");
        ArrayNode copyRules = made.putArray("copy_rules");
        for (JsonNode rule : node.path("ccer")) {
            ObjectNode checked = rule(rule, copied);
            if (checked != null) {
                copyRules.add(checked);
            }
        }
        return made.put("need_approver", free);
    }

    /** @return null when a person was added to the people */
    private ObjectNode rule(JsonNode rule, ArrayNode people) {
        String type = Given.oneOf(rule, "type", RULES, null);
        if (type.equals("Personal")) {
            people.add(approvers.find(idType, Given.text(rule, "user_id")).openId());
            return null;
        }
        String level = rule.path("level").asText("1");
        if (!level.matches("[1-9]\\d?")) {
            throw Given.invalid("level is a number from 1, as a string");
        }
        return Json.object().put("type", type).put("level", Integer.parseInt(level));
    }

    private static JsonNode list(JsonNode holder, String name, int most) {
        JsonNode list = holder.path(name);
        if (list.isMissingNode() || list.isNull()) {
            return Json.array();
        }
        if (!list.isArray() || list.size() > most) {
            throw Given.invalid(name + " is a list of at most " + most);
        }
        return list;
    }

    /**
     * The texts, form and nodes in one language.
     *
     * @param locale a language of the resources; another one, or null, is the default
     * @return {@code {"name","form","nodes"}}
     */
    ObjectNode in(String code, String locale) {
        Map<String, String> wanted = new HashMap<>(texts.get(language));
        wanted.putAll(texts.getOrDefault(locale == null ? language : locale, Map.of()));
        ArrayNode form = Json.array();
        form().forEach(widget -> form.add(read(widget)));
        ObjectNode all = Json.object().put("name", body.path("approval_name").asText());
        all.set("form", form);
        all.set("nodes", nodes(code));
        return (ObjectNode) resolved(all, wanted);
    }

    /** A widget as it is read: choices are options with a value. */
    private static ObjectNode read(JsonNode widget) {
        ObjectNode read = widget.deepCopy();
        String type = read.path("type").asText();
        if (type.equals("radioV2") || type.equals("checkboxV2")) {
            ArrayNode options = Json.array();
            read.path("value")
                    .forEach(choice -> options.addObject()
                            .put("value", choice.path("key").asText())
                            .put("text", choice.path("text").asText()));
            read.remove("value");
            read.set("option", options);
        } else if (type.equals("fieldList")) {
            ArrayNode inner = Json.array();
            read.path("value").forEach(one -> inner.add(read(one)));
            read.set("value", inner);
        }
        if (!read.hasNonNull("custom_id")) {
            read.put("custom_id", "");
        }
        return read;
    }

    private static JsonNode resolved(JsonNode value, Map<String, String> texts) {
        if (value.isTextual() && value.asText().startsWith(KEY)) {
            return Json.object().textNode(texts.getOrDefault(value.asText(), value.asText()));
        }
        if (value.isArray()) {
            ArrayNode all = Json.array();
            value.forEach(entry -> all.add(resolved(entry, texts)));
            return all;
        }
        if (value.isObject()) {
            ObjectNode all = Json.object();
            value.properties().forEach(entry -> all.set(entry.getKey(), resolved(entry.getValue(), texts)));
            return all;
        }
        return value;
    }
}
