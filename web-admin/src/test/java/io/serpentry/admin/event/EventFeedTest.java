// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import io.serpentry.event.ServerEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several who listen, one of whom, or whose log, fails in ways that nobody has foreseen. */
class EventFeedTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    /** Grows by an event at a time; fails when told to. */
    private static final class GrowingLog implements EventLog {

        private final AtomicLong last = new AtomicLong();
        private volatile Runnable listener = () -> {};
        private volatile @Nullable CountDownLatch failing;

        void grow() {
            last.incrementAndGet();
            listener.run();
        }

        @Override
        public List<ServerEvent> after(long id, int limit) {
            CountDownLatch latch = failing;
            if (latch != null) {
                latch.countDown();
                throw new IllegalStateException("a fault of the log");
            }
            return LongStream.rangeClosed(id + 1, last.get())
                    .limit(limit)
                    .mapToObj(found -> new ServerEvent(found, NOW, "node1", "test.numbered", Map.of()))
                    .toList();
        }

        @Override
        public long last() {
            return last.get();
        }

        @Override
        public long first() {
            return 1;
        }

        @Override
        public void publish(List<NewEvent> events) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Listening whenWritten(Runnable told) {
            listener = told;
            return () -> listener = () -> {};
        }
    }

    private static class Listener implements EventClient {

        final BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
        final CompletableFuture<Void> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> send(List<ServerEvent> events) {
            events.forEach(event -> heard.add(event.id()));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> sendGap(long oldest) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> sendAlive(long seen) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public boolean isClosed() {
            return closed.isDone();
        }

        @Override
        public void close() {
            closed.complete(null);
        }
    }

    /** Throws where it should return a stage that fails, and again when it is closed. */
    private static final class Throwing extends Listener {

        @Override
        public CompletionStage<?> send(List<ServerEvent> events) {
            throw new IllegalStateException("a fault of the client");
        }

        @Override
        public void close() {
            super.close();
            throw new IllegalStateException("another one");
        }
    }

    private final ScheduledExecutorService threads = Executors.newSingleThreadScheduledExecutor();
    private final GrowingLog log = new GrowingLog();
    private final EventFeed feed = new EventFeed();

    @BeforeEach
    void start() {
        feed.log = log;
        feed.threads = threads;
        feed.most = 2;
        feed.start();
    }

    @AfterEach
    void stop() {
        feed.stop();
        threads.shutdownNow();
    }

    private void listen(EventClient client) {
        feed.listen(() -> client, EventTypes.of(null), null);
    }

    @Test
    void aClientThatThrowsMustBeCutOffAndKeepNobodyElseFromListening() throws Exception {
        Throwing bad = new Throwing();
        Listener good = new Listener();
        listen(bad);
        listen(good);

        log.grow();
        assertThat(good.heard.poll(20, SECONDS)).isEqualTo(1);
        bad.closed.get(20, SECONDS);
        log.grow();
        assertThat(good.heard.poll(20, SECONDS)).isEqualTo(2);

        Listener third = new Listener();
        listen(third);
        log.grow();
        assertThat(third.heard.poll(20, SECONDS))
                .as("in the place of the first")
                .isEqualTo(3);
    }

    @Test
    void aLogThatThrowsWhatNobodyExpectsMustBeReadAgain() throws Exception {
        Listener good = new Listener();
        listen(good);
        log.grow();
        assertThat(good.heard.poll(20, SECONDS)).isEqualTo(1);

        CountDownLatch failed = new CountDownLatch(1);
        log.failing = failed;
        log.grow();
        assertThat(failed.await(20, SECONDS)).isTrue();
        log.failing = null;

        assertThat(good.heard.poll(20, SECONDS)).isEqualTo(2);
        assertThat(good.closed).isNotDone();
    }
}
