package dev.camelfeishu.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Leaves out Camel's stack trace of a failed start. The same failure is thrown, and {@link RouteFailureAnalyzer} says it in
 * three lines.
 */
public final class SaidOnceFilter extends TurboFilter {

    public static void install() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getTurboFilterList().removeIf(SaidOnceFilter.class::isInstance);
            SaidOnceFilter filter = new SaidOnceFilter();
            filter.setContext(context);
            filter.start();
            context.addTurboFilter(filter);
        }
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] parameters, Throwable thrown) {
        boolean said = format != null && format.startsWith("Error starting CamelContext");
        return said ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
