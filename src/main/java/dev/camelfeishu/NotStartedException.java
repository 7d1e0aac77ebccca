package dev.camelfeishu;

import java.util.List;
import org.springframework.boot.SpringApplication;

/** The set-up must be mended by a person before the application can start: one line for each thing to mend. */
public class NotStartedException extends SpringApplication.AbandonedRunException {

    private final List<String> lines;

    public NotStartedException(List<String> lines) {
        this.lines = List.copyOf(lines);
    }

    public NotStartedException(String line, Throwable cause) {
        this(List.of(line));
        initCause(cause);
    }

    public List<String> lines() {
        return lines;
    }

    @Override
    public String getMessage() {
        return String.join(System.lineSeparator(), lines);
    }
}
