package dev.camelfeishu.sync;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** A table of the SQL side that knows the open_id of each employee. */
final class EmployeeTable implements Directory {

    private static final int MOST = 500;

    private final JdbcTemplate jdbc;
    private final FieldType.Person.Employee table;
    private volatile SqlDialect known;

    EmployeeTable(DataSource source, FieldType.Person.Employee table) {
        this.jdbc = new JdbcTemplate(source);
        this.table = table;
    }

    @Override
    public Map<String, String> ids(Collection<String> names) {
        return look(table.key(), table.openId(), names);
    }

    @Override
    public Map<String, String> names(Collection<String> ids) {
        return look(table.openId(), table.key(), ids);
    }

    private Map<String, String> look(String from, String to, Collection<String> wanted) {
        var dialect = dialect();
        var found = new LinkedHashMap<String, String>();
        for (var some : Chunks.of(List.copyOf(wanted), MOST)) {
            // compared as text: a key may be a number
            jdbc.query(
                    "SELECT " + dialect.quoted(from) + ", " + dialect.quoted(to) + " FROM "
                            + dialect.quoted(table.table()) + " WHERE " + dialect.text(dialect.quoted(from)) + " IN ("
                            + SqlDialect.marks(some.size()) + ")",
                    result -> {
                        if (result.getString(2) != null) {
                            found.putIfAbsent(result.getString(1), result.getString(2));
                        }
                    },
                    some.toArray());
        }
        return found;
    }

    private SqlDialect dialect() {
        var dialect = known;
        if (dialect == null) {
            dialect = SqlDialect.of(jdbc.getDataSource());
            known = dialect;
        }
        return dialect;
    }

    @Override
    public String unknown() {
        return "is unknown to " + table.table();
    }
}
