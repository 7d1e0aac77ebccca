package dev.camelfeishu.route;

import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.Ingresses;
import dev.camelfeishu.event.PostgresAppTickets;
import dev.camelfeishu.ops.AppSettings;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** The two webhooks of each app that events come to by webhook; in mode {@code socket} of store apps alone, which have no long connection. */
@Component
class AppWebhooks {

    private final Map<String, Webhook> byPath = new TreeMap<>();

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
            if (served.contains(app)) {
                String path = app.equals(Apps.DEFAULT) ? "/webhook/" : "/webhook/" + app + "/";
                add(new EventWebhook(path + "event", ingress, journal, tickets, clicks));
                add(new CardWebhook(path + "card", ingress, clicks));
            }
        });
    }

    private void add(Webhook webhook) {
        byPath.put(webhook.path(), webhook);
    }

    Map<String, Webhook> byPath() {
        return Map.copyOf(byPath);
    }
}
