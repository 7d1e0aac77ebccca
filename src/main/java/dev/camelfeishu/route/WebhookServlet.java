package dev.camelfeishu.route;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webhooks on the main port: hands a request to its route and lets go of the thread until the answer is there. With
 * platform-http each request that waits for its commit would hold a thread.
 */
final class WebhookServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(WebhookServlet.class);

    /** The processors answer sooner whatever happens. */
    private static final long TIMEOUT = Duration.ofSeconds(10).toMillis();

    private final transient CamelContext camel;
    private final transient List<AppWebhooks.Webhook> webhooks;
    private final transient Map<String, AsyncProducer> byPath = new HashMap<>();

    WebhookServlet(CamelContext camel, List<AppWebhooks.Webhook> webhooks) {
        this.camel = camel;
        this.webhooks = webhooks;
    }

    @Override
    public void init() throws ServletException {
        try {
            for (AppWebhooks.Webhook webhook : webhooks) {
                AsyncProducer producer =
                        camel.getEndpoint(webhook.direct() + "?block=false").createAsyncProducer();
                ServiceHelper.startService(producer);
                byPath.put(webhook.path(), producer);
            }
        } catch (Exception e) {
            throw new ServletException("The webhooks cannot be reached", e);
        }
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        AsyncProducer producer = byPath.get(request.getRequestURI());
        if (producer == null) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        Exchange exchange = producer.getEndpoint().createExchange(ExchangePattern.InOut);
        Message message = exchange.getMessage();
        for (String name : Collections.list(request.getHeaderNames())) {
            // those mean something to Camel and are nobody's to send
            if (!name.toLowerCase(Locale.ROOT).startsWith("camel")) {
                message.setHeader(name, request.getHeader(name));
            }
        }
        try {
            message.setBody(request.getInputStream().readAllBytes());
        } catch (IOException e) {
            LOG.debug("A body did not arrive", e);
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        AsyncContext waiting = request.startAsync(request, response);
        waiting.setTimeout(TIMEOUT);
        producer.process(exchange, done -> answer(exchange, waiting));
    }

    private static void answer(Exchange exchange, AsyncContext waiting) {
        HttpServletResponse response = (HttpServletResponse) waiting.getResponse();
        try {
            if (exchange.getException() != null) {
                LOG.error("A webhook did not answer", exchange.getException());
                response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            } else {
                Message message = exchange.getMessage();
                byte[] body = message.getBody(String.class).getBytes(StandardCharsets.UTF_8);
                response.setStatus(message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class));
                response.setContentType(message.getHeader(Exchange.CONTENT_TYPE, String.class));
                response.setContentLength(body.length);
                response.getOutputStream().write(body);
            }
        } catch (IOException e) {
            LOG.debug("The sender of a webhook has gone", e);
        } finally {
            waiting.complete();
        }
    }
}
