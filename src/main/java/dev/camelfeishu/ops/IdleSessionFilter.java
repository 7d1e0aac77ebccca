package dev.camelfeishu.ops;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Ends a session that nobody uses, and any session after a working day. A page that renews itself is not somebody: the container's
 * own timeout would never come while one is open.
 */
final class IdleSessionFilter extends OncePerRequestFilter {

    /** Sent along by what a page asks for by itself. */
    static final String BY_ITSELF = "Console-Renewal";

    private static final String USED = IdleSessionFilter.class.getName() + ".used";
    private static final Duration LONGEST = Duration.ofHours(12);

    private final Duration idle;
    private final Clock clock;

    IdleSessionFilter(Duration idle, Clock clock) {
        this.idle = idle;
        this.clock = clock;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpSession session = request.getSession(false);
        if (session != null) {
            Instant now = clock.instant();
            Instant used = session.getAttribute(USED) instanceof Instant last ? last : now;
            Instant begun = Instant.ofEpochMilli(session.getCreationTime());
            if (now.isAfter(used.plus(idle)) || now.isAfter(begun.plus(LONGEST))) {
                session.invalidate();
            } else if (request.getHeader(BY_ITSELF) == null || session.getAttribute(USED) == null) {
                session.setAttribute(USED, now);
            }
        }
        chain.doFilter(request, response);
    }
}
