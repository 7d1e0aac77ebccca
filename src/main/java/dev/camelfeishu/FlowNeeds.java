package dev.camelfeishu;

import dev.camelfeishu.component.RouteNeeds;
import dev.camelfeishu.openapi.Endpoint;
import dev.camelfeishu.openapi.EndpointCatalog;
import dev.camelfeishu.ops.Flow;
import dev.camelfeishu.sync.Lookup;
import dev.camelfeishu.sync.PairDeclaration;
import dev.camelfeishu.sync.PairDeclarationParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** What flows need of Feishu, together with what the application does by itself. */
final class FlowNeeds {

    private static final String KAMELET = ".kamelet.yaml";

    private FlowNeeds() {}

    /**
     * @throws IllegalArgumentException when a route names what does not exist
     * @throws dev.camelfeishu.sync.PairDeclarationException when a pair is declared wrongly
     */
    static RouteNeeds of(HomeFiles files, Collection<Flow> flows, Environment environment) {
        Map<String, String> routes = new TreeMap<>();
        flows.forEach(
                flow -> routes.put(flow.file(), read(files.file(flow.file()).orElseThrow())));
        List<RouteNeeds.Use> uses = new ArrayList<>(RouteNeeds.uses(routes, kamelets(files)));
        uses.addAll(ofTheApplication(environment));
        return RouteNeeds.of(uses).with(ofPairs(files, uses, environment));
    }

    /** What the pairs that routes name ask about people. A name in a placeholder may be that of any. */
    private static List<RouteNeeds.Call> ofPairs(
            HomeFiles files, Collection<RouteNeeds.Use> uses, Environment environment) {
        Set<String> named = uses.stream()
                .map(use -> use.options().get("pair"))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (named.isEmpty()) {
            return List.of();
        }
        boolean any = named.stream().anyMatch(name -> name.contains("{{"));
        PairDeclarationParser parser = new PairDeclarationParser(environment::getProperty);
        List<RouteNeeds.Call> calls = new ArrayList<>();
        for (HomeFile file : files.find("config/pairs/*.yaml")) {
            PairDeclaration pair = parser.parse(file.name(), read(file));
            if (any || named.contains(pair.name())) {
                for (Lookup lookup : pair.lookups()) {
                    Endpoint endpoint = EndpointCatalog.packed()
                            .match(lookup.method(), lookup.path())
                            .orElseThrow()
                            .endpoint();
                    calls.add(new RouteNeeds.Call(endpoint, false, file.name(), lookup.fieldScopes()));
                }
            }
        }
        return calls;
    }

    /** The routes that are no files. */
    private static List<RouteNeeds.Use> ofTheApplication(Environment environment) {
        List<RouteNeeds.Use> uses = new ArrayList<>();
        if (StringUtils.hasText(environment.getProperty("feishu.ops-chat-id"))) {
            String where = "FEISHU_OPS_CHAT_ID";
            uses.add(new RouteNeeds.Use(false, "message/send", Map.of(), where));
            uses.add(new RouteNeeds.Use(true, "card/action", Map.of(), where));
        }
        if (StringUtils.hasText(environment.getProperty("feishu.bot.allowed-departments"))) {
            uses.add(new RouteNeeds.Use(
                    false,
                    "api",
                    Map.of("method", "GET", "path", "/open-apis/contact/v3/users/:user_id"),
                    "feishu.bot.allowed-departments"));
        }
        return uses;
    }

    private static Map<String, String> kamelets(HomeFiles files) {
        Map<String, String> kamelets = new TreeMap<>();
        for (HomeFile file : files.find("routes/**/*" + KAMELET)) {
            String name = file.name().substring(file.name().lastIndexOf('/') + 1);
            kamelets.put(name.substring(0, name.length() - KAMELET.length()), read(file));
        }
        return kamelets;
    }

    private static String read(HomeFile file) {
        try {
            return file.resource().getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.name(), e);
        }
    }
}
