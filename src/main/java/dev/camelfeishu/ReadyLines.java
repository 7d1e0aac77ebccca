package dev.camelfeishu;

import java.io.PrintStream;
import java.util.List;
import org.apache.camel.CamelContext;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says on standard output what to open and what to try, in five lines, when the sandbox is ready. */
@Component
@Profile("sandbox")
class ReadyLines {

    private final Environment environment;
    private final CamelContext camel;
    private final ReferenceErp erp;

    ReadyLines(Environment environment, CamelContext camel, ReferenceErp erp) {
        this.environment = environment;
        this.camel = camel;
        this.erp = erp;
    }

    @EventListener(ApplicationReadyEvent.class)
    void print() {
        if (camel.isStarted()) {
            PrintStream out = System.out;
            out.println(String.join(System.lineSeparator(), lines()));
            out.flush();
        }
    }

    List<String> lines() {
        String order = erp.anyOrder().orElse("<id>");
        String password = environment.getProperty("ops.password", "");
        // one's own password is not to be seen
        String shown = password.equals("ops-sandbox") ? password : "the one you set";
        String erpUrl = environment.getProperty("erp.datasource.url", "");
        return List.of(
                "Ready. Open http://localhost:" + environment.getProperty("feishu.sandbox.port")
                        + " for a Feishu on this machine: chats, cards, approvals and the Base.",
                "Try in a chat:   /help   or   /order " + order,
                "Try the sync:    change " + order + " in erp.orders ("
                        + (erpUrl.isBlank() ? environment.getProperty("spring.datasource.url") : erpUrl)
                        + ") and watch it in the Base; or edit its Status there.",
                "Try an approval: approve a purchase request as 李雷, then as Alice Chen; the ERP gets its purchase order.",
                "Operate:         http://localhost:" + environment.getProperty("local.server.port")
                        + "/console (" + environment.getProperty("ops.username") + " / " + shown
                        + "), health on http://localhost:" + environment.getProperty("local.management.port")
                        + "/actuator/health");
    }
}
