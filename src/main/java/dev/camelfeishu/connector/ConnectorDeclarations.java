package dev.camelfeishu.connector;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads files of {@code config/connectors}. A mistake is reported with its file, its place and what to write instead. */
final class ConnectorDeclarations {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    private static final Pattern COLUMN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,49}");
    private static final Pattern TITLE = Pattern.compile("[^/\\\\?*\\[\\]:]{1,100}");
    private static final Pattern FIELD = Pattern.compile("[^\\[\\]]{1,300}");
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final int LONGEST_DESCRIPTION = 1000;
    private static final int MOST_FIELDS = 299;
    private static final int LARGEST_PAGE = 1000;
    private static final int MOST_ROWS = 1_000_000;
    private static final Set<String> IDS = Set.of("open_id", "union_id", "user_id");

    /** The file as it is written. */
    private record Written(
            String connector,
            String title,
            String query,
            String key,
            String token,
            List<String> bases,
            Integer page,
            Integer rows,
            Boolean periodic,
            @JsonProperty("config-ui") String configUi,
            LinkedHashMap<String, WrittenColumn> columns) {}

    private record WrittenColumn(
            String field,
            String type,
            boolean primary,
            String description,
            String format,
            String currency,
            String zone,
            Integer max,
            String ids,
            String from) {}

    private final ObjectMapper mapper = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    private final UnaryOperator<String> placeholders;

    /** @param placeholders replaces what stands in ${…} */
    ConnectorDeclarations(UnaryOperator<String> placeholders) {
        this.placeholders = placeholders;
    }

    /** @throws IllegalArgumentException for a mistake */
    ConnectorDeclaration read(String file, String yaml) {
        try {
            Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
            return declaration(mapper.convertValue(resolved(document), Written.class));
        } catch (YAMLException malformed) {
            throw new IllegalArgumentException(file + ": not YAML: " + malformed.getMessage(), malformed);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": " + sentence(wrong), wrong);
        }
    }

    private static String sentence(IllegalArgumentException wrong) {
        if (wrong.getCause() instanceof JsonMappingException mapping) {
            var place = new StringBuilder();
            mapping.getPath()
                    .forEach(step -> place.append(place.isEmpty() ? "" : ".").append(step.getFieldName()));
            return place + ": " + mapping.getOriginalMessage();
        }
        return wrong.getMessage();
    }

    private Object resolved(Object node) {
        if (node instanceof Map<?, ?> map) {
            var resolved = new LinkedHashMap<Object, Object>();
            map.forEach((name, value) -> resolved.put(name, resolved(value)));
            return resolved;
        } else if (node instanceof List<?> list) {
            return list.stream().map(this::resolved).toList();
        }
        return node instanceof String text ? placeholders.apply(text).strip() : node;
    }

    private static ConnectorDeclaration declaration(Written written) {
        require(written != null, "the file is empty; begin with `connector: <name>`");
        matching("connector", written.connector(), NAME, "lower case letters, digits and hyphens");
        matching("title", written.title(), TITLE, "1 to 100 characters without / \\ ? * [ ] :");
        require(written.query() != null && !written.query().isBlank(), "query: write a SELECT");
        require(!written.query().strip().endsWith(";"), "query: leave out the semicolon at its end");
        require(written.key() != null, "key: name the column of the query that is unique");
        require(
                written.columns() != null
                        && !written.columns().isEmpty()
                        && written.columns().size() <= MOST_FIELDS,
                "columns: name 1 to " + MOST_FIELDS);
        require(
                written.configUi() == null || written.configUi().startsWith("https://"),
                "config-ui: must be an https address");
        var columns = new ArrayList<ConnectorDeclaration.Column>();
        var fields = new HashSet<String>();
        var named = written.columns().values().stream().anyMatch(column -> column != null && column.primary());
        written.columns().forEach((name, column) -> {
            require(column != null, "columns." + name + ": say its field and its type");
            columns.add(column(name, column, named ? column.primary() : name.equals(written.key())));
            require(fields.add(column.field()), "columns." + name + ".field: stands twice");
        });
        var first =
                columns.stream().filter(ConnectorDeclaration.Column::primary).toList();
        require(
                first.size() == 1,
                "columns: exactly one must be `primary: true`, unless the key " + written.key() + " is among them");
        require(
                first.get(0).type().mayBePrimary(),
                "columns." + first.get(0).name() + ": a " + first.get(0).type().word()
                        + " cannot be the first field of a table");
        return new ConnectorDeclaration(
                written.connector(),
                written.title(),
                written.query(),
                written.key(),
                List.copyOf(columns),
                Arrays.stream(Objects.requireNonNullElse(written.token(), "").split(","))
                        .map(String::strip)
                        .filter(token -> !token.isEmpty())
                        .toList(),
                written.bases() == null ? Set.of() : Set.copyOf(written.bases()),
                between("page", written.page(), LARGEST_PAGE, LARGEST_PAGE),
                between("rows", written.rows(), 20_000, MOST_ROWS),
                !Boolean.FALSE.equals(written.periodic()),
                written.configUi());
    }

    private static ConnectorDeclaration.Column column(String name, WrittenColumn column, boolean primary) {
        var place = "columns." + name + ".";
        matching("columns", name, COLUMN, "column names of 1 to 50 letters, digits and underscores");
        matching(place + "field", column.field(), FIELD, "1 to 300 characters without [ ]");
        var type = ColumnType.named(String.valueOf(column.type()))
                .orElseThrow(() -> new IllegalArgumentException(
                        place + "type: '" + column.type() + "' is no type; write " + ColumnType.words()));
        require(
                column.description() == null || column.description().length() <= LONGEST_DESCRIPTION,
                place + "description: at most " + LONGEST_DESCRIPTION + " characters");
        require(
                column.format() == null || type.formats().contains(column.format()),
                place + "format: "
                        + (type.formats().isEmpty() ? "goes with no " + type.word() : "one of " + type.formats()));
        require(
                type == ColumnType.CURRENCY
                        ? column.currency() != null
                                && CURRENCY.matcher(column.currency()).matches()
                        : column.currency() == null,
                place + "currency: the ISO 4217 code of a currency, and of nothing else");
        require(
                column.max() == null || type == ColumnType.RATING && column.max() >= 1 && column.max() <= 10,
                place + "max: 1 to 10, of a rating");
        require(
                column.ids() == null || type == ColumnType.PERSON && IDS.contains(column.ids()),
                place + "ids: open_id, union_id or user_id, of a person");
        require(column.from() == null || "route".equals(column.from()), place + "from: write `route` or leave it out");
        return new ConnectorDeclaration.Column(
                name,
                column.field(),
                type,
                primary,
                column.description(),
                column.format(),
                column.currency(),
                zone(place, column.zone()),
                column.max(),
                Objects.requireNonNullElse(column.ids(), "open_id"),
                column.from() != null);
    }

    private static ZoneId zone(String place, String zone) {
        try {
            return zone == null ? null : ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException(place + "zone: a time zone such as Asia/Shanghai", unknown);
        }
    }

    private static int between(String place, Integer number, int otherwise, int most) {
        require(number == null || number >= 1 && number <= most, place + ": 1 to " + most);
        return number == null ? otherwise : number;
    }

    private static void matching(String place, String text, Pattern pattern, String expected) {
        require(text != null && pattern.matcher(text).matches(), place + ": must be " + expected);
    }

    private static void require(boolean right, String sentence) {
        if (!right) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
