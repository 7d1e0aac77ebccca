package dev.camelfeishu.sandbox;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.util.UriUtils;

/** Takes every request to the sandbox: calls of the Open Platform through {@link Gate}, control calls through {@link Guard}. */
final class Platform extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(Platform.class);
    private static final DateTimeFormatter LOG_ID =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
    private static final int MAX_BODY = 8 * 1024 * 1024;

    private final transient Gate gate;
    private final transient Router router;
    private final transient CallLog log;

    Platform(Gate gate, Router router, CallLog log) {
        this.gate = gate;
        this.router = router;
        this.log = log;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long begin = System.nanoTime();
        String logId = LOG_ID.format(Instant.now())
                + UUID.randomUUID().toString().replace("-", "").substring(0, 18).toUpperCase(Locale.ROOT);
        request.setCharacterEncoding(StandardCharsets.UTF_8.name());
        boolean form = String.valueOf(request.getContentType()).startsWith("multipart/form-data");
        byte[] body = form ? new byte[0] : request.getInputStream().readNBytes(MAX_BODY + 1);
        String path = request.getRequestURI();
        // the upload of approval files is on another host of the platform, which here is the same
        boolean api =
                path.equals("/open-apis") || path.startsWith("/open-apis/") || path.startsWith("/approval/openapi/");
        Gate.Outcome outcome;
        try {
            if (body.length > MAX_BODY) {
                throw new Refusal(413, 9499, "Bad Request: the body is larger than " + MAX_BODY + " bytes");
            }
            List<String> segments = segments(path);
            Call call = new Call(
                    request.getMethod().toUpperCase(Locale.ROOT),
                    "/" + String.join("/", segments),
                    Map.of(),
                    first(query(request.getQueryString())),
                    headers(request),
                    body,
                    null,
                    query(request.getQueryString()),
                    form ? new ServletForm(request) : Form.NONE);
            api |= gate.documents(call.method(), segments);
            outcome = api ? gate.answer(call, segments) : new Gate.Outcome(control(call, segments), null);
        } catch (Refusal refusal) {
            outcome = new Gate.Outcome(Gate.refused(refusal), null);
        } catch (Denial denial) {
            outcome = new Gate.Outcome(Gate.refused(new Refusal(400, denial.code(), denial.getMessage())), null);
        } catch (RuntimeException e) {
            LOG.error("The sandbox failed to answer {} (log id {})", request.getMethod(), logId, e);
            outcome = new Gate.Outcome(Gate.refused(new Refusal(500, 1500, "internal error")), null);
        }
        String text = outcome.answer() == null ? "" : text(outcome.answer(), logId);
        if (api) {
            log.add(new CallLog.Entry(
                    Instant.now(),
                    request.getMethod(),
                    path,
                    request.getQueryString(),
                    outcome.template(),
                    outcome.answer() == null ? 0 : outcome.answer().status(),
                    code(outcome.answer()),
                    logId,
                    (System.nanoTime() - begin) / 1_000_000,
                    form ? "(a form)" : CallLog.masked(new String(body, StandardCharsets.UTF_8)),
                    CallLog.masked(text)));
        }
        if (outcome.answer() == null) {
            request.setAttribute(DropValve.DROP, true);
            return;
        }
        Answer answer = outcome.answer();
        response.setStatus(answer.status());
        response.setHeader("X-Tt-Logid", logId);
        response.setHeader("X-Request-Id", logId);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setContentType("application/json; charset=utf-8");
        answer.headers().forEach(response::setHeader);
        if (answer.content() == null) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
            return;
        }
        if (answer.status() != HttpServletResponse.SC_NOT_MODIFIED) {
            response.setContentLengthLong(answer.content().length());
        }
        answer.content().writeTo(response.getOutputStream());
    }

    private static String text(Answer answer, String logId) {
        return answer.content() == null
                ? Gate.text(answer, logId)
                : "(" + answer.content().length() + " bytes)";
    }

    private Answer control(Call call, List<String> segments) {
        if (call.path().equals("/sandbox") || call.path().startsWith("/sandbox/")) {
            Guard.check(call);
        }
        PathTemplates.Match<Endpoint> match = router.find(call.method(), segments)
                .orElseThrow(() -> new Refusal(404, 404, "The sandbox has nothing at this method and path."));
        return match.value().answer(call.at(match.variables(), null));
    }

    private static Integer code(Answer answer) {
        return answer == null || !answer.body().path("code").isInt()
                ? null
                : Integer.valueOf(answer.body().path("code").asInt());
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        try {
            for (String segment : path.substring(1).split("/", -1)) {
                segments.add(UriUtils.decode(segment, StandardCharsets.UTF_8));
            }
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, 9499, "Bad Request: the path is not well encoded");
        }
        return segments;
    }

    private static Map<String, String> first(Map<String, List<String>> query) {
        Map<String, String> first = new HashMap<>();
        query.forEach((name, values) -> first.put(name, values.get(0)));
        return Collections.unmodifiableMap(first);
    }

    private static Map<String, List<String>> query(String text) {
        Map<String, List<String>> query = new HashMap<>();
        if (text == null || text.isEmpty()) {
            return query;
        }
        try {
            for (String pair : text.split("&")) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                query.computeIfAbsent(decoded(name), any -> new ArrayList<>()).add(decoded(value));
            }
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, 9499, "Bad Request: the query is not well encoded");
        }
        return Collections.unmodifiableMap(query);
    }

    private static String decoded(String text) {
        return UriUtils.decode(text.replace('+', ' '), StandardCharsets.UTF_8);
    }

    private static Map<String, String> headers(HttpServletRequest request) {
        Map<String, String> headers = new HashMap<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            headers.put(name.toLowerCase(Locale.ROOT), request.getHeader(name));
        }
        return Collections.unmodifiableMap(headers);
    }
}
