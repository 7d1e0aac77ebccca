package dev.camelfeishu.ops.routetest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.ops.lint.Outside;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.sql.rowset.CachedRowSet;
import javax.sql.rowset.RowSetMetaDataImpl;
import javax.sql.rowset.RowSetProvider;

/** A data source whose statements are answered as the test says; those that change rows are noted. */
final class StagedDatabase extends Outside.NoDatabase {

    private final Stage stage;
    private final Consumer<String> statements;

    /** @param statements sees each statement of a route, such as to have a real database read it */
    StagedDatabase(Stage stage, Consumer<String> statements) {
        this.stage = stage;
        this.statements = statements;
    }

    @Override
    public Connection getConnection() {
        return proxy(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "prepareStatement" -> new Prepared((String) arguments[0]).statement(PreparedStatement.class);
            case "createStatement" -> new Prepared(null).statement(Statement.class);
            default -> harmless(proxy, method, arguments);
        });
    }

    /** What asks or sets something that no test is about. */
    private static Object harmless(Object proxy, Method method, Object[] arguments) {
        Class<?> type = method.getReturnType();
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "a connection of a route test";
            case "getAutoCommit", "isValid" -> true;
            default -> type == boolean.class ? (Object) false : type == int.class ? (Object) 0 : null;
        };
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(StagedDatabase.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** One statement: its values, then its answer. */
    private final class Prepared {

        private final String sql;
        private final TreeMap<Integer, Object> values = new TreeMap<>();
        private ResultSet rows;
        private int count = -1;

        private Prepared(String sql) {
            this.sql = sql;
        }

        private <T extends Statement> T statement(Class<T> type) {
            return proxy(type, (proxy, method, arguments) -> {
                String name = method.getName();
                if (name.startsWith("set")
                        && arguments != null
                        && arguments.length > 1
                        && arguments[0] instanceof Integer index) {
                    values.put(index, name.equals("setNull") ? null : arguments[1]);
                    return null;
                }
                if (name.startsWith("execute")) {
                    run(arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : sql);
                }
                return switch (name) {
                    case "execute" -> rows != null;
                    case "executeQuery", "getResultSet" -> rows == null ? null : with((Statement) proxy);
                    case "executeUpdate", "getUpdateCount" -> count;
                    case "getParameterMetaData" -> parameters();
                    default -> harmless(proxy, method, arguments);
                };
            });
        }

        /** The rows, which know their statement: whoever reads them to the end closes it. */
        private ResultSet with(Statement statement) {
            ResultSet answer = rows;
            return proxy(ResultSet.class, (proxy, method, arguments) -> {
                if (method.getName().equals("getStatement")) {
                    return statement;
                }
                try {
                    return method.invoke(answer, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        }

        private ParameterMetaData parameters() {
            int marks = sql.replaceAll("'[^']*'", "").replaceAll("[^?]", "").length();
            return proxy(
                    ParameterMetaData.class,
                    (proxy, method, arguments) ->
                            method.getName().equals("getParameterCount") ? marks : harmless(proxy, method, arguments));
        }

        private void run(String text) throws SQLException {
            String lower = text.toLowerCase(Locale.ROOT);
            boolean own = lower.contains("feishu.");
            JsonNode answer = stage.sql(text);
            if (answer.has("fails")) {
                throw new SQLException(answer.path("fails").asText());
            }
            boolean reads = lower.strip().startsWith("select");
            if (!own) {
                statements.accept(text);
                if (!reads) {
                    stage.written().add(new Written(text, new ArrayList<>(values.values())));
                }
            }
            if (answer.isMissingNode() && !own && reads) {
                String asked = "the route runs " + text
                        + ", and the test does not say what the database answers: add it under sql, as"
                        + " {match: some words of it, rows: [...]}";
                stage.unanswered().add(asked);
                throw new SQLException(asked);
            }
            if (reads || answer.has("rows")) {
                rows = rows(answer.path("rows"));
            } else {
                count = answer.path("updated").asInt(1);
            }
        }
    }

    private static ResultSet rows(JsonNode rows) throws SQLException {
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(row -> row.fieldNames().forEachRemaining(columns::add));
        List<String> names = columns.isEmpty() ? List.of("nothing") : List.copyOf(columns);
        RowSetMetaDataImpl meta = new RowSetMetaDataImpl();
        meta.setColumnCount(names.size());
        for (int i = 1; i <= names.size(); i++) {
            meta.setColumnName(i, names.get(i - 1));
            meta.setColumnLabel(i, names.get(i - 1));
            meta.setColumnType(i, Types.JAVA_OBJECT);
        }
        CachedRowSet cached = RowSetProvider.newFactory().createCachedRowSet();
        cached.setMetaData(meta);
        List<JsonNode> backwards = new ArrayList<>();
        rows.forEach(row -> backwards.add(0, row));
        for (JsonNode row : backwards) {
            cached.moveToInsertRow();
            for (int i = 1; i <= names.size(); i++) {
                Object value = value(row.path(names.get(i - 1)));
                if (value == null) {
                    cached.updateNull(i);
                } else {
                    cached.updateObject(i, value);
                }
            }
            cached.insertRow();
            cached.moveToCurrentRow();
        }
        cached.beforeFirst();
        return cached;
    }

    private static Object value(JsonNode cell) {
        if (cell.isNull() || cell.isMissingNode()) {
            return null;
        }
        if (cell.isNumber()) {
            return cell.isIntegralNumber() ? (Object) cell.asLong() : cell.decimalValue();
        }
        if (cell.isBoolean()) {
            return cell.asBoolean();
        }
        try {
            return Timestamp.from(Instant.parse(cell.asText()));
        } catch (DateTimeParseException e) {
            // any other text
            return cell.asText();
        }
    }
}
