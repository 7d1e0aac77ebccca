package dev.camelfeishu;

import dev.camelfeishu.component.RouteNeeds;
import dev.camelfeishu.ops.Flow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** What flows need of Feishu, together with what the application does by itself. */
final class FlowNeeds {

    private static final String KAMELET = ".kamelet.yaml";

    private FlowNeeds() {}

    /** @throws IllegalArgumentException when a route names what does not exist */
    static RouteNeeds of(HomeFiles files, Collection<Flow> flows, Environment environment) {
        Map<String, String> routes = new TreeMap<>();
        flows.forEach(
                flow -> routes.put(flow.file(), read(files.file(flow.file()).orElseThrow())));
        List<RouteNeeds.Use> uses = new ArrayList<>(RouteNeeds.uses(routes, kamelets(files)));
        uses.addAll(ofTheApplication(environment));
        return RouteNeeds.of(uses);
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
