package dev.camelfeishu.ops.console;

import dev.camelfeishu.ops.JobRuns;
import dev.camelfeishu.ops.Schedules;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What runs by itself, and when. */
@Controller
class SchedulesController {

    private static final String PATH = "/console/schedules";

    private final Schedules schedules;
    private final JobRuns runs;
    private final Actions actions;

    SchedulesController(Schedules schedules, JobRuns runs, Actions actions) {
        this.schedules = schedules;
        this.runs = runs;
        this.actions = actions;
    }

    @GetMapping(PATH)
    String list(@RequestParam(defaultValue = "") String text, @RequestParam(defaultValue = "0") int page, Model model) {
        String asked = text.strip();
        Map<String, String> filter = Map.of("text", asked);
        List<Schedules.Job> jobs = schedules.jobs().stream()
                .filter(job -> (job.name() + " " + job.description()).contains(asked))
                .toList();
        List<Schedules.Repeated> repeated = schedules.repeated().stream()
                .filter(one -> (one.route() + " " + one.description()).contains(asked))
                .toList();
        var jobsShown = Paging.part(jobs, PATH, filter, page);
        var repeatedShown = Paging.part(repeated, PATH, filter, page);
        model.addAttribute("text", asked);
        model.addAttribute("jobs", jobsShown.items());
        model.addAttribute("repeated", repeatedShown.items());
        // both lists are turned together, so the longer one says how far
        model.addAttribute("paging", (jobs.size() > repeated.size() ? jobsShown : repeatedShown).paging());
        return "console/schedules";
    }

    @GetMapping(PATH + "/runs")
    String runs(@RequestParam(defaultValue = "") String job, @RequestParam(defaultValue = "0") int page, Model model) {
        int number = Paging.within(page);
        JobRuns.Page found = runs.list(job.strip(), number, Paging.SIZE);
        Map<String, String> filter = Map.of("job", job.strip());
        model.addAttribute("filter", filter);
        model.addAttribute("items", found.items());
        model.addAttribute(
                "paging",
                Paging.of(PATH + "/runs", filter, number, found.items().size(), found.total()));
        return "console/runs";
    }

    @PostMapping(PATH + "/{name}/{action:run|pause|resume}")
    String change(
            @PathVariable String name,
            @PathVariable String action,
            HttpServletRequest request,
            RedirectAttributes next) {
        actions.perform(request, next, "schedule." + action, name, null, () -> {
            Schedules.Job job = schedules
                    .find(name)
                    .orElseThrow(() -> new IllegalArgumentException("There is no schedule " + name));
            switch (action) {
                case "run" -> schedules.run(job);
                case "pause" -> schedules.pause(job);
                default -> schedules.resume(job);
            }
            return new Object[] {name};
        });
        return "redirect:" + PATH;
    }
}
