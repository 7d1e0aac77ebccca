package dev.camelfeishu.component;

import dev.camelfeishu.event.Apps;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;

/** Every endpoint that a route can begin with. */
final class Sources {

    private Sources() {}

    /**
     * @throws IllegalArgumentException when there is none of that name, or it lacks an option; the message names the fix
     */
    static Consumer consumer(FeishuEndpoint endpoint, Processor processor) {
        FeishuConfiguration options = endpoint.getConfiguration();
        String name = endpoint.getName();
        String operation = endpoint.operation();
        if (operation.equals("approval/changes")) {
            require(operation, "option code", options.getCode());
            requireDefaultApp(endpoint);
            return new JournalConsumer(endpoint, processor, new ApprovalChanges(endpoint));
        }
        if (operation.equals("bitable/changes")) {
            require(operation, "option pair", options.getPair());
            requireDefaultApp(endpoint);
            return new PairConsumer(endpoint, processor);
        }
        if (operation.equals("card/action")) {
            require(operation, "option action", options.getAction());
            return new JournalConsumer(endpoint, processor, new CardClicks(endpoint));
        }
        if ("connector".equals(endpoint.getGroup())) {
            require("connector/…", "name of a connector", name);
            require(operation, "option tenants", options.getTenants());
            return new ConnectorConsumer(endpoint, processor);
        }
        if (operation.equals("dead-letter")) {
            return new DeadLetterConsumer(endpoint, processor);
        }
        if ("event".equals(endpoint.getGroup())) {
            require("event/…", "name of an event type", name);
            return new JournalConsumer(endpoint, processor, new EventsOfType(endpoint));
        }
        if ("command".equals(endpoint.getGroup())) {
            require("command/…", "name of a command, or *", name);
            return new JournalConsumer(endpoint, processor, new Commands(endpoint));
        }
        throw new IllegalArgumentException("feishu:" + operation + " is not something to receive from. There are:"
                + " approval/changes, bitable/changes, card/action, command/<name or *>, connector/<name>, dead-letter,"
                + " event/<type>");
    }

    /** Definitions are subscribed, instances and pairs read, as that app. */
    private static void requireDefaultApp(FeishuEndpoint endpoint) {
        if (!endpoint.appName().equals(Apps.DEFAULT)) {
            throw new IllegalArgumentException("feishu:" + endpoint.operation() + " works as the app " + Apps.DEFAULT
                    + " only; leave the option appName out, or take the events with feishu:event/…");
        }
    }

    private static void require(String operation, String what, String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("feishu:" + operation + " needs the " + what);
        }
    }
}
