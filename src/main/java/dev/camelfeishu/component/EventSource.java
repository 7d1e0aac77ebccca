package dev.camelfeishu.component;

import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import org.apache.camel.Exchange;

/** What a consumer takes from the journal and how it becomes an exchange. */
interface EventSource {

    /** Property of an exchange that a person is waiting for. */
    String PERSON_WAITS = "CamelFeishuPersonWaits";

    /** Whether the route wants the event: decided from the event alone, before it is stored for the route. */
    boolean accepts(FeishuEvent event);

    /**
     * Fills the exchange's body, headers and variables. Runs on a lane's thread and may call Feishu.
     *
     * @return false when it turns out that there is nothing for the route to do
     */
    boolean fill(EventJournal.Delivery delivery, Exchange exchange);

    /** How often a delivery is tried, when the endpoint does not say. */
    default int attempts() {
        return EventJournal.Options.DEFAULT.attempts();
    }

    /** Whether a person waits for what the route does. */
    default boolean personWaits() {
        return false;
    }

    /** The route is done with the exchange. */
    default void done(EventJournal.Delivery delivery, Exchange exchange) {}

    /** The route has failed, or {@link #fill} has. */
    default void failed(Exchange exchange) {}

    /** The consumer starts: what must be so at Feishu for events to come. Must not block. */
    default void started() {}

    /** The consumer stops. */
    default void stopped() {}

    /** The route is there, but not yet started. It may come again: Camel makes a consumer for each start. */
    default void added(String routeId) {}

    /** The route is removed. */
    default void removed(String routeId) {}
}
