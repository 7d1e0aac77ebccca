package dev.camelfeishu.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.e2e.ChaosPair.Column;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one who answers what the application asks a person: decides conflicts by a seed, lets waiting deletions happen. All of it
 * over the operator's interface.
 */
final class ChaosOperator {

    /** A value that a decision was made against. */
    record Decided(String pair, String key, String field, String side, String losing) {}

    private final ChaosSite site;
    private final Random random;
    private final Duration gap;
    private final AtomicInteger numbers;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Set<Decided> decided = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> doings = new HashMap<>();
    private final Thread thread = new Thread(this::work, "chaos-operator");
    private volatile Throwable failure;

    /** @param gap between two looks at what waits */
    ChaosOperator(ChaosSite site, long seed, Duration gap, AtomicInteger numbers) {
        this.site = site;
        this.random = new Random(seed);
        this.gap = gap;
        this.numbers = numbers;
    }

    void start() {
        thread.start();
    }

    private void work() {
        try {
            while (!end.await(gap.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    // some wait for longer, so that their rows change meanwhile
                    attend(2);
                } catch (IllegalStateException | UncheckedIOException away) {
                    count("calls of the operator that nobody answered");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** Answers what was done, how often. */
    Map<String, Integer> stop() throws InterruptedException {
        end.countDown();
        thread.join(TimeUnit.MINUTES.toMillis(1));
        if (failure != null) {
            throw new AssertionError("the operator could not go on", failure);
        }
        return doings;
    }

    private void count(String doing) {
        doings.merge(doing, 1, Integer::sum);
    }

    /** Answers all that waits. */
    void attend() {
        attend(1);
    }

    /** Answers one in so many. */
    private void attend(int oneIn) {
        for (ChaosPair pair : ChaosPair.ALL) {
            String path = "pairs/" + pair.name();
            if (site.ops("GET", path).path("pending_deletes").asInt() > 0) {
                site.ops("POST", path + "/deletes/approve");
                count("mass deletions approved");
            }
            if (pair.columns().stream().anyMatch(pair::manual)) {
                for (JsonNode conflict :
                        site.ops("GET", path + "/conflicts?size=200").path("items")) {
                    if (conflict.path("take").isNull() && random.nextInt(oneIn) == 0) {
                        decide(pair, conflict);
                    }
                }
            }
        }
    }

    private void decide(ChaosPair pair, JsonNode conflict) {
        Column column = pair.column(conflict.path("field").asText());
        String take = List.of("sql", "bitable", "value").get(random.nextInt(3));
        ObjectNode decision = Http.JSON.createObjectNode().put("take", take);
        if (take.equals("value")) {
            decision.put("value", column.kind().fresh(random, numbers.incrementAndGet()));
        }
        // before it is sent: it may be carried out although its answer never comes
        for (String side : List.of("sql", "bitable")) {
            if (!take.equals(side)) {
                decided.add(new Decided(
                        pair.name(),
                        conflict.path("key").asText(),
                        column.name(),
                        side,
                        column.kind().journalOrNull(conflict.path(side).textValue())));
            }
        }
        String path =
                "pairs/" + pair.name() + "/conflicts/" + conflict.path("id").asLong();
        count(site.tell(path, decision) ? "conflicts decided: " + take : "conflicts decided, too late");
    }

    /** Whether a decision was made against the value. */
    boolean decided(Decided value) {
        return decided.contains(value);
    }
}
