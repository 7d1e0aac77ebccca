package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The stored instances with their tasks and timelines. */
public final class Instances {
    private final SandboxDatabase database;
    private final People people;
    private final SecureRandom random = new SecureRandom();

    public Instances(SandboxDatabase database, People people) {
        this.database = database;
        this.people = people;
    }

    /** @throws org.springframework.dao.DuplicateKeyException if the uuid was used before, in whatever case */
    Instance add(String approvalCode, String uuid, String openId, String departmentId, String form, String title) {
        String code = UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
        String serial = LocalDate.now(ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE) + digits(6);
        database.jdbc()
                .update(
                        "insert into sandbox.approval_instance (instance_code, approval_code, uuid, serial_number, open_id,"
                                + " department_id, form, title, status, start_ms)"
                                + " values (?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', ?)",
                        code,
                        approvalCode,
                        uuid,
                        serial,
                        openId,
                        departmentId,
                        form,
                        title,
                        System.currentTimeMillis());
        return find(code).orElseThrow();
    }

    /** @param id instance code or the client's uuid */
    Optional<Instance> find(String id) {
        return one("select * from sandbox.approval_instance where instance_code = ? or lower(uuid) = lower(?)", id, id);
    }

    /** Locks the instance for the current transaction. */
    Optional<Instance> lock(String code) {
        return one("select * from sandbox.approval_instance where instance_code = ? for update", code);
    }

    private Optional<Instance> one(String sql, Object... arguments) {
        return database.jdbc().query(sql, (row, n) -> instance(row), arguments).stream()
                .findFirst();
    }

    /** Instances of a definition by their creation. */
    List<Instance> created(String approvalCode, long fromMs, long toMs, long after, int size) {
        return database.jdbc()
                .query(
                        "select * from sandbox.approval_instance where approval_code = ? and start_ms between ? and ?"
                                + " and seq > ? order by seq limit ?",
                        (row, n) -> instance(row),
                        approvalCode,
                        fromMs,
                        toMs,
                        after,
                        size);
    }

    /** Instances by whatever is given, newest first; every argument may be null. */
    List<Instance> find(
            String approvalCode,
            String code,
            String openId,
            String status,
            long fromMs,
            long toMs,
            long skip,
            int size) {
        return database.jdbc()
                .query(
                        "select * from sandbox.approval_instance where (?::text is null or approval_code = ?)"
                                + " and (?::text is null or instance_code = ?) and (?::text is null or open_id = ?)"
                                + " and (?::text is null or status = ?) and start_ms between ? and ?"
                                + " order by seq desc limit ? offset ?",
                        (row, n) -> instance(row),
                        approvalCode,
                        approvalCode,
                        code,
                        code,
                        openId,
                        openId,
                        status,
                        status,
                        fromMs,
                        toMs,
                        size,
                        skip);
    }

    void setStatus(Instance instance, String status, long now) {
        database.jdbc()
                .update(
                        "update sandbox.approval_instance set status = ?, end_ms = ? where instance_code = ?",
                        status,
                        now,
                        instance.code());
    }

    void setReverted(Instance instance) {
        database.jdbc()
                .update(
                        "update sandbox.approval_instance set reverted = true where instance_code = ?",
                        instance.code());
    }

    void setNode(Instance instance, int node) {
        database.jdbc()
                .update("update sandbox.approval_instance set node = ? where instance_code = ?", node, instance.code());
    }

    Task addTask(Instance instance, int node, String openId, long now) {
        String id = "7" + digits(18);
        database.jdbc()
                .update(
                        "insert into sandbox.approval_task (task_id, instance_code, open_id, node, status, start_ms)"
                                + " values (?, ?, ?, ?, 'PENDING', ?)",
                        id,
                        instance.code(),
                        openId,
                        node,
                        now);
        return new Task(id, instance.code(), openId, node, "PENDING", now, 0);
    }

    List<Task> tasks(Instance instance) {
        return database.jdbc()
                .query(
                        "select * from sandbox.approval_task where instance_code = ? order by seq",
                        (row, n) -> task(row),
                        instance.code());
    }

    void setStatus(Task task, String status, long now) {
        database.jdbc()
                .update(
                        "update sandbox.approval_task set status = ?, end_ms = ? where task_id = ?",
                        status,
                        now,
                        task.id());
    }

    /** Adds to the timeline; everything but the type and the time may be null. */
    void note(
            Instance instance,
            String type,
            long now,
            String openId,
            String target,
            String taskId,
            String comment,
            String nodeKey) {
        database.jdbc()
                .update(
                        "insert into sandbox.approval_timeline (instance_code, type, create_ms, open_id, target, task_id,"
                                + " comment, node_key) values (?, ?, ?, ?, ?, ?, ?, ?)",
                        instance.code(),
                        type,
                        now,
                        openId,
                        target,
                        taskId,
                        comment,
                        nodeKey);
    }

    /** The timeline as it is read. */
    ArrayNode timeline(Instance instance) {
        ArrayNode timeline = Json.array();
        database.jdbc()
                .query(
                        "select * from sandbox.approval_timeline where instance_code = ? order by seq",
                        row -> {
                            ObjectNode entry = timeline.addObject()
                                    .put("type", row.getString("type"))
                                    .put("create_time", Long.toString(row.getLong("create_ms")))
                                    .put("user_id", userId(row.getString("open_id")))
                                    .put("open_id", text(row.getString("open_id")))
                                    .put("task_id", text(row.getString("task_id")))
                                    .put("comment", text(row.getString("comment")))
                                    .put("node_key", text(row.getString("node_key")));
                            ArrayNode users = entry.putArray("user_id_list");
                            ArrayNode opens = entry.putArray("open_id_list");
                            if (row.getString("target") != null) {
                                users.add(userId(row.getString("target")));
                                opens.add(row.getString("target"));
                            }
                            entry.putArray("cc_user_list");
                            entry.putArray("files");
                            entry.put("ext", "{}");
                        },
                        instance.code());
        return timeline;
    }

    /** The user_id of a person, empty for nobody. */
    String userId(String openId) {
        return openId == null ? "" : people.byOpenId(openId).map(Person::userId).orElse("");
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    private String digits(int count) {
        StringBuilder digits = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            digits.append((char) ('0' + random.nextInt(10)));
        }
        return digits.toString();
    }

    private static Instance instance(ResultSet row) throws SQLException {
        return new Instance(
                row.getLong("seq"),
                row.getString("instance_code"),
                row.getString("approval_code"),
                row.getString("uuid"),
                row.getString("serial_number"),
                row.getString("open_id"),
                row.getString("department_id"),
                row.getString("form"),
                row.getString("title"),
                row.getString("status"),
                row.getBoolean("reverted"),
                row.getInt("node"),
                row.getLong("start_ms"),
                row.getLong("end_ms"));
    }

    private static Task task(ResultSet row) throws SQLException {
        return new Task(
                row.getString("task_id"),
                row.getString("instance_code"),
                row.getString("open_id"),
                row.getInt("node"),
                row.getString("status"),
                row.getLong("start_ms"),
                row.getLong("end_ms"));
    }
}
