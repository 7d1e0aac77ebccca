package dev.camelfeishu.sandbox.base;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;

/** Whole days that a date filter names, in the base's time zone: {@code from} included, {@code to} excluded, epoch milliseconds. */
record DateSpan(long from, long to) {
    static DateSpan of(Condition condition, ZoneId zone, Clock clock) {
        if (condition.values().isEmpty()) {
            throw condition.wrong("takes a date");
        }
        String name = condition.values().get(0);
        if (condition.values().size() != (name.equals("ExactDate") ? 2 : 1)) {
            throw condition.wrong("takes [\"ExactDate\",\"<ms>\"] or one name of days");
        }
        LocalDate today = LocalDate.now(clock.withZone(zone));
        LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        LocalDate first = today.withDayOfMonth(1);
        return switch (name) {
            case "ExactDate" -> day(exact(condition, zone), zone);
            case "Today" -> day(today, zone);
            case "Tomorrow" -> day(today.plusDays(1), zone);
            case "Yesterday" -> day(today.minusDays(1), zone);
            case "CurrentWeek" -> within(condition, monday, monday.plusWeeks(1), zone);
            case "LastWeek" -> within(condition, monday.minusWeeks(1), monday, zone);
            case "CurrentMonth" -> within(condition, first, first.plusMonths(1), zone);
            case "LastMonth" -> within(condition, first.minusMonths(1), first, zone);
            case "TheLastWeek" -> within(condition, today.minusDays(7), today, zone);
            case "TheNextWeek" -> within(condition, today.plusDays(1), today.plusDays(8), zone);
            case "TheLastMonth" -> within(condition, today.minusDays(30), today, zone);
            case "TheNextMonth" -> within(condition, today.plusDays(1), today.plusDays(31), zone);
            default -> throw condition.wrong("does not know " + name);
        };
    }

    private static LocalDate exact(Condition condition, ZoneId zone) {
        try {
            return Instant.ofEpochMilli(Long.parseLong(condition.values().get(1)))
                    .atZone(zone)
                    .toLocalDate();
        } catch (NumberFormatException | DateTimeException e) {
            throw condition.wrong("takes epoch milliseconds");
        }
    }

    private static DateSpan day(LocalDate day, ZoneId zone) {
        return span(day, day.plusDays(1), zone);
    }

    private static DateSpan within(Condition condition, LocalDate from, LocalDate to, ZoneId zone) {
        if (!condition.operator().equals("is")) {
            throw condition.wrong("takes one day");
        }
        return span(from, to, zone);
    }

    private static DateSpan span(LocalDate from, LocalDate to, ZoneId zone) {
        return new DateSpan(
                from.atStartOfDay(zone).toInstant().toEpochMilli(),
                to.atStartOfDay(zone).toInstant().toEpochMilli());
    }
}
