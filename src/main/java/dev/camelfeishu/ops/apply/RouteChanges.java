package dev.camelfeishu.ops.apply;

import dev.camelfeishu.component.CommandNames;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.ops.RouteRuns;
import dev.camelfeishu.ops.apply.RouteChange.Action;
import dev.camelfeishu.ops.apply.RouteChange.Outcome;
import dev.camelfeishu.ops.lint.Finding;
import dev.camelfeishu.ops.lint.Linter;
import dev.camelfeishu.ops.lint.Refusal;
import dev.camelfeishu.ops.lint.RouteFile;
import dev.camelfeishu.ops.lint.SourceFile;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of routes while the application runs. A file is linted and built in a scratch context first; when something is wrong
 * nothing is touched. Then its routes, and no others, are replaced: what runs is finished, events that come meanwhile wait in the
 * journal. Routes that do not start are taken back. Each change is written down. Thread safe; one change at a time.
 */
public final class RouteChanges {

    private static final Logger LOG = LoggerFactory.getLogger(RouteChanges.class);

    private static final Pattern NAME =
            Pattern.compile("routes/([A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*\\.camel\\.yaml");
    private static final Pattern HTTP = Pattern.compile("(platform-http|rest):.*");

    private final CamelContext camel;
    private final RouteFolder folder;
    private final Linter linter;
    private final ChangeLog log;
    private final EventJournal journal;
    private final CommandNames commands;
    private final RouteRuns runs;
    private final String node;
    private final Clock clock;
    /** The text that each file's routes were made from; none for one that did not start. */
    private final Map<String, String> running = new ConcurrentHashMap<>();

    /** @param node name of this process among those that share the database */
    public RouteChanges(
            CamelContext camel,
            RouteFolder folder,
            Linter linter,
            ChangeLog log,
            EventJournal journal,
            CommandNames commands,
            RouteRuns runs,
            String node,
            Clock clock) {
        this.camel = camel;
        this.folder = folder;
        this.linter = linter;
        this.log = log;
        this.journal = journal;
        this.commands = commands;
        this.runs = runs;
        this.node = node;
        this.clock = clock;
        for (SourceFile file : folder.home().routes()) {
            if (folder.missing(file.text()).isEmpty()) {
                running.put(file.name(), file.text());
            }
        }
    }

    /** There is no such file or route. */
    public static final class UnknownRouteException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        UnknownRouteException(String message) {
            super(message);
        }
    }

    /**
     * A route of a file.
     *
     * @param state started, stopped, suspended or absent
     * @param last when it ran and what it failed with last, null when it has not run
     */
    public record RouteState(String id, String description, String from, String state, RouteRuns.Last last) {}

    /**
     * A file of routes.
     *
     * @param fromDisk whether it lies in the home folder, or is packed
     * @param applied whether what runs is what is written; false for a file that was edited and not applied
     * @param missing the variables for whose sake its routes do not start
     * @param source as written
     */
    public record FileState(
            String file,
            boolean fromDisk,
            boolean applied,
            List<String> missing,
            List<RouteState> routes,
            String source) {}

    /** All files of routes, by name. */
    public List<FileState> list() {
        Map<String, FileState> files = new TreeMap<>();
        for (SourceFile file : folder.home().routes()) {
            files.put(file.name(), state(file.name(), file.text()));
        }
        return List.copyOf(files.values());
    }

    /** @throws UnknownRouteException when there is no such file */
    public FileState file(String file) {
        return folder.copy(checked(file))
                .map(copy -> state(file, copy.text()))
                .orElseThrow(() -> new UnknownRouteException("there is no file " + file));
    }

    private FileState state(String file, String text) {
        String source = running.getOrDefault(file, text);
        List<RouteState> routes = RouteFile.read(new SourceFile(file, source)).stream()
                .flatMap(read -> read.routes().stream())
                .map(route -> new RouteState(
                        route.id(),
                        route.definition().path("description").asText(""),
                        route.definition().at("/from/uri").asText(""),
                        stateOf(route.id()),
                        runs.of(route.id()).orElse(null)))
                .toList();
        boolean fromDisk = folder.copy(file).map(RouteFolder.Copy::fromDisk).orElse(false);
        return new FileState(file, fromDisk, text.equals(running.get(file)), folder.missing(text), routes, text);
    }

    private String stateOf(String routeId) {
        ServiceStatus status = camel.getRoute(routeId) == null
                ? null
                : camel.getRouteController().getRouteStatus(routeId);
        return status == null ? "absent" : status.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** What would be wrong with a file if it were so. */
    public List<Finding> lint(String file, String text) {
        return linter.lint(folder.home(), new SourceFile(checked(file), text));
    }

    /**
     * Makes a file's routes run.
     *
     * @param text of the file; null for what is written in it now
     * @throws UnknownRouteException when there is no such file and no text
     */
    public RouteChange apply(String file, String text, String operator) {
        String wanted = text != null
                ? text
                : folder.copy(checked(file))
                        .map(RouteFolder.Copy::text)
                        .orElseThrow(() -> new UnknownRouteException("there is no file " + file));
        return change(Action.APPLY, file, wanted, operator);
    }

    /**
     * Takes a file and its routes away; routes that are packed under its name come back.
     *
     * @throws UnknownRouteException when there is no such file
     */
    public RouteChange remove(String file, String operator) {
        if (!running.containsKey(checked(file)) && folder.copy(file).isEmpty()) {
            throw new UnknownRouteException("there is no file " + file);
        }
        return change(Action.REMOVE, file, null, operator);
    }

    /**
     * Brings back what ran before the last change of a file.
     *
     * @throws UnknownRouteException when the file was never changed
     */
    public RouteChange rollBack(String file, String operator) {
        RouteChange last = log.lastDone(checked(file))
                .orElseThrow(() -> new UnknownRouteException("no change of " + file + " is known"));
        return change(Action.ROLLBACK, file, last.before(), operator);
    }

    /**
     * @param start or else stop it
     * @throws UnknownRouteException when there is no such route
     */
    public synchronized RouteChange turn(String routeId, boolean start, String operator) {
        if (camel.getRoute(routeId) == null) {
            throw new UnknownRouteException("there is no route " + routeId);
        }
        Action action = start ? Action.START : Action.STOP;
        try {
            if (start) {
                camel.getRouteController().startRoute(routeId);
            } else {
                camel.getRouteController().stopRoute(routeId);
            }
            return written(action, routeId, operator, Outcome.DONE, "", null, null);
        } catch (Exception e) {
            LOG.warn("Route {} could not be {}", routeId, start ? "started" : "stopped", e);
            return written(action, routeId, operator, Outcome.REFUSED, Refusal.reason(e), null, null);
        }
    }

    private static String checked(String file) {
        if (file == null || !NAME.matcher(file).matches() || file.contains("..")) {
            throw new IllegalArgumentException(
                    "file must be a name such as routes/bot.camel.yaml, of letters, digits, dots, hyphens and underscores");
        }
        return file;
    }

    /** @param wanted null for no file */
    private synchronized RouteChange change(Action action, String file, String wanted, String operator) {
        checked(file);
        String before = running.get(file);
        Optional<RouteFolder.Copy> onDisk = folder.copy(file).filter(RouteFolder.Copy::fromDisk);
        List<String> wrong = wanted == null ? List.of() : wrong(file, wanted);
        if (!wrong.isEmpty()) {
            return written(action, file, operator, Outcome.REFUSED, String.join("\n", wrong), before, wanted);
        }
        try {
            if (wanted != null) {
                folder.write(file, wanted);
            } else {
                folder.remove(file);
            }
        } catch (IOException e) {
            LOG.warn("{} could not be written", file, e);
            return written(
                    action,
                    file,
                    operator,
                    Outcome.REFUSED,
                    file + ": the home folder cannot be written: " + Refusal.reason(e),
                    before,
                    wanted);
        }
        String now = wanted != null
                ? wanted
                : folder.copy(file).map(RouteFolder.Copy::text).orElse(null);
        Set<String> touched = touched(file, before, now);
        Set<String> ids = ids(touched, before, file);
        ids.addAll(ids(touched, now, file));
        // until all is well again: a route that comes back finds the events that came while it was away
        try (var events = journal.hold(ids);
                var names = commands.hold()) {
            return replaced(action, file, before, wanted, now, onDisk, operator);
        }
    }

    private RouteChange replaced(
            Action action,
            String file,
            String before,
            String wanted,
            String now,
            Optional<RouteFolder.Copy> onDisk,
            String operator) {
        try {
            replace(file, before, now);
            return written(action, file, operator, Outcome.DONE, "", before, wanted);
        } catch (Exception e) {
            LOG.error("{} was changed by {} and did not start; it is taken back", file, operator, e);
            String cause =
                    Refusal.of(e, new SourceFile(file, now == null ? "" : now)).toString();
            takeBack(file, onDisk, now, before);
            return written(action, file, operator, Outcome.TAKEN_BACK, cause, before, wanted);
        }
    }

    private List<String> wrong(String file, String wanted) {
        List<String> wrong = lint(file, wanted).stream()
                .filter(Finding::isError)
                .map(Finding::toString)
                .toList();
        return wrong.isEmpty() ? hindrances(file, wanted) : wrong;
    }

    /** Why a file could not be applied now though nothing is wrong with it, a line for each reason. */
    public List<String> hindrances(String file, String wanted) {
        List<String> hindrances = new ArrayList<>();
        List<String> missing = folder.missing(wanted);
        if (!missing.isEmpty()) {
            hindrances.add(file + ":1: " + String.join(", ", missing)
                    + " not set: its routes would not start. Set it and start again.");
        }
        Set<String> gone = http(file, running.get(checked(file)));
        gone.removeAll(http(file, wanted));
        if (!gone.isEmpty()) {
            hindrances.add(file + ":1: the address " + String.join(", ", gone)
                    + " goes away, which the web server only forgets when it starts. Change the file and start again.");
        }
        return hindrances;
    }

    private static Set<String> http(String file, String text) {
        return text == null
                ? new LinkedHashSet<>()
                : RouteFile.read(new SourceFile(file, text)).stream()
                        .flatMap(read -> read.routes().stream())
                        .map(route -> route.definition().at("/from/uri").asText(""))
                        .filter(uri -> HTTP.matcher(uri).matches())
                        .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void takeBack(String file, Optional<RouteFolder.Copy> onDisk, String now, String before) {
        try {
            if (onDisk.isPresent()) {
                folder.write(file, onDisk.get().text());
            } else {
                folder.remove(file);
            }
            replace(file, now, before);
        } catch (Exception e) {
            LOG.error("{} could not be taken back: its routes are down until it is applied again", file, e);
        }
    }

    /** Routes made from the old text go, those of the new one come. What a configuration rules is made anew with it. */
    private void replace(String file, String old, String now) throws Exception {
        Set<String> touched = touched(file, old, now);
        for (String id : ids(touched, old, file)) {
            if (camel.getRoute(id) != null) {
                camel.getRouteController().stopRoute(id);
                camel.removeRoute(id);
            }
        }
        removeConfigurations(file, old);
        running.remove(file);
        if (now != null) {
            load(file);
            running.put(file, now);
        }
        for (String each : touched) {
            if (!each.equals(file)) {
                load(each);
            }
        }
    }

    /** The files whose routes are made anew with one. */
    private Set<String> touched(String file, String old, String now) {
        Set<String> touched = new LinkedHashSet<>(List.of(file));
        if (configures(file, old) || configures(file, now)) {
            touched.addAll(running.keySet());
        }
        return touched;
    }

    /** The routes of some files. */
    private Set<String> ids(Set<String> files, String text, String file) {
        Set<String> ids = new LinkedHashSet<>();
        files.forEach(each -> ids.addAll(ids(each, each.equals(file) ? text : running.get(each))));
        return ids;
    }

    private static boolean configures(String file, String text) {
        return text != null
                && RouteFile.read(new SourceFile(file, text))
                        .filter(read -> !read.configurations().isEmpty())
                        .isPresent();
    }

    private void removeConfigurations(String file, String text) throws Exception {
        if (text == null) {
            return;
        }
        ModelCamelContext model = (ModelCamelContext) camel;
        for (String id : RouteFile.read(new SourceFile(file, text))
                .map(RouteFile::configurations)
                .orElse(Set.of())) {
            RouteConfigurationDefinition known = model.getRouteConfigurationDefinition(id);
            if (known != null) {
                model.removeRouteConfiguration(known);
            }
        }
    }

    private void load(String file) throws Exception {
        String location = folder.copy(file).orElseThrow().location();
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveMandatoryResource(camel, location));
    }

    /** The routes that a text makes and those that are there from its file, kamelets with a name of their own included. */
    private Set<String> ids(String file, String text) {
        Set<String> ids = new LinkedHashSet<>();
        for (Route route : camel.getRoutes()) {
            if (route.getSourceResource() != null
                    && route.getSourceResource()
                            .getLocation()
                            .replace('\\', '/')
                            .endsWith("/" + file)) {
                ids.add(route.getRouteId());
            }
        }
        if (text != null) {
            RouteFile.read(new SourceFile(file, text)).ifPresent(read -> {
                read.routes().forEach(route -> ids.add(route.id()));
                ids.addAll(read.namedKamelets());
            });
        }
        return ids;
    }

    private RouteChange written(
            Action action,
            String subject,
            String operator,
            Outcome outcome,
            String message,
            String before,
            String after) {
        RouteChange change =
                new RouteChange(clock.instant(), operator, node, action, subject, outcome, message, before, after);
        LOG.info("{} of {} by {}: {} {}", action, subject, operator, outcome, message);
        log.add(change);
        return change;
    }

    /**
     * Files whose text is not what runs, for who watches the folder; a file that has gone has an empty text. One that is being
     * applied is not among them: this waits for its end.
     */
    synchronized Map<String, String> changed() {
        Map<String, String> changed = new TreeMap<>();
        Map<String, String> written = new TreeMap<>();
        folder.home().routes().forEach(file -> written.put(file.name(), file.text()));
        written.forEach((file, text) -> {
            if (!text.equals(running.get(file)) && folder.missing(text).isEmpty()) {
                changed.put(file, text);
            }
        });
        running.keySet().stream().filter(file -> !written.containsKey(file)).forEach(file -> changed.put(file, ""));
        return changed;
    }
}
