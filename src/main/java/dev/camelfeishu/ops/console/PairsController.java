package dev.camelfeishu.ops.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.ops.PairOperations;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriUtils;

/** The pairs of SQL rows and Bitable records, and what in them waits for a person. */
@Controller
class PairsController {

    private static final String PATH = "/console/pairs";

    private final PairOperations pairs;
    private final Actions actions;

    PairsController(PairOperations pairs, Actions actions) {
        this.pairs = pairs;
        this.actions = actions;
    }

    @GetMapping(PATH)
    String list(@RequestParam(defaultValue = "") String text, @RequestParam(defaultValue = "0") int page, Model model) {
        String asked = text.strip();
        List<JsonNode> found = new ArrayList<>();
        pairs.list().path("items").forEach(pair -> {
            if (pair.path("name").asText().contains(asked)) {
                found.add(pair);
            }
        });
        Paging.Part<JsonNode> shown = Paging.part(found, PATH, Map.of("text", asked), page);
        model.addAttribute("text", asked);
        model.addAttribute("pairs", shown.items());
        model.addAttribute("paging", shown.paging());
        return "console/pairs";
    }

    @GetMapping(PATH + "/{name}")
    String one(@PathVariable String name, Model model) {
        about(name, "state", model);
        model.addAttribute(
                "reports",
                pairs.reports(name, 0, 1).orElseThrow(NotThereException::new).path("items"));
        return "console/pair";
    }

    @GetMapping(PATH + "/{name}/parked")
    String parked(@PathVariable String name, @RequestParam(defaultValue = "0") int page, Model model) {
        about(name, "parked", model);
        int number = Paging.within(page);
        JsonNode found = pairs.parked(name, number, Paging.SIZE).orElseThrow(NotThereException::new);
        items(model, PATH + "/" + name + "/parked", Map.of(), number, found);
        return "console/pair-parked";
    }

    @GetMapping(PATH + "/{name}/conflicts")
    String conflicts(@PathVariable String name, @RequestParam(defaultValue = "0") int page, Model model) {
        about(name, "conflicts", model);
        int number = Paging.within(page);
        JsonNode found = pairs.conflicts(name, number, Paging.SIZE).orElseThrow(NotThereException::new);
        items(model, PATH + "/" + name + "/conflicts", Map.of(), number, found);
        return "console/pair-conflicts";
    }

    @GetMapping(PATH + "/{name}/deletes")
    String deletes(@PathVariable String name, @RequestParam(defaultValue = "0") int page, Model model) {
        about(name, "deletes", model);
        int number = Paging.within(page);
        JsonNode found = pairs.deletes(name, number, Paging.SIZE).orElseThrow(NotThereException::new);
        items(model, PATH + "/" + name + "/deletes", Map.of(), number, found);
        return "console/pair-deletes";
    }

    @GetMapping(PATH + "/{name}/journal")
    String journal(
            @PathVariable String name,
            @RequestParam(defaultValue = "") String key,
            @RequestParam(defaultValue = "0") int page,
            Model model) {
        about(name, "journal", model);
        int number = Paging.within(page);
        String asked = key.isBlank() ? null : key.strip();
        JsonNode found = pairs.journal(name, asked, number, Paging.SIZE).orElseThrow(NotThereException::new);
        Map<String, String> filter = Map.of("key", key.strip());
        model.addAttribute("filter", filter);
        items(model, PATH + "/" + name + "/journal", filter, number, found);
        return "console/pair-journal";
    }

    @GetMapping(PATH + "/{name}/reports")
    String reports(@PathVariable String name, @RequestParam(defaultValue = "0") int page, Model model) {
        about(name, "reports", model);
        int number = Paging.within(page);
        JsonNode found = pairs.reports(name, number, Paging.SIZE).orElseThrow(NotThereException::new);
        items(model, PATH + "/" + name + "/reports", Map.of(), number, found);
        return "console/pair-reports";
    }

    @GetMapping(PATH + "/{name}/reports/{id}")
    String report(@PathVariable String name, @PathVariable long id, Model model) {
        about(name, "reports", model);
        model.addAttribute("report", pairs.report(name, id).orElseThrow(NotThereException::new));
        return "console/pair-report";
    }

    @PostMapping(PATH + "/{name}/parked/retry")
    String retry(
            @PathVariable String name,
            @RequestParam(defaultValue = "") String key,
            @RequestParam(defaultValue = "") String record,
            HttpServletRequest request,
            RedirectAttributes next) {
        String what = key.isEmpty() && record.isEmpty() ? "all" : ("key " + key + " record " + record).strip();
        actions.perform(request, next, "pair.retry", name, what, () -> {
            JsonNode answer = known(
                    name,
                    pairs.retryParked(name, key.isEmpty() ? null : key, record.isEmpty() ? null : record)
                            .orElse(null));
            return new Object[] {answer.path("marked").asLong()};
        });
        return back(name, "/parked");
    }

    @PostMapping(PATH + "/{name}/deletes/{decision:approve|refuse}")
    String decide(
            @PathVariable String name,
            @PathVariable String decision,
            HttpServletRequest request,
            RedirectAttributes next) {
        actions.perform(request, next, "pair.deletes-" + decision, name, null, () -> {
            JsonNode answer = known(
                    name, pairs.decideDeletes(name, decision.equals("approve")).orElse(null));
            return new Object[] {answer.path("keys").size()};
        });
        return back(name, "/deletes");
    }

    @PostMapping(PATH + "/{name}/journal/{id}/undo")
    String undo(@PathVariable String name, @PathVariable long id, HttpServletRequest request, RedirectAttributes next) {
        actions.perform(request, next, "pair.undo", name, Long.toString(id), () -> {
            JsonNode entry = known(name, pairs.undo(name, id).orElse(null));
            return new Object[] {entry.path("field").asText(), entry.path("key").asText()};
        });
        return back(name, "/journal");
    }

    /** A value that is left empty empties the field. */
    @PostMapping(PATH + "/{name}/conflicts/{id}")
    String decide(
            @PathVariable String name,
            @PathVariable long id,
            @RequestParam String take,
            @RequestParam(defaultValue = "") String value,
            HttpServletRequest request,
            RedirectAttributes next) {
        String chosen = take.equals("value") && !value.isBlank() ? value.strip() : null;
        String by = request.getUserPrincipal().getName();
        actions.perform(request, next, "pair.decide", name, id + ": " + take, () -> {
            JsonNode conflict =
                    known(name, pairs.decide(name, id, take, chosen, by).orElse(null));
            return new Object[] {
                conflict.path("field").asText(), conflict.path("key").asText()
            };
        });
        return back(name, "/conflicts");
    }

    @PostMapping(PATH + "/{name}/dry-run")
    String dryRun(@PathVariable String name, HttpServletRequest request, RedirectAttributes next) {
        actions.perform(request, next, "pair.dry-run", name, null, () -> {
            JsonNode preview = known(name, pairs.dryRun(name).orElse(null));
            return new Object[] {
                preview.path("rows").asLong(), preview.path("records").asLong()
            };
        });
        return back(name, "");
    }

    @PostMapping(PATH + "/{name}/start")
    String start(@PathVariable String name, HttpServletRequest request, RedirectAttributes next) {
        actions.perform(request, next, "pair.start", name, null, () -> {
            known(name, pairs.start(name).orElse(null));
            return new Object[0];
        });
        return back(name, "");
    }

    @PostMapping(PATH + "/{name}/verify")
    String verify(@PathVariable String name, HttpServletRequest request, RedirectAttributes next) {
        actions.perform(request, next, "pair.verify", name, null, () -> {
            JsonNode report = known(name, pairs.verify(name).orElse(null));
            return new Object[] {
                report.path("rows").asLong(), report.path("divergent").asLong()
            };
        });
        return back(name, "");
    }

    /** The name is that of a pair that the page showed; whatever it is, it stays one part of the address. */
    private static String back(String name, String page) {
        return "redirect:" + PATH + "/" + UriUtils.encodePathSegment(name, StandardCharsets.UTF_8) + page;
    }

    private static JsonNode known(String name, JsonNode answer) {
        if (answer == null) {
            throw new IllegalArgumentException("There is no pair " + name + ", or nothing of that number in it");
        }
        return answer;
    }

    private void about(String name, String tab, Model model) {
        model.addAttribute("pair", pairs.state(name).orElseThrow(NotThereException::new));
        model.addAttribute("tab", tab);
    }

    private static void items(Model model, String path, Map<String, String> filter, int page, JsonNode found) {
        model.addAttribute("items", found.path("items"));
        model.addAttribute(
                "paging",
                Paging.of(
                        path,
                        filter,
                        page,
                        found.path("items").size(),
                        found.path("total").asLong()));
    }
}
