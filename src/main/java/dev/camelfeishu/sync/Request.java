package dev.camelfeishu.sync;

import java.util.Map;
import java.util.UUID;

/**
 * A frozen request of the outbox.
 *
 * @param body byte for byte what is sent
 * @param sent by pair and column, what both sides hold once it is done
 */
record Request(
        long id,
        Kind kind,
        UUID clientToken,
        String body,
        Map<UUID, Map<String, Agreed>> sent,
        boolean unknown,
        int attempts) {

    enum Kind {
        CREATE,
        UPDATE,
        DELETE,
        SQL
    }
}
