package dev.camelfeishu.sync;

import dev.camelfeishu.sync.PairDeclaration.Direction;
import dev.camelfeishu.sync.PairDeclaration.NewKey;
import java.io.StringReader;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads pair declarations. Every mistake is reported with its file, its line and what to write instead. */
public final class PairDeclarationParser {

    private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final Pattern TABLE = Pattern.compile("([a-z_][a-z0-9_]{0,62}\\.)?[a-z_][a-z0-9_]{0,62}");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Za-z0-9_.-]+)(?::([^}]*))?}");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private static final Pattern QUERY = Pattern.compile("(?i)(select|with)\\s");
    private static final Pattern WHERE = Pattern.compile("(?i)where\\b");
    private static final Pattern VIEW = Pattern.compile("vew[A-Za-z0-9]{1,40}");

    private static final Map<String, ColumnMapping.Owner> OWNERS = Map.of(
            "sql", ColumnMapping.Owner.SQL,
            "bitable", ColumnMapping.Owner.BITABLE,
            "both", ColumnMapping.Owner.BOTH);
    private static final Map<String, Direction> DIRECTIONS =
            Map.of("two-way", Direction.TWO_WAY, "to-bitable", Direction.TO_BITABLE, "to-sql", Direction.TO_SQL);
    private static final Map<String, NewKey> NEW_KEYS =
            Map.of("record", NewKey.RECORD, "uuid", NewKey.UUID, "generated", NewKey.GENERATED);
    private static final Map<String, String> IDENTITIES =
            Map.of("open-id", "open-id", "user-id", "user-id", "email", "email", "table", "table");

    /** The types, in the order they are listed for people, with what each takes besides. */
    private static final Map<String, Set<String>> PARAMETERS = parameters();

    private final Function<String, String> variables;

    /** @param variables answers a setting by name, null or "" when it is not set */
    public PairDeclarationParser(Function<String, String> variables) {
        this.variables = variables;
    }

    private static Map<String, Set<String>> parameters() {
        var parameters = new LinkedHashMap<String, Set<String>>();
        parameters.put("text", Set.of());
        parameters.put("number", Set.of("scale"));
        parameters.put("currency", Set.of("scale", "currency"));
        parameters.put("percent", Set.of("scale"));
        parameters.put("boolean", Set.of());
        parameters.put("date", Set.of("zone"));
        parameters.put("datetime", Set.of());
        parameters.put("local-datetime", Set.of("zone"));
        parameters.put("single-select", Set.of("options", "auto-create-options"));
        parameters.put("multi-select", Set.of("options", "auto-create-options"));
        parameters.put("person", Set.of("by", "people", "multiple"));
        parameters.put("link", Set.of("pair", "back-field", "multiple"));
        parameters.put("phone", Set.of());
        parameters.put("url", Set.of());
        parameters.put("email", Set.of());
        parameters.put("json", Set.of());
        parameters.put("attachments", Set.of());
        return Collections.unmodifiableMap(parameters);
    }

    /**
     * @param file name for messages
     * @throws PairDeclarationException for the first mistake found
     */
    public PairDeclaration parse(String file, String yaml) {
        return new Reader(file).pair(compose(file, yaml));
    }

    private static Node compose(String file, String yaml) {
        try {
            return new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(yaml));
        } catch (MarkedYAMLException malformed) {
            var mark = malformed.getProblemMark();
            throw new PairDeclarationException(
                    file, mark == null ? 0 : mark.getLine() + 1, "not YAML: " + malformed.getProblem());
        } catch (YAMLException malformed) {
            throw new PairDeclarationException(file, 0, "not YAML: " + malformed.getMessage());
        }
    }

    private final class Reader {

        private final String file;
        private String missingVariable;

        Reader(String file) {
            this.file = file;
        }

        PairDeclaration pair(Node root) {
            if (root == null) {
                throw new PairDeclarationException(file, 0, "the file is empty; begin with `pair: <name>`");
            }
            var pair = section(
                    root,
                    "the file",
                    "pair",
                    "direction",
                    "foreign-edits",
                    "sql",
                    "bitable",
                    "period",
                    "probe",
                    "debounce",
                    "verify",
                    "creates",
                    "deletes",
                    "batch",
                    "start",
                    "columns");
            var name = matching(pair, "pair", NAME, "lower case letters, digits and hyphens");
            var direction = pair.has("direction") ? choice(pair, "direction", DIRECTIONS) : Direction.TWO_WAY;
            var sqlSection = section(
                    pair.need("sql"),
                    "sql",
                    "table",
                    "query",
                    "key",
                    "new-key",
                    "link",
                    "changed",
                    "overlap",
                    "filter",
                    "capture",
                    "install");
            var sql = sql(sqlSection, direction);
            var columns = columns(pair.need("columns"), direction, sql, ignoring(pair, direction));
            var bitableSection =
                    section(pair.need("bitable"), "bitable", "app", "table-id", "table", "sync-id", "filter", "view");
            var bitable = new PairDeclaration.Bitable(
                    bitableSection.text("app"),
                    bitableSection.text("table-id", ""),
                    bitableSection.text("table"),
                    bitableSection.text("sync-id", "Sync ID"),
                    filter(bitableSection, columns));
            for (var key : sql.key()) {
                var column = columns.stream()
                        .filter(candidate -> candidate.name().equals(key))
                        .findFirst()
                        .orElseThrow(() -> problem(
                                pair.need("columns"), "the key " + key + " has no entry; add it under columns"));
                if (!(column.type() instanceof FieldType.Text) || column.owner() != ColumnMapping.Owner.SQL) {
                    throw problem(pair.need("columns"), "the key " + key + " must be `type: text` and `owner: sql`");
                }
            }
            if (columns.stream().anyMatch(column -> column.field().equals(bitable.syncId()))) {
                throw problem(
                        bitableSection.need("sync-id"),
                        "the field " + bitable.syncId()
                                + " belongs to the sync alone; map the column to another field");
            }
            return new PairDeclaration(
                    name,
                    direction,
                    sql,
                    bitable,
                    columns,
                    duration(pair, "debounce", Duration.ofSeconds(1)),
                    creates(pair, direction, sqlSection, sql),
                    deletes(pair, direction, sql),
                    new PairDeclaration.Pace(
                            number(pair, "batch", BitableTable.MOST_WRITTEN, 50, BitableTable.MOST_WRITTEN),
                            pair.has("start")
                                    && choice(
                                            pair, "start", Map.of("automatic", Boolean.FALSE, "manual", Boolean.TRUE))),
                    schedule(pair),
                    missingVariable);
        }

        private boolean ignoring(Section pair, Direction direction) {
            if (!pair.has("foreign-edits")) {
                return false;
            }
            if (direction == Direction.TWO_WAY) {
                throw problem(
                        pair.need("foreign-edits"),
                        "foreign-edits goes with `direction: to-bitable` or `to-sql`; in a two-way pair the owner of a"
                                + " column says whose edits count; remove it");
            }
            return choice(pair, "foreign-edits", Map.of("put-back", Boolean.FALSE, "ignore", Boolean.TRUE));
        }

        private PairDeclaration.Sql sql(Section section, Direction direction) {
            var table = section.has("table")
                    ? matching(section, "table", TABLE, "a table as schema.table, lower case")
                    : null;
            var query = section.has("query") ? section.text("query").strip() : null;
            if (query != null && (!QUERY.matcher(query).lookingAt() || query.contains(";"))) {
                throw problem(section.need("query"), "query must be one SELECT (or WITH … SELECT) without a semicolon");
            }
            if (table == null && query == null) {
                throw problem(section.node, "table is missing in sql; add `table: …`, or a `query`");
            }
            if (table == null && direction != Direction.TO_BITABLE) {
                throw problem(
                        section.need("query"),
                        "a query cannot be written to; write `direction: to-bitable`, or add the `table` that its rows"
                                + " are written to");
            }
            var filter = section.has("filter") ? section.text("filter").strip() : null;
            if (filter != null && (filter.contains(";") || WHERE.matcher(filter).lookingAt())) {
                throw problem(
                        section.need("filter"),
                        "filter must be a condition such as `status <> 'DRAFT'`, without WHERE and semicolon");
            }
            var key = key(section);
            var capture = capture(section);
            var install = flag(section, "install");
            if (capture == PairDeclaration.Capture.TRIGGER && (query != null || key.size() > 1)) {
                throw problem(
                        section.need("capture"),
                        "triggers note the changes of one table by one key column; write `capture: poll`, or remove the "
                                + (query != null ? "query" : "other key columns"));
            }
            if (install && capture != PairDeclaration.Capture.TRIGGER) {
                throw problem(
                        section.need("install"),
                        "there is nothing to install for `capture: poll`; write `capture: trigger` or remove install");
            }
            return new PairDeclaration.Sql(
                    table,
                    query,
                    key,
                    section.has("new-key") ? choice(section, "new-key", NEW_KEYS) : NewKey.RECORD,
                    section.has("link") ? matching(section, "link", IDENTIFIER, "a column, lower case") : null,
                    section.has("changed") ? matching(section, "changed", IDENTIFIER, "a column, lower case") : null,
                    duration(section, "overlap", Duration.ofSeconds(60)),
                    filter,
                    capture,
                    install);
        }

        private List<String> key(Section section) {
            if (!(section.need("key") instanceof SequenceNode several)) {
                return List.of(matching(section, "key", IDENTIFIER, "a column, lower case, or a list of them"));
            }
            var key = several.getValue().stream().map(this::scalar).toList();
            if (key.isEmpty()
                    || Set.copyOf(key).size() < key.size()
                    || !key.stream().allMatch(IDENTIFIER.asMatchPredicate())) {
                throw problem(several, "key must list columns, lower case, each once, such as [region, number]");
            }
            return key;
        }

        private RecordFilter filter(Section bitable, List<ColumnMapping> columns) {
            var view = bitable.has("view") ? matching(bitable, "view", VIEW, "the id of a view, vew…") : null;
            if (!bitable.has("filter")) {
                return new RecordFilter(true, List.of(), view);
            }
            if (view != null) {
                throw problem(bitable.need("view"), "Bitable ignores a view beside a filter; keep one of the two");
            }
            var filter = section(bitable.need("filter"), "filter", "match", "conditions");
            var all = !filter.has("match") || choice(filter, "match", Map.of("all", true, "any", false));
            if (!(filter.need("conditions") instanceof SequenceNode list)
                    || list.getValue().isEmpty()) {
                throw problem(filter.need("conditions"), "conditions must be a list of {field, is, value}");
            }
            return new RecordFilter(
                    all,
                    list.getValue().stream()
                            .map(node -> condition(node, columns))
                            .toList(),
                    null);
        }

        private RecordFilter.Condition condition(Node node, List<ColumnMapping> columns) {
            var section = section(node, "a condition", "field", "operator", "value");
            var field = section.text("field");
            var column = columns.stream()
                    .filter(candidate -> candidate.field().equals(field))
                    .findFirst()
                    .orElseThrow(() -> problem(
                            section.need("field"),
                            "no column is mapped to the field " + field + "; map one, or filter by another"));
            var operator = choice(section, "operator", RecordFilter.operators());
            if (operator.values == 0) {
                if (section.has("value")) {
                    throw problem(section.need("value"), operator.text + " takes no value; remove it");
                }
                return new RecordFilter.Condition(column, operator, null);
            }
            var value = section.text("value");
            var several = column.type() instanceof FieldType.MultiSelect;
            if (several
                    && operator != RecordFilter.Operator.CONTAINS
                    && operator != RecordFilter.Operator.DOES_NOT_CONTAIN) {
                throw problem(
                        section.need("operator"), field + " holds several options; write contains or doesNotContain");
            }
            var number = column.lens() instanceof Lens.OfDecimal || column.lens() instanceof Lens.OfDateTime;
            if (!number
                    && (operator == RecordFilter.Operator.IS_GREATER || operator == RecordFilter.Operator.IS_LESS)) {
                throw problem(section.need("operator"), operator.text + " goes with numbers and moments only");
            }
            var reading = column.lens().fromSql(several ? List.of(value) : value);
            if (!reading.valid()) {
                throw problem(section.need("value"), "value '" + value + "': " + reading.problem());
            }
            return new RecordFilter.Condition(column, operator, several ? value : reading.value());
        }

        private Set<Batch.Side> creates(
                Section pair, Direction direction, Section sqlSection, PairDeclaration.Sql sql) {
            var creates = pair.has("creates")
                    ? choice(pair, "creates", sides("sql", "bitable", "both"))
                    : Set.of(direction == Direction.TO_SQL ? Batch.Side.BITABLE : Batch.Side.SQL);
            fits(pair, "creates", creates, direction);
            if (!creates.contains(Batch.Side.BITABLE) && (sqlSection.has("new-key") || sqlSection.has("link"))) {
                throw problem(
                        sqlSection.need(sqlSection.has("link") ? "link" : "new-key"),
                        "new-key and link are for rows that are made for new records; write `creates: both` or"
                                + " `creates: bitable`, or remove it");
            }
            if (sql.newKey() != NewKey.RECORD && sql.key().size() > 1) {
                throw problem(
                        sqlSection.need("new-key"), "a key of several columns is taken from the record; remove it");
            }
            return creates;
        }

        /** A one-way pair makes and deletes nothing on the side it comes from. */
        private void fits(Section section, String key, Set<Batch.Side> sides, Direction direction) {
            var only = direction == Direction.TO_BITABLE ? Batch.Side.SQL : Batch.Side.BITABLE;
            if (direction != Direction.TWO_WAY && !Set.of(only).containsAll(sides)) {
                throw problem(
                        section.need(key),
                        "the pair goes " + (direction == Direction.TO_BITABLE ? "to Bitable" : "to SQL")
                                + " only; write `" + key + ": " + only.name().toLowerCase(Locale.ROOT)
                                + "`, or `direction: two-way`");
            }
        }

        private static Map<String, Set<Batch.Side>> sides(String... names) {
            var known = Map.of(
                    "sql", Set.of(Batch.Side.SQL),
                    "bitable", Set.of(Batch.Side.BITABLE),
                    "both", Set.of(Batch.Side.values()),
                    "none", Set.<Batch.Side>of());
            return Arrays.stream(names).collect(Collectors.toMap(Function.identity(), known::get));
        }

        private PairDeclaration.Capture capture(Section sql) {
            return sql.has("capture")
                    ? choice(
                            sql,
                            "capture",
                            Map.of(
                                    "poll", PairDeclaration.Capture.POLL,
                                    "trigger", PairDeclaration.Capture.TRIGGER))
                    : PairDeclaration.Capture.POLL;
        }

        private boolean flag(Section section, String key) {
            return section.has(key) && choice(section, key, Map.of("true", Boolean.TRUE, "false", Boolean.FALSE));
        }

        private PairDeclaration.Deletes deletes(Section pair, Direction direction, PairDeclaration.Sql sql) {
            var policy = Set.of(direction == Direction.TO_SQL ? Batch.Side.BITABLE : Batch.Side.SQL);
            var leaving = false;
            var compare = Duration.ofSeconds(30);
            var rows = 20;
            var percent = 5;
            if (pair.has("deletes")) {
                var deletes = section(pair.need("deletes"), "deletes", "policy", "leaving-filter", "compare", "guard");
                if (deletes.has("policy")) {
                    policy = choice(deletes, "policy", sides("sql", "bitable", "both", "none"));
                    fits(deletes, "policy", policy, direction);
                }
                if (deletes.has("leaving-filter")) {
                    leaving = choice(deletes, "leaving-filter", Map.of("keep", false, "delete", true));
                }
                compare = duration(deletes, "compare", compare);
                if (deletes.has("guard")) {
                    var guard = section(deletes.need("guard"), "guard", "rows", "percent");
                    rows = number(guard, "rows", rows, 0, 1_000_000);
                    percent = number(guard, "percent", percent, 0, 100);
                }
            }
            return new PairDeclaration.Deletes(policy, leaving, compare, rows, percent);
        }

        private PairDeclaration.Schedule schedule(Section pair) {
            return new PairDeclaration.Schedule(
                    duration(pair, "period", null), duration(pair, "probe", null), verify(pair));
        }

        private VerifySchedule verify(Section pair) {
            if (!pair.has("verify")) {
                return null;
            }
            var text = pair.text("verify");
            if (DURATION.matcher(text).matches()) {
                return new VerifySchedule.Every(duration(pair, "verify", null));
            }
            try {
                return new VerifySchedule.Cron(text, TimeZone.getDefault());
            } catch (IllegalArgumentException neither) {
                throw problem(
                        pair.need("verify"),
                        "verify '" + text + "' must be a duration such as 6h, or a Quartz cron such as 0 0 3 * * ?");
            }
        }

        private List<ColumnMapping> columns(Node node, Direction direction, PairDeclaration.Sql sql, boolean ignoring) {
            var columns = new ArrayList<ColumnMapping>();
            var fields = new HashSet<String>();
            var section = section(node, "columns");
            for (var entry : section.entries.entrySet()) {
                if (!IDENTIFIER.matcher(entry.getKey()).matches()) {
                    throw problem(
                            entry.getValue(), "'" + entry.getKey() + "' is no column name; write it in lower case");
                }
                var column = section(
                        entry.getValue(),
                        entry.getKey(),
                        "field",
                        "type",
                        "scale",
                        "currency",
                        "zone",
                        "options",
                        "auto-create-options",
                        "by",
                        "people",
                        "pair",
                        "back-field",
                        "multiple",
                        "computed",
                        "owner",
                        "on-conflict",
                        "required");
                var field = column.text("field");
                if (!fields.add(field)) {
                    throw problem(column.need("field"), "the field " + field + " is mapped twice; map it once");
                }
                var owner = owner(entry.getKey(), column, direction, sql.key().contains(entry.getKey()));
                var mapping = column(entry.getKey(), field, column, owner, ignoring);
                if (mapping.winner() == ColumnMapping.Winner.NEWEST && sql.changed() == null) {
                    throw problem(
                            column.need("on-conflict"),
                            "nothing tells when a row was changed, so that sql would always win; add `changed: …` to sql,"
                                    + " or write sql, bitable, union or manual");
                }
                columns.add(mapping);
            }
            return columns;
        }

        private ColumnMapping column(
                String name, String field, Section column, ColumnMapping.Owner owner, boolean ignoring) {
            if (owner == ColumnMapping.Owner.BOTH && !column.has("on-conflict")) {
                throw problem(
                        column.node,
                        name + " may be changed by both sides; add `on-conflict: sql`, or bitable, newest, union or"
                                + " manual");
            }
            if (owner != ColumnMapping.Owner.BOTH && column.has("on-conflict")) {
                throw problem(
                        column.need("on-conflict"),
                        "only " + (owner == ColumnMapping.Owner.SQL ? "the ERP" : "Bitable") + " changes " + name
                                + "; remove on-conflict or write `owner: both`");
            }
            var type = type(column);
            var winner = owner == ColumnMapping.Owner.BOTH
                    ? winner(column, type)
                    : owner == ColumnMapping.Owner.SQL ? ColumnMapping.Winner.SQL : ColumnMapping.Winner.BITABLE;
            var required = flag(column, "required");
            if (required && (type instanceof FieldType.Checkbox || owner == ColumnMapping.Owner.BITABLE)) {
                throw problem(
                        column.need("required"),
                        type instanceof FieldType.Checkbox
                                ? "an empty checkbox is a value, it means false; remove required"
                                : "required puts an empty value back, but only Bitable changes " + name
                                        + "; remove required");
            }
            if (owner != ColumnMapping.Owner.BITABLE && type instanceof FieldType.Computed) {
                throw problem(
                        column.need("owner"),
                        "Bitable works out " + field + " and nobody can write it; write `owner: bitable`");
            }
            if (owner != ColumnMapping.Owner.BITABLE && type instanceof FieldType.Attachments) {
                throw problem(
                        column.need("owner"),
                        "a file token is known to one Base only, so attachments go to SQL alone; write"
                                + " `owner: bitable`");
            }
            return new ColumnMapping(name, field, type, owner, winner, required, ignoring);
        }

        /** In a one-way pair the direction says who owns a column; the key is SQL's, an edit of it would name another row. */
        private ColumnMapping.Owner owner(String name, Section column, Direction direction, boolean key) {
            var given = direction == Direction.TWO_WAY || column.has("owner") ? choice(column, "owner", OWNERS) : null;
            if (direction == Direction.TWO_WAY) {
                return given;
            }
            var owner =
                    direction == Direction.TO_BITABLE || key ? ColumnMapping.Owner.SQL : ColumnMapping.Owner.BITABLE;
            if (given != null && given != owner) {
                throw problem(
                        column.need("owner"),
                        "the pair goes one way only, which says who owns " + name + "; remove owner");
            }
            return owner;
        }

        private ColumnMapping.Winner winner(Section column, FieldType type) {
            var choices = Arrays.stream(ColumnMapping.Winner.values())
                    .collect(Collectors.toMap(winner -> winner.name().toLowerCase(Locale.ROOT), Function.identity()));
            var winner = choice(column, "on-conflict", choices);
            if (winner == ColumnMapping.Winner.UNION && !(type instanceof FieldType.MultiSelect)) {
                throw problem(
                        column.need("on-conflict"),
                        "only a multi-select can be united; write sql, bitable, newest or manual");
            }
            return winner;
        }

        private FieldType type(Section column) {
            var type = column.text("type");
            if (!PARAMETERS.containsKey(type)) {
                throw problem(
                        column.need("type"),
                        "'" + type + "' is no type; write " + String.join(", ", PARAMETERS.keySet()));
            }
            for (var parameter : List.of(
                    "scale",
                    "currency",
                    "zone",
                    "options",
                    "auto-create-options",
                    "by",
                    "people",
                    "pair",
                    "back-field",
                    "multiple")) {
                if (column.has(parameter) && !PARAMETERS.get(type).contains(parameter)) {
                    var types = PARAMETERS.entrySet().stream()
                            .filter(entry -> entry.getValue().contains(parameter))
                            .map(Map.Entry::getKey)
                            .collect(Collectors.joining(", "));
                    throw problem(
                            column.need(parameter), parameter + " goes with the types " + types + " only; remove it");
                }
            }
            var plain = plainType(type, column);
            if (!column.has("computed")) {
                return plain;
            }
            var kinds = Arrays.stream(FieldType.Computed.Kind.values())
                    .collect(Collectors.toMap(
                            kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-'), Function.identity()));
            return new FieldType.Computed(choice(column, "computed", kinds), plain);
        }

        private FieldType plainType(String type, Section column) {
            return switch (type) {
                case "text" -> new FieldType.Text();
                case "number" -> new FieldType.Decimal(number(column, "scale", 0, 0, FieldType.MOST_DECIMALS));
                case "currency" -> currency(column);
                case "percent" -> percent(column);
                case "boolean" -> new FieldType.Checkbox();
                case "date" -> new FieldType.Day(zone(column));
                case "datetime" -> new FieldType.DateTime();
                case "local-datetime" -> new FieldType.LocalTime(zone(column));
                case "single-select" -> new FieldType.SingleSelect(options(column), open(column));
                case "multi-select" -> new FieldType.MultiSelect(options(column), open(column));
                case "person" -> person(column);
                case "link" ->
                    new FieldType.Link(
                            matching(column, "pair", NAME, "the name of a pair"),
                            column.has("back-field") ? column.text("back-field") : null,
                            multiple(column));
                case "phone" -> new FieldType.Phone();
                case "url" -> new FieldType.Url();
                case "email" -> new FieldType.Email();
                case "json" -> new FieldType.Json();
                default -> new FieldType.Attachments();
            };
        }

        private boolean multiple(Section column) {
            return column.has("multiple")
                    && choice(column, "multiple", Map.of("true", Boolean.TRUE, "false", Boolean.FALSE));
        }

        private FieldType person(Section column) {
            var by = column.has("by") ? choice(column, "by", IDENTITIES) : "open-id";
            if ("table".equals(by) != column.has("people")) {
                throw problem(
                        column.has("people") ? column.need("people") : column.need("by"),
                        "`by: table` and `people: {table: …, key: …, open-id: …}` go together");
            }
            return new FieldType.Person(
                    switch (by) {
                        case "user-id" -> new FieldType.Person.UserId();
                        case "email" -> new FieldType.Person.Mail();
                        case "table" -> employee(section(column.need("people"), "people", "table", "key", "open-id"));
                        default -> new FieldType.Person.OpenId();
                    },
                    multiple(column));
        }

        private FieldType.Person.Employee employee(Section people) {
            return new FieldType.Person.Employee(
                    matching(people, "table", TABLE, "a table as schema.table, lower case"),
                    matching(people, "key", IDENTIFIER, "a column, lower case"),
                    matching(people, "open-id", IDENTIFIER, "a column, lower case"));
        }

        private FieldType currency(Section column) {
            var code = column.text("currency");
            if (!FieldType.Currency.CODES.contains(code)) {
                throw problem(
                        column.need("currency"),
                        "currency '" + code + "' must be one of " + String.join(", ", FieldType.Currency.CODES));
            }
            return new FieldType.Currency(number(column, "scale", 2, 0, 4), code);
        }

        private FieldType percent(Section column) {
            var scale = number(column, "scale", 0, 0, 2);
            if (scale == 1) {
                throw problem(
                        column.need("scale"), "Bitable shows a percentage with 0 or 2 decimals; write one of them");
            }
            return new FieldType.Percent(scale);
        }

        private ZoneId zone(Section column) {
            var zone = column.text("zone");
            if (!ZoneId.getAvailableZoneIds().contains(zone)) {
                throw problem(column.need("zone"), "zone '" + zone + "' must be a time zone such as Asia/Shanghai");
            }
            return ZoneId.of(zone);
        }

        private boolean open(Section column) {
            return flag(column, "auto-create-options");
        }

        private List<String> options(Section column) {
            if (open(column) && !column.has("options")) {
                return List.of();
            }
            if (!(column.need("options") instanceof SequenceNode options)
                    || options.getValue().isEmpty()) {
                throw problem(column.need("options"), "options must be a list, such as [NEW, PAID]");
            }
            var names = options.getValue().stream().map(this::scalar).toList();
            if (Set.copyOf(names).size() < names.size()) {
                throw problem(options, "an option stands twice; write it once");
            }
            return names;
        }

        private String matching(Section section, String key, Pattern pattern, String expected) {
            var text = section.text(key);
            if (!pattern.matcher(text).matches()) {
                throw problem(section.need(key), key + " '" + text + "' must be " + expected);
            }
            return text;
        }

        private <T> T choice(Section section, String key, Map<String, T> choices) {
            var text = section.text(key);
            return choices.entrySet().stream()
                    .filter(known -> known.getKey().equalsIgnoreCase(text))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElseThrow(() -> problem(
                            section.need(key),
                            key + " '" + text + "' must be "
                                    + choices.keySet().stream().sorted().collect(Collectors.joining(" or "))));
        }

        private int number(Section section, String key, int otherwise, int from, int to) {
            if (!section.has(key)) {
                return otherwise;
            }
            var text = section.text(key);
            if (!text.matches("\\d{1,7}") || Integer.parseInt(text) < from || Integer.parseInt(text) > to) {
                throw problem(section.need(key), key + " '" + text + "' must be a number from " + from + " to " + to);
            }
            return Integer.parseInt(text);
        }

        private Duration duration(Section section, String key, Duration otherwise) {
            if (!section.has(key)) {
                return otherwise;
            }
            var text = section.text(key);
            var matcher = DURATION.matcher(text);
            if (!matcher.matches()) {
                throw problem(
                        section.need(key), key + " '" + text + "' must be a duration such as 500ms, 5s, 10m or 1h");
            }
            var amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        }

        private Section section(Node node, String what, String... allowed) {
            if (!(node instanceof MappingNode mapping)) {
                throw problem(node, what + " must be a map of names and values");
            }
            var entries = new LinkedHashMap<String, Node>();
            for (var tuple : mapping.getValue()) {
                var key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
                if (allowed.length > 0 && !Arrays.asList(allowed).contains(key)) {
                    throw problem(
                            tuple.getKeyNode(),
                            "'" + key + "' means nothing in " + what + "; it knows " + String.join(", ", allowed));
                }
                if (entries.put(key, tuple.getValueNode()) != null) {
                    throw problem(tuple.getKeyNode(), "'" + key + "' stands twice; write it once");
                }
            }
            return new Section(what, mapping, entries);
        }

        private String scalar(Node node) {
            if (!(node instanceof ScalarNode scalar)) {
                throw problem(node, "a single value is expected here");
            }
            return resolve(scalar.getValue());
        }

        private String resolve(String text) {
            Matcher matcher = PLACEHOLDER.matcher(text);
            return matcher.replaceAll(found -> {
                var value = variables.apply(found.group(1));
                if (value == null || value.isBlank()) {
                    value = found.group(2);
                }
                if (value == null) {
                    if (missingVariable == null) {
                        missingVariable = found.group(1);
                    }
                    value = "";
                }
                return Matcher.quoteReplacement(value.strip());
            });
        }

        private PairDeclarationException problem(Node node, String text) {
            return new PairDeclarationException(file, node.getStartMark().getLine() + 1, text);
        }

        private final class Section {

            private final String what;
            private final MappingNode node;
            private final Map<String, Node> entries;

            Section(String what, MappingNode node, Map<String, Node> entries) {
                this.what = what;
                this.node = node;
                this.entries = entries;
            }

            boolean has(String key) {
                return entries.containsKey(key);
            }

            Node need(String key) {
                var value = entries.get(key);
                if (value == null) {
                    throw problem(node, key + " is missing in " + what + "; add `" + key + ": …`");
                }
                return value;
            }

            String text(String key) {
                var missingBefore = missingVariable;
                var text = scalar(need(key));
                if (text.isBlank() && missingVariable == missingBefore) {
                    throw problem(need(key), key + " is empty; give it a value");
                }
                return text;
            }

            String text(String key, String otherwise) {
                return has(key) ? scalar(need(key)) : otherwise;
            }
        }
    }
}
