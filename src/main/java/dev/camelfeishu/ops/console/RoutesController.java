package dev.camelfeishu.ops.console;

import dev.camelfeishu.ops.RouteList;
import dev.camelfeishu.ops.apply.RouteChange;
import dev.camelfeishu.ops.apply.RouteChanges;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriUtils;

/** The routes as they are written and as they run. */
@Controller
class RoutesController {

    private static final String PATH = "/console/routes";

    private final RouteList routes;
    private final RouteChanges changes;
    private final Actions actions;

    RoutesController(RouteList routes, RouteChanges changes, Actions actions) {
        this.routes = routes;
        this.changes = changes;
        this.actions = actions;
    }

    @GetMapping(PATH)
    String list(
            @RequestParam(defaultValue = "") String text,
            @RequestParam(required = false) RouteList.State state,
            @RequestParam(defaultValue = "0") int page,
            Model model) {
        String asked = text.strip();
        List<RouteList.Item> all = routes.all();
        List<RouteList.Item> found = all.stream()
                .filter(route -> state == null || route.state() == state)
                .filter(route -> (route.id() + " " + route.description() + " " + route.from()).contains(asked))
                .toList();
        Paging.Part<RouteList.Item> shown =
                Paging.part(found, PATH, Map.of("text", asked, "state", state == null ? "" : state.name()), page);
        model.addAttribute("text", asked);
        model.addAttribute("state", state);
        model.addAttribute("states", RouteList.State.values());
        model.addAttribute("total", all.size());
        model.addAttribute("items", shown.items());
        model.addAttribute("paging", shown.paging());
        model.addAttribute(
                "missing",
                routes.flows().stream()
                        .filter(flow -> !flow.missing().isEmpty())
                        .toList());
        return "console/routes";
    }

    @GetMapping(PATH + "/{id}")
    String one(@PathVariable String id, Model model) {
        RouteList.Item route = routes.find(id).orElseThrow(NotThereException::new);
        model.addAttribute("route", route);
        List<String> lines =
                routes.source(id).map(text -> text.lines().toList()).orElse(List.of());
        Pattern named = Pattern.compile("[\\s-]*id:\\s*[\"']?" + Pattern.quote(id) + "[\"']?\\s*");
        model.addAttribute("lines", lines);
        model.addAttribute(
                "begins",
                1
                        + lines.indexOf(lines.stream()
                                .filter(line -> named.matcher(line).matches())
                                .findFirst()
                                .orElse("")));
        return "console/route";
    }

    @PostMapping(PATH + "/{id}/{action:start|stop}")
    String change(
            @PathVariable String id, @PathVariable String action, HttpServletRequest request, RedirectAttributes next) {
        actions.perform(request, next, "route." + action, id, null, () -> {
            RouteChange change = changes.turn(
                    id, action.equals("start"), request.getUserPrincipal().getName());
            if (!change.isDone()) {
                throw new IllegalStateException(change.message());
            }
            return new Object[] {id};
        });
        return "redirect:" + PATH + "/" + UriUtils.encodePathSegment(id, StandardCharsets.UTF_8);
    }
}
