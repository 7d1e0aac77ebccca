package dev.camelfeishu.ops.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.springframework.context.MessageSource;

/** Times and numbers as a person reads them; part of every page's model as {@code words}. */
public final class Words {

    private static final DateTimeFormatter EXACT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss XXX");
    private static final int SHORT_ID = 14;
    private static final int LONGEST = 80;

    private final MessageSource texts;
    private final Locale locale;
    private final ZoneId zone;
    private final Instant now;

    Words(MessageSource texts, Locale locale, ZoneId zone, Instant now) {
        this.texts = texts;
        this.locale = locale;
        this.zone = zone;
        this.now = now;
    }

    public String say(String key, Object... arguments) {
        return texts.getMessage(key, arguments, locale);
    }

    /** A word for what may also be a value that nobody translated, such as a status of the ERP. */
    public String known(String prefix, Object value) {
        return texts.getMessage(prefix + "." + value, null, String.valueOf(value), locale);
    }

    /** "3 min ago", "in 2 h"; "" for null. */
    public String ago(Instant time) {
        if (time == null) {
            return "";
        }
        Duration away = Duration.between(time, now);
        boolean past = !away.isNegative();
        return away.abs().toSeconds() < 5 ? say("time.now") : say(past ? "time.ago" : "time.in", span(away.abs()));
    }

    public String ago(JsonNode time) {
        return ago(instant(time));
    }

    /** "850 ms", "3 s", "5 min", "2 h", "3 d". */
    public String span(Duration duration) {
        if (duration.toSeconds() < 1) {
            return duration.toMillis() + " " + say("time.ms");
        }
        if (duration.toSeconds() < 120) {
            return duration.toSeconds() + " " + say("time.s");
        }
        if (duration.toMinutes() < 120) {
            return duration.toMinutes() + " " + say("time.min");
        }
        return duration.toHours() < 48
                ? duration.toHours() + " " + say("time.h")
                : duration.toDays() + " " + say("time.d");
    }

    public String seconds(double seconds) {
        return seconds == 0 ? "0 " + say("time.s") : span(Duration.ofMillis(Math.round(seconds * 1000)));
    }

    /** To the second, with its offset from UTC. */
    public String exact(Instant time) {
        return time == null ? "" : EXACT.format(time.atZone(zone));
    }

    public String exact(JsonNode time) {
        return exact(instant(time));
    }

    public String number(Number number) {
        NumberFormat format = NumberFormat.getNumberInstance(locale);
        format.setMaximumFractionDigits(Math.abs(number.doubleValue()) < 10 ? 1 : 0);
        return format.format(number);
    }

    /** Of a share between 0 and 1; a dash when there is none. */
    public String percent(double share) {
        if (Double.isNaN(share)) {
            return "–";
        }
        NumberFormat format = NumberFormat.getPercentInstance(locale);
        format.setMaximumFractionDigits(2);
        // what is nearly all is not all
        return format.format(share < 1 ? Math.min(share, 0.9999) : 1);
    }

    /** The beginning and the end of a long id. */
    public String shortened(String id) {
        return id.length() <= SHORT_ID + 2 ? id : id.substring(0, SHORT_ID - 4) + "…" + id.substring(id.length() - 5);
    }

    /** A long address, cut at its end. */
    public String clipped(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    private static Instant instant(JsonNode time) {
        return time == null || !time.isTextual() ? null : Instant.parse(time.textValue());
    }
}
