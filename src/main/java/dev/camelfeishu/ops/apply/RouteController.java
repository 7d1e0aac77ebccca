package dev.camelfeishu.ops.apply;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.camelfeishu.ops.RouteRuns;
import dev.camelfeishu.ops.lint.Finding;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** The operator's interface to routes: what runs, what is wrong with a file, changes and their log. */
@RestController
@RequestMapping("/ops/api/routes")
class RouteController {

    private static final int MOST_ITEMS = 200;
    private static final int LONGEST_SOURCE = 1 << 20;

    private final ObjectProvider<RouteChanges> changes;
    private final ObjectProvider<ChangeLog> log;

    RouteController(ObjectProvider<RouteChanges> changes, ObjectProvider<ChangeLog> log) {
        this.changes = changes;
        this.log = log;
    }

    record Failed(Instant at, String cause) {

        static Failed of(RouteRuns.Last last) {
            return last == null || last.errorAt() == null ? null : new Failed(last.errorAt(), last.error());
        }
    }

    record RouteItem(
            String id,
            String description,
            String from,
            String state,
            @JsonProperty("last_error") Failed lastError) {}

    /** @param source null in the list of all */
    record FileItem(
            String file, String copy, boolean applied, List<String> missing, List<RouteItem> routes, String source) {

        static FileItem of(RouteChanges.FileState state, boolean whole) {
            return new FileItem(
                    state.file(),
                    state.fromDisk() ? "disk" : "packed",
                    state.applied(),
                    state.missing(),
                    state.routes().stream()
                            .map(route -> new RouteItem(
                                    route.id(),
                                    route.description(),
                                    route.from(),
                                    route.state(),
                                    Failed.of(route.last())))
                            .toList(),
                    whole ? state.source() : null);
        }
    }

    record Files(List<FileItem> items) {}

    /** @param text all of it in one line */
    record FindingItem(String file, int line, String severity, String rule, String cause, String mend, String text) {

        static FindingItem of(Finding finding) {
            return new FindingItem(
                    finding.file(),
                    finding.line(),
                    finding.isError() ? "error" : "warning",
                    finding.rule().id(),
                    finding.cause(),
                    finding.mend(),
                    finding.toString());
        }
    }

    record Findings(List<FindingItem> findings) {}

    /** @param source null for what is written in the file */
    record Source(String file, String source) {}

    record ChangeItem(
            Instant at,
            String operator,
            String node,
            RouteChange.Action action,
            String subject,
            RouteChange.Outcome outcome,
            String message) {

        static ChangeItem of(RouteChange change) {
            return new ChangeItem(
                    change.at(),
                    change.operator(),
                    change.node(),
                    change.action(),
                    change.subject(),
                    change.outcome(),
                    change.message());
        }
    }

    record Changes(List<ChangeItem> items) {}

    @GetMapping
    Files list() {
        return new Files(changes().list().stream()
                .map(state -> FileItem.of(state, false))
                .toList());
    }

    @GetMapping("file")
    FileItem file(@RequestParam String name) {
        return FileItem.of(changes().file(name), true);
    }

    @PostMapping("lint")
    Findings lint(@RequestBody Source source) {
        String text = source.source() != null
                ? bounded(source.source())
                : changes().file(source.file()).source();
        return new Findings(changes().lint(source.file(), text).stream()
                .map(FindingItem::of)
                .toList());
    }

    @PostMapping("apply")
    ResponseEntity<ChangeItem> apply(@RequestBody Source source, Principal operator) {
        return answer(changes().apply(source.file(), bounded(source.source()), operator.getName()));
    }

    @PostMapping("rollback")
    ResponseEntity<ChangeItem> rollBack(@RequestBody Source source, Principal operator) {
        return answer(changes().rollBack(source.file(), operator.getName()));
    }

    @PostMapping("remove")
    ResponseEntity<ChangeItem> remove(@RequestBody Source source, Principal operator) {
        return answer(changes().remove(source.file(), operator.getName()));
    }

    @PostMapping("{id}/{verb:start|stop}")
    ResponseEntity<ChangeItem> turn(@PathVariable String id, @PathVariable String verb, Principal operator) {
        return answer(changes().turn(id, verb.equals("start"), operator.getName()));
    }

    /** @param page begins at 0 */
    @GetMapping("changes")
    Changes log(
            @RequestParam(required = false) String subject,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        if (page < 0 || page > 1_000_000 || size < 1 || size > MOST_ITEMS) {
            throw new IllegalArgumentException("page must be between 0 and 1000000, size between 1 and " + MOST_ITEMS);
        }
        return new Changes(log.getObject().list(subject, page, size).stream()
                .map(ChangeItem::of)
                .toList());
    }

    private static String bounded(String source) {
        if (source != null && source.length() > LONGEST_SOURCE) {
            throw new IllegalArgumentException("source must have at most " + LONGEST_SOURCE + " characters");
        }
        return source;
    }

    private RouteChanges changes() {
        return changes.getObject();
    }

    private static ResponseEntity<ChangeItem> answer(RouteChange change) {
        return ResponseEntity.status(change.isDone() ? HttpStatus.OK : HttpStatus.UNPROCESSABLE_ENTITY)
                .body(ChangeItem.of(change));
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> unknown(RouteChanges.UnknownRouteException e) {
        return ResponseEntity.status(HttpStatus.NOT_FOUND).body(Map.of("error", e.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> bad(IllegalArgumentException e) {
        return ResponseEntity.badRequest().body(Map.of("error", e.getMessage()));
    }

    @ExceptionHandler({HttpMessageNotReadableException.class, MethodArgumentTypeMismatchException.class})
    ResponseEntity<Map<String, String>> unreadable(Exception e) {
        return ResponseEntity.badRequest().body(Map.of("error", "the request is not of the documented form"));
    }
}
