package dev.camelfeishu.event.socket;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;

/** What a connection counts, by the app's name. */
final class SocketMeters {

    private final MeterRegistry meters;
    private final String app;

    SocketMeters(MeterRegistry meters, String app) {
        this.meters = meters;
        this.app = app;
    }

    void frame(String type) {
        meters.counter("feishu.socket.frames", "app", app, "type", type).increment();
    }

    void ack(int code, Duration time) {
        meters.timer("feishu.socket.acks", "app", app, "code", Integer.toString(code))
                .record(time);
    }

    void reconnect(Session.End cause) {
        meters.counter(
                        "feishu.socket.reconnects",
                        "app",
                        app,
                        "cause",
                        cause.name().toLowerCase(Locale.ROOT))
                .increment();
    }
}
