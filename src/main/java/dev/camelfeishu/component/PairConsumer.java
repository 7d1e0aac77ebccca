package dev.camelfeishu.component;

import dev.camelfeishu.sync.Batch;
import dev.camelfeishu.sync.PairSync;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/**
 * {@code bitable/changes}: what is marked in a pair, in batches, on one thread of its own. It is woken by a mark and looks
 * for itself every half second, since a mark may become due later. Where triggers note what changes in the ERP, it listens to
 * them. In between it does what the pair's schedule says. A batch that fails stays marked; the next look waits
 * longer after each failure, up to half a minute.
 */
final class PairConsumer extends DefaultConsumer {

    private static final long LOOK_MILLIS = 500;
    private static final long LONGEST_WAIT_MILLIS = Duration.ofSeconds(30).toMillis();

    private final FeishuEndpoint endpoint;
    private final Semaphore marked = new Semaphore(0);
    private PairSync pair;
    private CountDownLatch stop;
    private ExecutorService worker;
    private AutoCloseable listener;

    PairConsumer(FeishuEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        // once, however often the route is started
        if (pair == null) {
            pair = PairOperations.pair(endpoint.getConfiguration(), endpoint.platform());
            pair.onDirty(marked::release);
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        CountDownLatch end = new CountDownLatch(1);
        stop = end;
        worker = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadExecutor(this, "feishu-pair-" + pair.name());
        worker.execute(() -> work(end));
        listener = pair.listen();
    }

    @Override
    protected void doStop() throws Exception {
        if (listener != null) {
            listener.close();
            listener = null;
        }
        if (worker != null) {
            stop.countDown();
            marked.release();
            endpoint.getCamelContext().getExecutorServiceManager().shutdownGraceful(worker);
            worker = null;
        }
        super.doStop();
    }

    private void work(CountDownLatch end) {
        long wait = LOOK_MILLIS;
        while (end.getCount() > 0) {
            try {
                boolean worked = cycle();
                wait = LOOK_MILLIS;
                if (!worked) {
                    marked.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                    marked.drainPermits();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception e) {
                getExceptionHandler().handleException("Pair " + pair.name() + " could not be merged", e);
                wait = Math.min(LONGEST_WAIT_MILLIS, wait * 2);
                pause(end, wait);
            }
        }
    }

    private boolean cycle() throws Exception {
        Optional<Batch> batch = pair.claim();
        if (batch.isEmpty()) {
            pair.tend(PairOperations.missed(endpoint.getConfiguration(), endpoint.platform()));
            return false;
        }
        Exchange exchange = createExchange(false);
        try {
            exchange.getMessage().setBody(batch.get());
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
        } finally {
            releaseExchange(exchange, false);
        }
        return true;
    }

    private static void pause(CountDownLatch end, long millis) {
        try {
            end.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
