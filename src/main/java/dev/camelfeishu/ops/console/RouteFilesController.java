package dev.camelfeishu.ops.console;

import dev.camelfeishu.ops.apply.ChangeLog;
import dev.camelfeishu.ops.apply.RouteChange;
import dev.camelfeishu.ops.apply.RouteChanges;
import dev.camelfeishu.ops.apply.RouteChanges.FileState;
import dev.camelfeishu.ops.lint.Finding;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The files that routes are written in: edited or uploaded, tried, applied, rolled back, taken away. */
@Controller
class RouteFilesController {

    private static final Logger LOG = LoggerFactory.getLogger(RouteFilesController.class);

    private static final String PATH = "/console/route-files";
    private static final String FILE = PATH + "/file";
    private static final int LONGEST_SOURCE = 1 << 20;
    private static final int CHANGES_SHOWN = 20;

    private final RouteChanges changes;
    private final ChangeLog log;
    private final Actions actions;

    RouteFilesController(RouteChanges changes, ChangeLog log, Actions actions) {
        this.changes = changes;
        this.log = log;
        this.actions = actions;
    }

    /**
     * What the linter says of a text, or why it cannot be applied.
     *
     * @param line 0 when it names none
     */
    public record Remark(String text, int line, boolean error) {

        private static final Pattern PLACE =
                Pattern.compile("[^:]+:(\\d{1,7}): (?:(error|warning): )?(.*)", Pattern.DOTALL);

        static Remark of(String text) {
            Matcher place = PLACE.matcher(text);
            return place.matches()
                    ? new Remark(place.group(3), Integer.parseInt(place.group(1)), !"warning".equals(place.group(2)))
                    : new Remark(text, 0, true);
        }
    }

    @GetMapping(PATH)
    String list(@RequestParam(defaultValue = "") String text, @RequestParam(defaultValue = "0") int page, Model model) {
        String asked = text.strip();
        Paging.Part<FileState> shown = Paging.part(
                changes.list().stream()
                        .filter(file -> (file.file() + " " + file.routes()).contains(asked))
                        .toList(),
                PATH,
                Map.of("text", asked),
                page);
        model.addAttribute("area", "routes");
        model.addAttribute("text", asked);
        model.addAttribute("items", shown.items());
        model.addAttribute("paging", shown.paging());
        return "console/route-files";
    }

    @GetMapping(FILE)
    String one(@RequestParam String file, Model model) {
        about(file.strip(), model);
        return "console/route-file";
    }

    @ExceptionHandler
    String misnamed(IllegalArgumentException e, RedirectAttributes next) {
        LOG.debug("Not a file of routes", e);
        next.addFlashAttribute("said", new Said(true, e.getMessage()));
        return "redirect:" + PATH;
    }

    /** Says what is wrong with a text; nothing is touched. */
    @PostMapping(FILE + "/check")
    String check(@RequestParam String file, @RequestParam String source, @RequestParam String seen, Model model) {
        return tried(file, plain(source), seen, model);
    }

    private String tried(String file, String source, String seen, Model model) {
        List<Finding> findings = changes.lint(file, source);
        List<Remark> remarks = Stream.concat(
                        findings.stream().map(Finding::toString), changes.hindrances(file, source).stream())
                .map(Remark::of)
                .toList();
        about(file, model);
        model.addAttribute("source", source);
        model.addAttribute("seen", seen);
        model.addAttribute("remarks", remarks);
        return "console/route-file";
    }

    @PostMapping(FILE + "/apply")
    String apply(
            @RequestParam String file,
            @RequestParam String source,
            @RequestParam String seen,
            HttpServletRequest request,
            Model model,
            RedirectAttributes next) {
        String wanted = plain(source);
        Said said = actions.perform(request, "route-file.apply", file, null, () -> {
            if (!seen.equals(digest(writtenNow(file)))) {
                throw new IllegalStateException(
                        "Somebody has changed the file since this page was opened. Open it anew, and bring your text along");
            }
            return done(changes.apply(file, wanted, request.getUserPrincipal().getName()));
        });
        if (!said.failed()) {
            return backTo(file, said, next);
        }
        String page = tried(file, wanted, seen, model);
        model.addAttribute("said", said);
        return page;
    }

    @PostMapping(FILE + "/rollback")
    String rollBack(@RequestParam String file, HttpServletRequest request, RedirectAttributes next) {
        return changed(
                "route-file.rollback",
                file,
                () -> changes.rollBack(file, request.getUserPrincipal().getName()),
                request,
                next);
    }

    @PostMapping(FILE + "/remove")
    String remove(@RequestParam String file, HttpServletRequest request, RedirectAttributes next) {
        return changed(
                "route-file.remove",
                file,
                () -> changes.remove(file, request.getUserPrincipal().getName()),
                request,
                next);
    }

    private String changed(
            String action,
            String file,
            Supplier<RouteChange> change,
            HttpServletRequest request,
            RedirectAttributes next) {
        Said said = actions.perform(request, action, file, null, () -> done(change.get()));
        return backTo(file, said, next);
    }

    private static String backTo(String file, Said said, RedirectAttributes next) {
        next.addFlashAttribute("said", said);
        next.addAttribute("file", file);
        return "redirect:" + FILE;
    }

    /** @throws IllegalStateException when it was refused or taken back */
    private static Object[] done(RouteChange change) {
        if (!change.isDone()) {
            throw new IllegalStateException(change.message().lines().findFirst().orElse(""));
        }
        return new Object[] {change.subject()};
    }

    private void about(String file, Model model) {
        FileState state = written(file);
        String source = state == null ? "" : state.source();
        model.addAttribute("area", "routes");
        model.addAttribute("file", file);
        model.addAttribute("state", state);
        model.addAttribute("source", source);
        model.addAttribute("seen", digest(source));
        model.addAttribute("changes", log.list(file, 0, CHANGES_SHOWN));
        model.addAttribute("last", log.lastDone(file).orElse(null));
    }

    /** Null for a file that is not there yet. */
    private FileState written(String file) {
        try {
            return changes.file(file);
        } catch (RouteChanges.UnknownRouteException e) {
            return null;
        }
    }

    private String writtenNow(String file) {
        FileState state = written(file);
        return state == null ? "" : state.source();
    }

    /** Browsers end lines of a form by CR and LF. */
    private static String plain(String source) {
        if (source.length() > LONGEST_SOURCE) {
            throw new IllegalArgumentException("A file has at most " + LONGEST_SOURCE + " characters");
        }
        return source.replace("\r\n", "\n");
    }

    /** Only to see whether a text is the same. */
    private static String digest(String source) {
        return DigestUtils.md5DigestAsHex(source.getBytes(StandardCharsets.UTF_8));
    }
}
