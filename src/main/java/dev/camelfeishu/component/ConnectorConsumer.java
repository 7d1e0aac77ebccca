package dev.camelfeishu.component;

import dev.camelfeishu.connector.Connector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.support.service.ServiceHelper;

/**
 * {@code connector/<name>}: serves what {@code config/connectors} declares under {@code /webhook/connector/<name>} of the main
 * port. The route gets each row that a Base pulls, a map by column, and answers what the Base gets; an empty body keeps the row out.
 */
final class ConnectorConsumer extends DefaultConsumer {

    private static final String PATH = "platform-http:/webhook/connector/";

    private final FeishuEndpoint endpoint;
    private final List<org.apache.camel.Consumer> served = new ArrayList<>();
    private Connector connector;
    private Set<String> tenants;

    ConnectorConsumer(FeishuEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        connector = endpoint.platform().connectors().named(endpoint.getName());
        tenants = Arrays.stream(endpoint.getConfiguration().getTenants().split(","))
                .map(String::strip)
                .filter(tenant -> !tenant.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        connector.unavailable().ifPresent(reason -> {
            throw new IllegalArgumentException("feishu:" + endpoint.operation() + ": " + reason);
        });
        serve("GET", "meta.json", exchange -> answer(exchange, connector.meta()));
        serve(
                "POST",
                "table_meta",
                exchange -> answer(exchange, connector.tableMeta(body(exchange), headers(exchange), tenants)));
        serve(
                "POST",
                "records",
                exchange -> answer(
                        exchange, connector.records(body(exchange), headers(exchange), tenants, this::throughRoute)));
    }

    private void serve(String method, String path, Consumer<Exchange> work) throws Exception {
        var http = endpoint.getCamelContext()
                .getEndpoint(PATH + connector.name() + "/" + path + "?httpMethodRestrict=" + method);
        var consumer = http.createConsumer(work::accept);
        served.add(consumer);
        ServiceHelper.startService(consumer);
    }

    @Override
    protected void doStop() throws Exception {
        ServiceHelper.stopAndShutdownServices(served);
        served.clear();
        super.doStop();
    }

    private Optional<Map<String, Object>> throughRoute(Map<String, Object> row) {
        Exchange exchange = createExchange(false);
        try {
            exchange.getMessage().setBody(row);
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
            return row(exchange);
        } catch (Exception e) {
            throw new IllegalStateException("The route of feishu:" + endpoint.operation() + " failed", e);
        } finally {
            releaseExchange(exchange, false);
        }
    }

    @SuppressWarnings("unchecked")
    private static Optional<Map<String, Object>> row(Exchange exchange) throws InvalidPayloadException {
        Object body = exchange.getMessage().getBody();
        return body == null || "".equals(body)
                ? Optional.empty()
                : Optional.of(exchange.getMessage().getMandatoryBody(Map.class));
    }

    private static byte[] body(Exchange exchange) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        return body == null ? new byte[0] : body;
    }

    private static UnaryOperator<String> headers(Exchange exchange) {
        Message request = exchange.getMessage();
        return name -> request.getHeader(name) instanceof String text ? text : null;
    }

    private static void answer(Exchange exchange, String json) {
        // nothing of the request goes back
        Message message = new DefaultMessage(exchange.getContext());
        exchange.setMessage(message);
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json; charset=utf-8");
        message.setBody(json);
    }
}
