package dev.camelfeishu.sandbox.contact;

import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The departments of the directory. */
public final class Departments {
    private final SandboxDatabase database;

    public Departments(SandboxDatabase database) {
        this.database = database;
    }

    /** @param type open_department_id or department_id */
    public Optional<Department> find(String type, String id) {
        String column = type.equals("department_id") ? "department_id" : "open_department_id";
        return database
                .jdbc()
                .query("select * from sandbox.department where " + column + " = ?", (row, n) -> department(row), id)
                .stream()
                .findFirst();
    }

    /** The departments directly below one, or all below it. */
    List<Department> below(String openId, boolean all) {
        List<Department> found = new ArrayList<>();
        for (Department child : database.jdbc()
                .query(
                        "select * from sandbox.department where parent = ? order by position",
                        (row, n) -> department(row),
                        openId)) {
            found.add(child);
            if (all) {
                found.addAll(below(child.openId(), true));
            }
        }
        return found;
    }

    /** The departments above one, from the nearest up. */
    List<Department> above(Department department) {
        List<Department> found = new ArrayList<>();
        Optional<Department> parent = find("open_department_id", department.parent());
        while (parent.isPresent()) {
            found.add(parent.get());
            parent = find("open_department_id", parent.get().parent());
        }
        return found;
    }

    private static Department department(ResultSet row) throws SQLException {
        return new Department(
                row.getString("open_department_id"),
                row.getString("department_id"),
                row.getString("name"),
                row.getString("parent"),
                row.getString("leader"),
                row.getInt("position"));
    }
}
