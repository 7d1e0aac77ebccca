package dev.camelfeishu.component;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Every operation of a producer, with the options it cannot do without. */
final class Operations {

    private record Entry(Operation operation, List<String> required) {}

    private static final Map<String, Entry> ALL = new TreeMap<>();

    static {
        // POST /open-apis/im/v1/messages, POST …/messages/:message_id/reply, PATCH …/messages/:message_id
        add("message/send", MessageOperations::send);
        add("message/reply", MessageOperations::reply);
        add("card/update", MessageOperations::updateCard, "card");
        // the answer of a card callback
        add("card/answer", MessageOperations::answerClick);
        // /open-apis/approval/v4/...
        add("approval/submit", ApprovalOperations::submit, "code", "key");
        add("approval/get", ApprovalOperations::get);
        add("approval/due", ApprovalOperations::due, "code");
        add("approval/approve", ApprovalOperations::approve, "code");
        add("approval/reject", ApprovalOperations::reject, "code");
        // /open-apis/bitable/v1/...
        add("bitable/upsert", BitableUpsert::run, "app", "table", "key");
        add("bitable/poll", PairOperations::poll, "pair");
        add("bitable/hint", PairOperations::hint, "pair");
        add("bitable/probe", PairOperations::probe, "pair");
        add("bitable/merge", PairOperations::merge, "pair");
        add("bitable/verify", PairOperations::verify, "pair");
        // what a scheduled route could not do
        add("dead-letter", DeadLetterOperations::keep);
        add("dead-letter/resolve", DeadLetterOperations::resolve);
        add("dead-letter/replay", DeadLetterOperations::replay);
        add("dead-letter/discard", DeadLetterOperations::discard);
    }

    private static final Map<String, Function<FeishuConfiguration, String>> OPTIONS = Map.of(
            "card", FeishuConfiguration::getCard,
            "code", FeishuConfiguration::getCode,
            "key", FeishuConfiguration::getKey,
            "app", FeishuConfiguration::getApp,
            "table", FeishuConfiguration::getTable,
            "pair", FeishuConfiguration::getPair);

    private Operations() {}

    private static void add(String name, Operation operation, String... required) {
        ALL.put(name, new Entry(operation, List.of(required)));
    }

    /**
     * @throws IllegalArgumentException when there is none of that name, or it lacks an option; the message names the fix
     */
    static Operation named(String name, FeishuConfiguration options) {
        Entry entry = ALL.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(
                    "feishu:" + name + " is not something to send to. There are: " + String.join(", ", ALL.keySet()));
        }
        for (String option : entry.required()) {
            String value = OPTIONS.get(option).apply(options);
            if (value == null || value.isBlank()) {
                throw new IllegalArgumentException("feishu:" + name + " needs the option " + option);
            }
        }
        return entry.operation();
    }
}
