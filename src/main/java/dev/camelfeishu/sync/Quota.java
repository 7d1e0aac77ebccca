package dev.camelfeishu.sync;

/** The calls that Feishu allows the app in a month, and those it has made. */
public interface Quota {

    /** Nothing is known of the limit. */
    Quota UNKNOWN = new Quota() {
        @Override
        public long limit() {
            return 0;
        }

        @Override
        public long used() {
            return 0;
        }
    };

    /** Calls allowed in a month, 0 when unknown. */
    long limit();

    /** Calls made in this month. */
    long used();

    /** How much of it is used, 0 when the limit is unknown. */
    default int percent() {
        return limit() == 0 ? 0 : (int) Math.min(1000, used() * 100 / limit());
    }
}
