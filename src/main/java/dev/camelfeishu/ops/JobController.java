package dev.camelfeishu.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The operator's interface to the runs of jobs. */
@RestController
@RequestMapping("/ops/api/jobs")
class JobController {

    private static final int MOST_ITEMS = 200;

    private final JobRuns runs;

    JobController(JobRuns runs) {
        this.runs = runs;
    }

    record Item(
            long id,
            String job,
            String node,
            Instant due,
            Instant started,
            Instant ended,
            JobRuns.Outcome outcome,
            @JsonProperty("late_seconds") long lateSeconds,
            boolean overlaps,
            String result,
            String error) {}

    record Items(List<Item> items, long total) {}

    @GetMapping("/runs")
    ResponseEntity<?> runs(
            @RequestParam(defaultValue = "") String job,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        if (page < 0 || size < 1 || size > MOST_ITEMS) {
            return ResponseEntity.badRequest().body(Map.of("error", "page is 0 or more, size is 1 to " + MOST_ITEMS));
        }
        JobRuns.Page found = runs.list(job, page, size);
        return ResponseEntity.ok(new Items(
                found.items().stream()
                        .map(run -> new Item(
                                run.id(),
                                run.job(),
                                run.node(),
                                run.due(),
                                run.started(),
                                run.ended(),
                                run.outcome(),
                                run.late().toSeconds(),
                                run.overlaps(),
                                run.result(),
                                run.error()))
                        .toList(),
                found.total()));
    }
}
