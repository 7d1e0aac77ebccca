package dev.camelfeishu.route;

import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.Ingresses;
import dev.camelfeishu.event.PostgresAppTickets;
import dev.camelfeishu.ops.AppSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Processor;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** The two webhooks of each app that events come to by webhook. */
@Component
class AppWebhooks {

    private final List<Webhook> all = new ArrayList<>();

    AppWebhooks(
            Ingresses ingresses,
            EventJournal journal,
            PostgresAppTickets tickets,
            ClickAnswer clicks,
            Environment environment) {
        boolean socket =
                environment.getProperty("feishu.event-mode", "").strip().equals("socket");
        Set<String> served = AppSettings.read(environment).stream()
                .filter(app -> !socket || app.isStore())
                .map(AppSettings::name)
                .collect(Collectors.toSet());
        ingresses.byApp().forEach((app, ingress) -> {
            if (!served.contains(app)) {
                return;
            }
            boolean isDefault = app.equals(Apps.DEFAULT);
            String path = isDefault ? "/webhook/" : "/webhook/" + app + "/";
            String id = isDefault ? "webhook-" : "webhook-" + app + "-";
            all.add(new Webhook(path + "event", id + "event", new EventWebhook(ingress, journal, tickets, clicks)));
            all.add(new Webhook(path + "card", id + "card", new CardWebhook(ingress, clicks)));
        });
    }

    List<Webhook> all() {
        return List.copyOf(all);
    }

    /** @param id of its route */
    record Webhook(String path, String id, Processor processor) {

        /** Where its route takes requests of the main port from. */
        String direct() {
            return "direct:" + id;
        }
    }
}
