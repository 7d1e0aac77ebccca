package dev.camelfeishu.event;

import java.util.List;
import org.slf4j.MDC;

/** What every line logged during a delivery carries, whoever logs it, as long as it is logged on the lane's thread. */
final class LogContext implements AutoCloseable {

    private static final String LOG_ID = "log_id";
    private static final List<String> NAMES =
            List.of("event_id", "event_type", "route", "app_id", "tenant", "reference", "trace_id", LOG_ID);

    private LogContext() {}

    static LogContext of(EventJournal.Delivery delivery) {
        FeishuEvent event = delivery.event();
        MDC.put("event_id", event.eventId());
        MDC.put("event_type", event.type());
        MDC.put("route", delivery.subscription());
        MDC.put("app_id", event.appId());
        MDC.put("tenant", event.tenantKey());
        MDC.put("reference", Long.toString(delivery.id()));
        MDC.put("trace_id", event.trace().traceId());
        return new LogContext();
    }

    /** @param logId Feishu's, or null */
    static void logId(String logId) {
        if (logId != null) {
            MDC.put(LOG_ID, logId);
        }
    }

    @Override
    public void close() {
        NAMES.forEach(MDC::remove);
    }
}
