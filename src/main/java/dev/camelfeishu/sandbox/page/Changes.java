package dev.camelfeishu.sandbox.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.CallLog;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Faults;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tells the page what changed: {@code GET /sandbox/ui/changes?since=&wait_ms=} answers
 * {@code {"since":"…","changed":["chat","tables","approvals","traffic"]}}. Without {@code since} it answers at once, with
 * everything changed; with the value of the last answer it waits until something did, 25 s at most, and then answers with
 * nothing changed.
 */
public final class Changes implements Api {
    private static final List<String> AREAS = List.of("chat", "tables", "approvals", "traffic");
    private static final Duration LOOK = Duration.ofMillis(300);
    private static final int LONGEST_WAIT_MS = 25_000;

    private final SandboxDatabase database;
    private final CallLog log;
    private final Faults faults;

    public Changes(SandboxDatabase database, CallLog log, Faults faults) {
        this.database = database;
        this.log = log;
        this.faults = faults;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/sandbox/ui/changes", this::changes);
    }

    private Answer changes(Call call) {
        String since = call.query("since", null);
        int wait = Control.number(call, "wait_ms", LONGEST_WAIT_MS, 0, LONGEST_WAIT_MS);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
        List<String> state = state();
        while (since != null && since.equals(String.join(",", state)) && System.nanoTime() < end && pause()) {
            state = state();
        }
        return Answer.of(200, answer(since, state));
    }

    private static ObjectNode answer(String since, List<String> state) {
        List<String> before = since == null ? List.of() : Arrays.asList(since.split(",", -1));
        ObjectNode answer = Json.object().put("since", String.join(",", state));
        ArrayNode changed = answer.putArray("changed");
        for (int i = 0; i < AREAS.size(); i++) {
            if (before.size() != AREAS.size() || !before.get(i).equals(state.get(i))) {
                changed.add(AREAS.get(i));
            }
        }
        return answer;
    }

    /** One word for each area, which is another one after any change in it. */
    private List<String> state() {
        String calls = log.newest().map(CallLog.Entry::logId).orElse("0");
        StringBuilder left = new StringBuilder();
        faults.all()
                .forEach(fault -> left.append('-')
                        .append(fault.id())
                        .append('.')
                        .append(fault.left().get()));
        return database.jdbc()
                .queryForObject(
                        """
                        select
                          (select concat_ws('-', coalesce(max(seq), 0), coalesce(max(updated_ms), 0), coalesce(sum(edits), 0),
                                            count(*) filter (where deleted)) from sandbox.message) ||
                          (select concat_ws('-', '', count(*), count(*) filter (where bot)) from sandbox.chat) ||
                          (select concat_ws('-', '', count(*)) from sandbox.chat_member),
                          (select concat_ws('-', count(*), coalesce(sum(revision), 0)) from sandbox.base),
                          (select concat_ws('-', count(*), count(*) filter (where reverted),
                                            count(*) filter (where status = 'PENDING')) from sandbox.approval_instance) ||
                          (select concat_ws('-', '', coalesce(max(seq), 0)) from sandbox.approval_timeline) ||
                          (select concat_ws('-', '', coalesce(max(seq), 0), count(*) filter (where status = 'PENDING'))
                             from sandbox.approval_task),
                          (select concat_ws('-', coalesce(max(id), 0)) from sandbox.push) ||
                          (select concat_ws('-', '', coalesce(max(id), 0)) from sandbox.push_attempt)
                        """,
                        (row, n) -> List.of(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4) + "-" + calls + left));
    }

    /** @return false when the server is stopping */
    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
