package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRetryableException;
import dev.camelfeishu.openapi.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes records, each exactly once. */
final class CreateRequests {

    private static final Logger LOG = LoggerFactory.getLogger(CreateRequests.class);
    private static final int MOST_CONDITIONS = 50;
    private static final int TOKEN_ATTEMPTS = 3;

    private final Cycle cycle;

    CreateRequests(Cycle cycle) {
        this.cycle = cycle;
    }

    void recover(Request request) {
        // looked for first: a token that Feishu has forgotten by now would make the records a second time
        var missing = linkFound(request, request.sent().keySet());
        if (missing.isEmpty()) {
            return;
        }
        if (!namesHold(request)) {
            abandon(request);
        } else if (missing.size() < request.sent().size()) {
            absent(request, missing);
        } else {
            send(request);
        }
    }

    /** A frozen body names fields as they were called then. */
    private boolean namesHold(Request request) {
        var names = new HashSet<String>();
        names.add(cycle.fields.syncId().name());
        cycle.declaration.columns().stream()
                .filter(cycle.fields::has)
                .forEach(column -> names.add(cycle.fields.fieldName(column)));
        for (var record : cycle.json(request.body()).path("records")) {
            for (var cell : record.path("fields").properties()) {
                if (!names.contains(cell.getKey())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Lets go of a request that was carried out, or never can be: what is left of its rows is decided on anew. */
    private void abandon(Request request) {
        var keys = cycle.store.linksByIds(request.sent().keySet()).stream()
                .map(Link::key)
                .toList();
        cycle.commit(() -> cycle.store.settle(request));
        cycle.store.mark(Batch.Side.SQL, keys, cycle.clock.instant(), Duration.ZERO);
    }

    /** Links the records that carry the pair ids of the request; answers the ids of which there is none. */
    private Set<UUID> linkFound(Request request, Collection<UUID> pairIds) {
        var names = pairIds.stream().map(UUID::toString).toList();
        var found = new TreeMap<String, UUID>();
        Consumer<BitableTable.Remote> keep = remote -> Cycle.uuid(cycle.fields.syncId(remote))
                .filter(pairIds::contains)
                .ifPresent(pairId -> found.put(remote.id(), pairId));
        if (names.size() <= MOST_CONDITIONS) {
            cycle.table
                    .searchAny(
                            cycle.fields.tableId(), Map.of(cycle.fields.syncId().name(), names))
                    .values()
                    .forEach(keep);
        } else {
            cycle.table.scan(
                    cycle.fields.tableId(),
                    Priority.NORMAL,
                    page -> page.records().forEach(keep));
        }
        var recordIds = new LinkedHashMap<UUID, String>();
        found.forEach((recordId, pairId) -> recordIds.putIfAbsent(pairId, recordId));
        // a copy of a record may carry its Sync ID too: what is linked elsewhere is no candidate
        cycle.store.linksByRecords(recordIds.values()).stream()
                .filter(link -> !pairIds.contains(link.pairId()))
                .forEach(link -> recordIds.values().remove(link.recordId()));
        var missing = new LinkedHashSet<>(pairIds);
        missing.removeAll(recordIds.keySet());
        advanceCreated(request, recordIds, missing.isEmpty());
        return missing;
    }

    /** Remembers made records; the request is settled when none of its rows is missing. */
    private void advanceCreated(Request request, Map<UUID, String> recordIds, boolean complete) {
        if (recordIds.isEmpty() && !complete) {
            return;
        }
        var now = cycle.clock.instant();
        var links = links(recordIds.keySet()).stream()
                .map(link -> {
                    var sent = request.sent().get(link.pairId());
                    var ofSql = agreedValues(sent, Agreed::sql);
                    var ofBitable = agreedValues(sent, Agreed::bitable);
                    var work = cycle.works.get(link.key());
                    var seenSql = work == null || work.row == null ? link.seenSql() : work.row.canonicalValues();
                    return link.withRecord(recordIds.get(link.pairId()), Link.State.LINKED, now)
                            .withShadows(ofSql, ofBitable)
                            .withSeen(seenSql, seenBitable(ofBitable))
                            .as(Link.State.LINKED, null, null);
                })
                .map(this::withLeftOut)
                .toList();
        cycle.commit(() -> {
            if (complete) {
                cycle.store.save(links, null, now);
                cycle.store.forget(request);
            } else {
                cycle.store.save(links, now);
            }
            cycle.store.unpark(recordIds.values());
            // values that waited for a person are gone with the record before
            cycle.store.release(recordIds.keySet());
            cycle.readComputed(recordIds.values(), true);
        });
        cycle.created += links.size();
        links.forEach(link -> {
            var work = cycle.works.get(link.key());
            if (work != null) {
                work.link = link;
                work.open--;
            }
        });
    }

    /** As this cycle has just saved them, or from the database where an earlier one did. */
    private List<Link> links(Set<UUID> pairIds) {
        var links = cycle.works.values().stream()
                .map(work -> work.link)
                .filter(link -> link != null && pairIds.contains(link.pairId()))
                .toList();
        return links.size() == pairIds.size() ? links : cycle.store.linksByIds(pairIds);
    }

    /** With the cells that the new record goes without. */
    private Map<String, String> seenBitable(Map<String, String> agreed) {
        var seen = new LinkedHashMap<>(agreed);
        cycle.declaration.columns().stream()
                .filter(cycle.fields::has)
                .forEach(column -> seen.putIfAbsent(column.name(), null));
        return seen;
    }

    private Link withLeftOut(Link link) {
        var work = cycle.works.get(link.key());
        if (work == null || work.leftOut.isEmpty()) {
            return link;
        }
        cycle.parked++;
        return link.as(Link.State.PARKED, null, String.join("; ", work.leftOut));
    }

    private static Map<String, String> agreedValues(Map<String, Agreed> sent, Function<Agreed, String> side) {
        var values = new LinkedHashMap<String, String>();
        sent.forEach((column, agreed) -> values.put(column, side.apply(agreed)));
        return values;
    }

    /** A frozen create with its body as it was made or read. */
    record Frozen(Request request, JsonNode body) {}

    /** Its links have to be saved with it. Inside a commit. */
    Frozen freeze(List<Work> chunk, Instant now) {
        var body = cycle.mapper.createObjectNode();
        var records = body.putArray("records");
        var sent = new LinkedHashMap<UUID, Map<String, Agreed>>();
        for (var work : chunk) {
            var cells = records.addObject().putObject("fields");
            var values = new LinkedHashMap<String, Agreed>();
            for (var column : cycle.declaration.columns()) {
                // a cell without a shadow is decided on when the record is seen
                if (offers(work, column)) {
                    var value = work.toBitable.get(column.name()).value();
                    if (value != null) {
                        cells.set(cycle.fields.fieldName(column), column.lens().toBitable(value));
                    }
                    values.put(
                            column.name(),
                            new Agreed(
                                    work.row.canonical().get(column.name()).value(),
                                    column.lens().norm(value)));
                }
            }
            var pairId = work.link == null ? work.freshId : work.link.pairId();
            cells.put(cycle.fields.syncId().name(), pairId.toString());
            sent.put(pairId, values);
        }
        return new Frozen(cycle.store.keep(Request.Kind.CREATE, body.toString(), sent, now), body);
    }

    private boolean offers(Work work, ColumnMapping column) {
        return cycle.fields.has(column)
                && column.owner() != ColumnMapping.Owner.BITABLE
                && work.toBitable.get(column.name()).valid();
    }

    /** A create and what Feishu said to it: the records, or a refusal. */
    record Answer(Frozen sent, List<BitableTable.Remote> records, FeishuException refusal) {}

    void send(Request request) {
        cycle.commit(() -> {});
        finish(call(new Frozen(request, cycle.json(request.body()))));
    }

    /** Makes the call and nothing else, so that it may be under way while the next request is made ready. */
    Answer call(Frozen frozen) {
        try {
            var token = frozen.request().clientToken().toString();
            return new Answer(frozen, cycle.unguarded.create(cycle.fields.tableId(), frozen.body(), token), null);
        } catch (FeishuException refused) {
            return new Answer(frozen, List.of(), refused);
        }
    }

    /** Remembers what the call came to. */
    void finish(Answer answer) {
        var request = answer.sent().request();
        if (answer.refusal() != null) {
            refused(request, answer.sent().body(), answer.refusal());
            return;
        }
        cycle.wrote();
        var recordIds = new LinkedHashMap<UUID, String>();
        var syncIdName = cycle.fields.syncId().name();
        for (var remote : answer.records()) {
            Cycle.uuid(new Lens.OfText()
                            .fromBitable(remote.fields().get(syncIdName))
                            .value())
                    .filter(request.sent()::containsKey)
                    .ifPresent(pairId -> recordIds.put(pairId, remote.id()));
        }
        if (recordIds.size() < request.sent().size()) {
            // the answer does not say which record is whose: ask the table
            throwIfMissing(request, linkFound(request, request.sent().keySet()));
        } else {
            advanceCreated(request, recordIds, true);
        }
        cycle.size.accepted(request.sent().size());
    }

    private void refused(Request request, JsonNode body, FeishuException refused) {
        if (RecordCodes.TOKEN_USED.contains(refused.code())) {
            // the records may be there: a new token without a look would make them twice
            var missing = linkFound(request, request.sent().keySet());
            if (missing.isEmpty()) {
                return;
            }
            absent(request, missing);
            return;
        }
        if (refused.outcomeUnknown()) {
            throw refused;
        }
        if (RecordCodes.SCHEMA_CHANGED.contains(refused.code())) {
            abandon(request);
            throw refused;
        }
        var rowAtFault = RecordCodes.ROW_CODES.contains(refused.code());
        if (rowAtFault) {
            cycle.suspectFields();
        }
        if (RecordCodes.TOO_LARGE.contains(refused.code())) {
            cycle.size.tooLarge(request.sent().size());
        }
        if ((rowAtFault || RecordCodes.TOO_LARGE.contains(refused.code()))
                && request.sent().size() > 1) {
            var ids = new ArrayList<>(request.sent().keySet());
            var middle = ids.size() / 2;
            var halves = new ArrayList<Request>();
            cycle.commit(() -> {
                halves.add(part(request, body, ids.subList(0, middle)));
                halves.add(part(request, body, ids.subList(middle, ids.size())));
                cycle.store.settle(request);
            });
            halves.forEach(this::send);
        } else if (rowAtFault) {
            park(request, refused);
        } else {
            throw refused;
        }
    }

    /**
     * The request was carried out, and some of its records are not there: a replica has not got them yet, or somebody has deleted
     * them or taken their Sync ID away. In the end their rows are decided on anew, which looks for their keys too.
     */
    private void absent(Request request, Set<UUID> missing) {
        if (request.attempts() + 1 < TOKEN_ATTEMPTS) {
            cycle.commit(() -> cycle.store.attempted(request.id(), cycle.clock.instant()));
            throwIfMissing(request, missing);
        }
        abandon(request);
    }

    /** A part of a create, with a token of its own. */
    private Request part(Request request, JsonNode body, Collection<UUID> pairIds) {
        var ids = pairIds.stream().map(UUID::toString).collect(Collectors.toSet());
        var part = cycle.mapper.createObjectNode();
        var records = part.putArray("records");
        body.path("records").forEach(record -> {
            if (ids.contains(
                    record.path("fields").path(cycle.fields.syncId().name()).asText())) {
                records.add(record);
            }
        });
        var sent = new LinkedHashMap<UUID, Map<String, Agreed>>();
        pairIds.forEach(pairId -> sent.put(pairId, request.sent().get(pairId)));
        return cycle.store.freeze(Request.Kind.CREATE, part.toString(), sent, cycle.clock.instant());
    }

    private static void throwIfMissing(Request request, Set<UUID> missing) {
        if (!missing.isEmpty()) {
            throw new FeishuRetryableException(
                    missing.size() + " of " + request.sent().size()
                            + " new records cannot be found yet; they are looked for again",
                    200,
                    0,
                    null,
                    "They are looked for again.",
                    true,
                    null);
        }
    }

    private void park(Request request, FeishuException refused) {
        var byId = cycle.worksById();
        var reason = refused.getMessage();
        var now = cycle.clock.instant();
        cycle.commit(() -> {
            var links = cycle.store.linksByIds(request.sent().keySet()).stream()
                    .map(link -> {
                        var work = byId.get(link.pairId());
                        return cycle.seen(work, link).as(Link.State.PARKED, refused.code(), reason);
                    })
                    .toList();
            cycle.store.save(links, now);
            cycle.store.settle(request);
            links.forEach(link -> {
                var work = byId.get(link.pairId());
                if (work != null) {
                    work.link = link;
                    work.unwritable.add(reason);
                    work.open--;
                }
            });
        });
        cycle.parked += request.sent().size();
        LOG.warn(
                "Pair {}: parked {} row(s): {}",
                cycle.declaration.name(),
                request.sent().size(),
                reason);
    }
}
