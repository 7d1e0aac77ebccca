package dev.camelfeishu.route;

import dev.camelfeishu.event.Retention;
import java.time.Duration;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Ends once a day the keeping of events and dead letters that are older than {@code feishu.retention}. */
@Component
class RetentionRoutes extends RouteBuilder {

    private final Retention retention;
    private final Duration kept;

    RetentionRoutes(Retention retention, @Value("${feishu.retention}") Duration kept) {
        this.retention = retention;
        this.kept = kept;
    }

    @Override
    public void configure() {
        from("quartz:retention?cron={{feishu.retention-cron}}&trigger.timeZone={{TZ:UTC}}")
                .routeId("retention")
                .errorHandler(deadLetterChannel("feishu:dead-letter").deadLetterHandleNewException(false))
                .process(exchange -> exchange.getMessage().setBody(retention.purge(kept)))
                .to("feishu:dead-letter/resolve")
                .log("Older than {{feishu.retention}} and removed: ${body}");
    }
}
