package dev.camelfeishu.event;

/** What a request turned out to be. */
public sealed interface Verdict {

    /**
     * Feishu checks the request URL; nothing is stored.
     *
     * @param answer the JSON body to answer with 200, within one second
     */
    record Challenge(String answer) implements Verdict {}

    /** An event: store it, then answer 200 with any body. */
    record Event(FeishuEvent event) implements Verdict {}

    /**
     * The hourly ticket of a store app: keep it, then store the event, which no longer has it, then answer 200.
     *
     * @param ticket a secret
     */
    record Ticket(FeishuEvent event, String ticket) implements Verdict {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Ticket[" + event + "]";
        }
    }

    /** A callback: the answer's body matters, and Feishu does not send it again. */
    record Callback(FeishuEvent event, Format format) implements Verdict {}

    /** Answer with this status and nothing else. */
    record Refusal(Cause cause) implements Verdict {
        public int status() {
            return cause.status();
        }
    }

    /** How a callback came, and so how it must be answered. */
    enum Format {
        /** {@code card.action.trigger} and {@code url.preview.get}: {@code {"toast":…,"card":…}}. */
        ENVELOPE,
        /** {@code card.action.trigger_v1}: the bare card. */
        BARE
    }

    /** Why a request was refused. For metrics and logs: a caller is told the status only. */
    enum Cause {
        TOO_LARGE(413),
        NOT_JSON(400),
        NOT_AN_EVENT(400),
        /** No verification token is configured, so nothing can be accepted. */
        NOT_CONFIGURED(401),
        MISSING_SIGNATURE(401),
        WRONG_SIGNATURE(401),
        /** A plain event although an Encrypt Key is configured. */
        NOT_ENCRYPTED(401),
        /** A plain event, no Encrypt Key, and unsigned events are not allowed. */
        UNSIGNED(401),
        /** Encrypted, but with no key that we have, or damaged. */
        UNDECRYPTABLE(401),
        MISSING_TOKEN(401),
        WRONG_TOKEN(401),
        /** Meant for another app. */
        WRONG_APP(401);

        private final int status;

        Cause(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }
}
