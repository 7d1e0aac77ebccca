package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sync.Batch;
import dev.camelfeishu.sync.PairSync;
import dev.camelfeishu.sync.RowTransform;
import dev.camelfeishu.sync.RowVetoedException;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.ProducerTemplate;

/** Pairs of a SQL table and a Bitable table: what the routes of a pair do. */
final class PairOperations {

    private PairOperations() {}

    /** {@code bitable/poll}: marks rows that have changed in the SQL table; the body becomes their number. */
    static void poll(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        exchange.getMessage().setBody(pair(options, platform).poll());
    }

    /** {@code bitable/hint}: the body is a drive.file.bitable_record_changed_v1; marks its records. */
    static void hint(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        var event = FeishuConverters.toJson(exchange.getMessage().getBody());
        exchange.getMessage().setBody(pair(options, platform).hint(event));
    }

    /**
     * {@code bitable/probe}: marks records that have changed without an event, and appends the event that never came to the
     * journal, so that every route that waits for it gets it; the body becomes the number of marks.
     */
    static void probe(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        exchange.getMessage().setBody(pair(options, platform).probe(missed(options, platform)));
    }

    /** Appends an event that never came to the journal. */
    static Consumer<ObjectNode> missed(FeishuConfiguration options, FeishuPlatform platform) {
        return event -> EventOperations.append(
                platform,
                options.getAppName(),
                "drive.file.bitable_record_changed_v1",
                String.join(
                        "/",
                        "missed",
                        event.path("table_id").asText(),
                        event.path("revision").asText(),
                        event.at("/action_list/0/record_id").asText()),
                event);
    }

    /** {@code bitable/merge}: the body is a batch of feishu:bitable/changes; both sides become equal. */
    static void merge(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Batch batch;
        try {
            batch = exchange.getMessage().getMandatoryBody(Batch.class);
        } catch (InvalidPayloadException e) {
            throw new IllegalArgumentException("feishu:bitable/merge stands behind feishu:bitable/changes only", e);
        }
        var template = exchange.getContext().createProducerTemplate();
        try (template) {
            pair(options, platform).merge(batch, new Routes(template, options.getToBitable(), options.getToErp()));
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * {@code bitable/verify}: compares everything; the body becomes the report, or empty when the month's calls are nearly used
     * up and the last comparison is young enough.
     */
    static void verify(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        exchange.getMessage().setBody(pair(options, platform).verifyOnSchedule().orElse(null));
    }

    static PairSync pair(FeishuConfiguration options, FeishuPlatform platform) {
        return platform.pairs().named(options.getPair());
    }

    /** Rows pass through routes; a direction without a route changes nothing. */
    private record Routes(ProducerTemplate template, String toBitable, String toErp) implements RowTransform {

        @Override
        public Map<String, Object> toBitable(Map<String, Object> row) {
            return through(toBitable, row);
        }

        @Override
        public Map<String, Object> toErp(Map<String, Object> row) {
            return through(toErp, row);
        }

        @SuppressWarnings("unchecked")
        private Map<String, Object> through(String route, Map<String, Object> row) {
            if (route == null) {
                return row;
            }
            Exchange done =
                    template.request(route, exchange -> exchange.getMessage().setBody(row));
            if (done.getException() != null) {
                throw done.getException() instanceof RuntimeException cause
                        ? cause
                        : new CamelExecutionException("The route failed", done, done.getException());
            }
            String veto = done.getMessage().getHeader(FeishuConstants.VETO, String.class);
            if (veto != null && !veto.isBlank()) {
                throw new RowVetoedException(veto);
            }
            Object body = done.getMessage().getBody();
            if (body == null || body.equals("")) {
                return null;
            }
            Map<String, Object> answer = done.getMessage().getBody(Map.class);
            if (answer == null) {
                throw new IllegalStateException(
                        route + " ends with a " + body.getClass().getSimpleName()
                                + " in the body: it must be a map, column name to value, or empty");
            }
            return answer;
        }
    }
}
