package dev.camelfeishu.sync;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** When everything is compared. */
public sealed interface VerifySchedule {

    /**
     * The first time after {@code since}.
     *
     * @param since end of the last comparison
     */
    Instant next(Instant since);

    /** So long after the last one. */
    record Every(Duration period) implements VerifySchedule {
        @Override
        public Instant next(Instant since) {
            return since.plus(period);
        }
    }

    /**
     * At the times of a Quartz cron expression.
     *
     * @param zone in which the expression is meant
     */
    record Cron(String expression, TimeZone zone) implements VerifySchedule {

        public Cron {
            if (!CronExpression.isValidExpression(expression)) {
                throw new IllegalArgumentException("not a Quartz cron: " + expression);
            }
        }

        @Override
        public Instant next(Instant since) {
            try {
                var cron = new CronExpression(expression);
                cron.setTimeZone(zone);
                var next = cron.getNextValidTimeAfter(Date.from(since));
                return next == null ? Instant.MAX : next.toInstant();
            } catch (ParseException checkedBefore) {
                throw new IllegalStateException(checkedBefore);
            }
        }
    }
}
