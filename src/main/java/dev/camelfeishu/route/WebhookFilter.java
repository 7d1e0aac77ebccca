package dev.camelfeishu.route;

import dev.camelfeishu.event.Ingress;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webhooks on the main port: verifies a request and lets go of its thread until the answer is there. With platform-http each
 * request that waits for its commit would hold a thread.
 */
final class WebhookFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(WebhookFilter.class);

    /** The webhooks answer sooner whatever happens. */
    private static final long TIMEOUT = Duration.ofSeconds(10).toMillis();

    private final transient Map<String, Webhook> webhooks;

    WebhookFilter(Map<String, Webhook> webhooks) {
        this.webhooks = webhooks;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Webhook webhook = webhooks.get(request.getRequestURI());
        if (webhook == null) {
            chain.doFilter(request, response);
            return;
        }
        if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        byte[] body;
        try {
            body = body(request);
        } catch (IOException e) {
            LOG.debug("A body did not arrive", e);
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        if (body.length > Ingress.MAX_BODY) {
            response.setHeader("Connection", "close");
            write(response, WebhookAnswer.refusal(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE));
            return;
        }
        AsyncContext waiting = request.startAsync(request, response);
        waiting.setTimeout(TIMEOUT);
        webhook.receive(body, request::getHeader).thenAccept(answer -> {
            try {
                write(response, answer);
            } catch (IOException e) {
                LOG.debug("The sender of a webhook has gone", e);
            } finally {
                waiting.complete();
            }
        });
    }

    /** One byte more than is allowed is enough to refuse it. */
    private static byte[] body(HttpServletRequest request) throws IOException {
        long declared = request.getContentLengthLong();
        int most = Ingress.MAX_BODY + 1;
        return declared > Ingress.MAX_BODY
                ? new byte[most]
                : request.getInputStream().readNBytes(most);
    }

    private static void write(HttpServletResponse response, WebhookAnswer answer) throws IOException {
        response.setStatus(answer.status());
        response.setContentType(WebhookAnswer.CONTENT_TYPE);
        response.setContentLength(answer.body().length);
        response.getOutputStream().write(answer.body());
    }
}
