package dev.camelfeishu.sync;

import java.util.Map;
import java.util.UUID;

/**
 * A frozen request of the outbox.
 *
 * @param body byte for byte what is sent
 * @param sent by pair and column, what both sides hold once it is done
 * @param replaced by pair and column, what a write was to replace
 */
record Request(
        long id,
        Kind kind,
        UUID clientToken,
        String body,
        Map<UUID, Map<String, Agreed>> sent,
        Map<UUID, Map<String, Unseen.Replaced>> replaced,
        boolean unknown,
        int attempts) {

    /** What both sides had agreed on before the write; null at the first meeting. */
    Agreed before(UUID pairId, String column) {
        var cell = replaced.getOrDefault(pairId, Map.of()).get(column);
        return cell == null ? null : cell.agreed();
    }

    enum Kind {
        CREATE,
        UPDATE,
        DELETE,
        SQL,
        /** A row in another database than this one, whose key nobody knows before; the body is the id of its record. */
        INSERT
    }
}
