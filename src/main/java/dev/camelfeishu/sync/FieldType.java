package dev.camelfeishu.sync;

import java.util.List;

/** How a column and its field show the same value; the closed choice behind {@code type} of a pair declaration. */
public sealed interface FieldType {

    /** Text on both sides; empty text and null are the same. */
    record Text() implements FieldType {}

    /**
     * A number with a fixed count of decimals, compared at that scale.
     *
     * @param scale decimals, 0 to 4: what a Bitable formatter can show
     */
    record Decimal(int scale) implements FieldType {
        public Decimal {
            if (scale < 0 || scale > 4) {
                throw new IllegalArgumentException("scale must be 0 to 4, but is " + scale);
            }
        }
    }

    /** One of a closed list of options. A name outside the list is never written, so that no option makes itself. */
    record SingleSelect(List<String> options) implements FieldType {
        public SingleSelect {
            options = List.copyOf(options);
            if (options.isEmpty()) {
                throw new IllegalArgumentException("options must name at least one option");
            }
        }
    }

    /** A moment, compared in milliseconds since 1970 UTC. */
    record DateTime() implements FieldType {}
}
