package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
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
    /** Who is to approve and to be told, by node_id; which nodes pass by themselves; whether it may be withdrawn. */
    record Request(ObjectNode chosen, ObjectNode copies, ArrayNode automatic, boolean revocable) {}

    private final SandboxDatabase database;
    private final People people;
    private final Copies copies;
    private final SecureRandom random = new SecureRandom();

    public Instances(SandboxDatabase database, People people, Copies copies) {
        this.database = database;
        this.people = people;
        this.copies = copies;
    }

    /**
     * @param request what the call says beyond the rest
     * @throws org.springframework.dao.DuplicateKeyException if the uuid was used before, in whatever case
     */
    Instance add(
            String approvalCode,
            String uuid,
            String openId,
            String departmentId,
            String form,
            String title,
            Request request) {
        String code = UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
        String serial = LocalDate.now(ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE) + digits(6);
        database.jdbc()
                .update(
                        "insert into sandbox.approval_instance (instance_code, approval_code, uuid, serial_number, open_id,"
                                + " department_id, form, title, chosen, copies, automatic, revocable, status, start_ms)"
                                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', ?)",
                        code,
                        approvalCode,
                        uuid,
                        serial,
                        openId,
                        departmentId,
                        form,
                        title,
                        Json.write(request.chosen()),
                        Json.write(request.copies()),
                        Json.write(request.automatic()),
                        request.revocable(),
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

    /** Begins the next round at a node. */
    Instance rollBack(Instance instance, int node) {
        database.jdbc()
                .update(
                        "update sandbox.approval_instance set node = ?, round = round + 1 where instance_code = ?",
                        node,
                        instance.code());
        return find(instance.code()).orElseThrow();
    }

    void setForm(Instance instance, String form) {
        database.jdbc()
                .update("update sandbox.approval_instance set form = ? where instance_code = ?", form, instance.code());
    }

    Task addTask(Instance instance, int node, int step, String openId, long now) {
        return add(new Task(
                "7" + digits(18),
                instance.code(),
                openId,
                node,
                instance.round(),
                step,
                null,
                false,
                null,
                openId == null ? "APPROVED" : "PENDING",
                now,
                openId == null ? now : 0));
    }

    /** A task of an added signer, in the place of another one. */
    Task addSigner(Task place, String openId, String sign, boolean any, String returnsTo, long now) {
        return add(new Task(
                "7" + digits(18),
                place.instanceCode(),
                openId,
                place.node(),
                place.round(),
                place.step(),
                sign,
                any,
                returnsTo,
                "PENDING",
                now,
                0));
    }

    private Task add(Task task) {
        database.jdbc()
                .update(
                        "insert into sandbox.approval_task (task_id, instance_code, open_id, node, round, step, sign, sign_any,"
                                + " returns_to, status, start_ms, end_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        task.id(),
                        task.instanceCode(),
                        task.openId(),
                        task.node(),
                        task.round(),
                        task.step(),
                        task.sign(),
                        task.signAny(),
                        task.returnsTo(),
                        task.status(),
                        task.startMs(),
                        task.endMs());
        return task;
    }

    Optional<Task> task(String id) {
        return database
                .jdbc()
                .query("select * from sandbox.approval_task where task_id = ?", (row, n) -> task(row), id)
                .stream()
                .findFirst();
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
        note(instance, type, now, openId, target, List.of(), taskId, comment, nodeKey);
    }

    /**
     * Adds to the timeline something about several people.
     *
     * @param targets open_ids
     * @return the entry's number
     */
    long note(
            Instance instance,
            String type,
            long now,
            String openId,
            String target,
            List<String> targets,
            String taskId,
            String comment,
            String nodeKey) {
        ArrayNode all = Json.array();
        targets.forEach(all::add);
        return database.jdbc()
                .queryForObject(
                        "insert into sandbox.approval_timeline (instance_code, type, create_ms, open_id, target, targets,"
                                + " task_id, comment, node_key) values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning seq",
                        Long.class,
                        instance.code(),
                        type,
                        now,
                        openId,
                        target,
                        Json.write(all),
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
                            for (JsonNode target : Json.read(row.getString("targets"))) {
                                users.add(userId(target.asText()));
                                opens.add(target.asText());
                            }
                            ArrayNode copied = entry.putArray("cc_user_list");
                            copies.copied(row.getLong("seq"))
                                    .forEach(copy -> copied.addObject()
                                            .put("user_id", userId(copy.openId()))
                                            .put("cc_id", copy.id())
                                            .put("open_id", copy.openId()));
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
                row.getLong("end_ms"),
                row.getInt("round"),
                Json.read(row.getString("chosen")),
                Json.read(row.getString("copies")),
                Json.read(row.getString("automatic")),
                row.getBoolean("revocable"));
    }

    private static Task task(ResultSet row) throws SQLException {
        return new Task(
                row.getString("task_id"),
                row.getString("instance_code"),
                row.getString("open_id"),
                row.getInt("node"),
                row.getInt("round"),
                row.getInt("step"),
                row.getString("sign"),
                row.getBoolean("sign_any"),
                row.getString("returns_to"),
                row.getString("status"),
                row.getLong("start_ms"),
                row.getLong("end_ms"));
    }
}
