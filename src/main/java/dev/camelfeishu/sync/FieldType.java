package dev.camelfeishu.sync;

import java.time.ZoneId;
import java.util.List;

/** How a column and its field show the same value; the closed choice behind {@code type} of a pair declaration. */
public sealed interface FieldType {

    /** Most decimals that are compared. A Bitable formatter shows no more than four of them. */
    int MOST_DECIMALS = 10;

    Lens lens();

    /** Whether a column may hold several things that a directory knows. */
    default boolean multiple() {
        return false;
    }

    /** Text on both sides; empty text and null are the same. */
    record Text() implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfText();
        }
    }

    /**
     * A number, compared at its count of decimals and as precisely as a cell, which is a double, can tell.
     *
     * @param scale decimals, 0 to 10
     */
    record Decimal(int scale) implements FieldType {
        public Decimal {
            between(scale, MOST_DECIMALS);
        }

        @Override
        public Lens lens() {
            return Lens.OfDecimal.number(scale);
        }
    }

    /**
     * An amount of money.
     *
     * @param scale decimals, 0 to 4
     * @param code ISO 4217, one of those that Bitable knows
     */
    record Currency(int scale, String code) implements FieldType {

        static final List<String> CODES = List.of(
                "CNY", "USD", "EUR", "GBP", "AED", "AUD", "BRL", "CAD", "CHF", "HKD", "INR", "IDR", "JPY", "KRW", "MOP",
                "MXN", "MYR", "PHP", "PLN", "RUB", "SGD", "THB", "TRY", "TWD", "VND");

        public Currency {
            between(scale, 4);
            if (!CODES.contains(code)) {
                throw new IllegalArgumentException("Bitable knows no currency " + code);
            }
        }

        @Override
        public Lens lens() {
            return Lens.OfDecimal.currency(scale, code);
        }
    }

    /**
     * A share: 0.25 on both sides, shown as 25 %.
     *
     * @param scale decimals of the percentage, 0 or 2: what a Bitable formatter can show
     */
    record Percent(int scale) implements FieldType {
        public Percent {
            if (scale != 0 && scale != 2) {
                throw new IllegalArgumentException("scale must be 0 or 2, but is " + scale);
            }
        }

        @Override
        public Lens lens() {
            return Lens.OfDecimal.percent(scale);
        }
    }

    /** Yes or no. Bitable does not tell an empty checkbox from no, so null and false are the same. */
    record Checkbox() implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfCheckbox();
        }
    }

    /**
     * A day.
     *
     * @param zone in which the Base shows its moments: a day is written as its first moment there
     */
    record Day(ZoneId zone) implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfDay(zone);
        }
    }

    /** A moment, compared in milliseconds since 1970 UTC. */
    record DateTime() implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfDateTime();
        }
    }

    /**
     * Date and time without a zone, compared in milliseconds.
     *
     * @param zone in which the SQL side means them
     */
    record LocalTime(ZoneId zone) implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfLocalTime(zone);
        }
    }

    /**
     * One of a list of options.
     *
     * @param options those of a closed list; of an open one, what the first link makes
     * @param open whether a write may make an option; otherwise a name outside the list is never written
     */
    record SingleSelect(List<String> options, boolean open) implements FieldType {
        public SingleSelect {
            options = named(options, open);
        }

        public SingleSelect(List<String> options) {
            this(options, false);
        }

        @Override
        public Lens lens() {
            return new Lens.OfSingleSelect(this);
        }
    }

    /**
     * Some of a list of options; neither order nor repetition counts.
     *
     * @param options those of a closed list; of an open one, what the first link makes
     * @param open whether a write may make an option; otherwise a name outside the list is never written
     */
    record MultiSelect(List<String> options, boolean open) implements FieldType {
        public MultiSelect {
            options = named(options, open);
        }

        public MultiSelect(List<String> options) {
            this(options, false);
        }

        @Override
        public Lens lens() {
            return new Lens.OfMultiSelect(this);
        }
    }

    /**
     * A person, or several.
     *
     * @param identity what the SQL side keeps of a person
     */
    record Person(Identity identity, boolean multiple) implements FieldType {

        /** What the SQL side keeps of a person; Bitable knows people by their open_id. */
        public sealed interface Identity {}

        /** The open_id itself. */
        public record OpenId() implements Identity {}

        /** The user_id, looked up at Feishu. */
        public record UserId() implements Identity {}

        /** The mail address, looked up at Feishu. */
        public record Mail() implements Identity {}

        /**
         * A key that a table of the SQL side translates.
         *
         * @param table schema and name
         * @param key column with what is kept
         * @param openId column with the open_id
         */
        public record Employee(String table, String key, String openId) implements Identity {}

        public Person() {
            this(new OpenId(), false);
        }

        @Override
        public Lens lens() {
            return new Lens.OfPerson(multiple);
        }
    }

    /**
     * The row of another pair, or several: its key in SQL, its record in Bitable.
     *
     * @param pair name of that pair; its table is in the same Base
     * @param backField name of the field on its side, or null: the link shows on this side only
     */
    record Link(String pair, String backField, boolean multiple) implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfLink(this);
        }
    }

    /** A telephone number; spaces, hyphens, dots and brackets do not count. */
    record Phone() implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfPhone();
        }
    }

    /** A link, without the text it is shown with. */
    record Url() implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfUrl();
        }
    }

    /** A mail address. */
    record Email() implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfEmail();
        }
    }

    /** JSON, as text in Bitable; the order of members and spaces do not count. */
    record Json() implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfJson();
        }
    }

    /** The {@code file_token}s of an attachment field. */
    record Attachments() implements FieldType {
        @Override
        public Lens lens() {
            return new Lens.OfAttachments();
        }
    }

    /**
     * What Bitable works out by itself; only read.
     *
     * @param result how the SQL side keeps it
     */
    record Computed(Kind kind, FieldType result) implements FieldType {

        /** The field type of Bitable; those with a plain shape can be made at the first link, the others cannot. */
        public enum Kind {
            LOOKUP(19, "Lookup", false, true),
            FORMULA(20, "Formula", false, true),
            CREATED_TIME(1001, "CreatedTime", true, false),
            MODIFIED_TIME(1002, "ModifiedTime", true, true),
            CREATED_BY(1003, "CreatedUser", true, false),
            MODIFIED_BY(1004, "ModifiedUser", true, true),
            AUTO_NUMBER(1005, "AutoNumber", true, false);

            final int code;
            final String uiType;
            final boolean creatable;
            /** Whether a change of another cell may change it, not the making of the record only. */
            final boolean follows;

            Kind(int code, String uiType, boolean creatable, boolean follows) {
                this.code = code;
                this.uiType = uiType;
                this.creatable = creatable;
                this.follows = follows;
            }
        }

        @Override
        public Lens lens() {
            return new Lens.OfComputed(kind, result.lens());
        }

        @Override
        public boolean multiple() {
            return result.multiple();
        }
    }

    private static void between(int scale, int most) {
        if (scale < 0 || scale > most) {
            throw new IllegalArgumentException("scale must be 0 to " + most + ", but is " + scale);
        }
    }

    private static List<String> named(List<String> options, boolean open) {
        if (options.isEmpty() && !open) {
            throw new IllegalArgumentException("options must name at least one option");
        }
        return List.copyOf(options);
    }
}
