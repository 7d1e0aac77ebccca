package dev.camelfeishu.component;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every operation of a producer, by name. */
final class Operations {

    private static final Map<String, Operation> ALL = table(
            List.of(new AnyCall()),
            ProgrammedOperations.ALL,
            CardOperations.ALL,
            DriveUploads.ALL,
            // each one call of the catalog
            AppCalls.ALL,
            ApprovalCalls.ALL,
            BitableCalls.ALL,
            CardCalls.ALL,
            ContactCalls.ALL,
            DriveCalls.ALL,
            GroupCalls.ALL,
            MessageCalls.ALL);

    private Operations() {}

    /** All of them, in the order of their names. */
    static Collection<Operation> all() {
        return ALL.values();
    }

    /** @throws IllegalArgumentException when there is none of that name; the message names the nearest and all others */
    static Operation named(String name) {
        Operation operation = ALL.get(name);
        if (operation == null) {
            throw new IllegalArgumentException("feishu:" + name + " is not something to send to. Did you mean feishu:"
                    + Spelling.nearest(name, ALL.keySet()) + "? There are: " + String.join(", ", ALL.keySet()));
        }
        return operation;
    }

    @SafeVarargs
    private static Map<String, Operation> table(List<? extends Operation>... families) {
        Map<String, Operation> table = new TreeMap<>();
        Stream.of(families).flatMap(List::stream).forEach(operation -> {
            if (table.put(operation.name(), operation) != null) {
                throw new IllegalStateException("There are two operations " + operation.name());
            }
        });
        return Collections.unmodifiableMap(table);
    }
}
