// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.event.EventLog.Listening;
import io.serpentry.event.NewEvent;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.internal.event.EventDrain;
import io.serpentry.session.internal.event.EventQueue;
import io.serpentry.session.internal.jpa.EventBatch;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Writes this server's events into the log, away from the threads that publish them. While the database can not be reached they wait; then
 * they are written in their order.
 *
 * <pre>
 * IDLE ---published---> QUEUED --nothing waits--> IDLE      a task is queued or runs
 *                         | ^
 *                  failed | | after a pause
 *                         v |
 *                       PAUSED
 * </pre>
 */
@ApplicationScoped
public class EventWriter {

    private static final int WAITING = 10_000;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Metadata LOST = Metadata.builder()
            .withName("serpentry_events_lost_total")
            .withDescription("Events for which there was no room while the database could not be reached")
            .build();

    /** Whether somebody will write what is published. */
    private enum State {
        IDLE,
        QUEUED,
        PAUSED
    }

    private final InstantSource clock = InstantSource.system();
    private final EventQueue queue = new EventQueue(WAITING);
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private final AtomicBoolean failing = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Future<?> pause;

    @Inject
    StoreBackend backend;

    @Inject
    StoreGuard guard;

    @Inject
    MetricRegistry metrics;

    @Resource
    ManagedScheduledExecutorService threads;

    @SuppressWarnings("NullAway.Init") // by open
    private EventDrain drain;

    /** The metric is shown as 0 before anything was lost. */
    void begin(@Observes Startup started) {
        Counter unused = metrics.counter(LOST);
    }

    @PostConstruct
    void open() {
        drain = new EventDrain(queue, ApplicationSessions.SERVER, new EventDrain.Sink() {
            @Override
            public long append(EventBatch batch) {
                return guard.call(Operation.PUBLISH, () -> backend.events().append(batch));
            }

            @Override
            public long appendAgain(EventBatch batch, long above) {
                return guard.call(Operation.PUBLISH, () -> backend.events().appendAgain(batch, above));
            }
        });
    }

    /** Whatever the caller's transaction. Returns at once. */
    void publish(NewEvent... events) {
        publish(clock.instant(), List.of(events));
    }

    void publish(Instant at, List<NewEvent> events) {
        int lost = queue.add(at, events);
        if (lost > 0) {
            metrics.counter(LOST).inc(lost);
        }
        wake();
    }

    Listening whenWritten(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void wake() {
        if (!closed.get() && state.compareAndSet(State.IDLE, State.QUEUED)) {
            try {
                threads.execute(this::write);
            } catch (RejectedExecutionException e) {
                // The server is being stopped; what waits is written by close.
                state.set(State.IDLE);
                SessionLog.LOG.debug("No thread for writing events", e);
            }
        }
    }

    private void write() {
        boolean wrote = tryWrite();
        if (wrote || closed.get()) {
            state.set(State.IDLE);
            if (drain.hasWork()) {
                wake();
            }
            return;
        }
        state.set(State.PAUSED);
        try {
            pause = threads.schedule(this::writeAfterPause, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            state.set(State.IDLE);
            SessionLog.LOG.debug("No timer for writing events", e);
        }
    }

    private void writeAfterPause() {
        state.set(State.QUEUED);
        write();
    }

    /** Whether all that waited was written. */
    private boolean tryWrite() {
        try {
            int count = drain.run();
            if (failing.getAndSet(false)) {
                SessionLog.LOG.eventsWritten(count);
            }
            if (count > 0) {
                listeners.forEach(Runnable::run);
            }
            return true;
        } catch (RuntimeException e) {
            if (!failing.getAndSet(true)) {
                SessionLog.LOG.eventsNotWritten(PAUSE, e);
            }
            return false;
        }
    }

    /** Writes what waits, on this thread, once; later events are written no more. */
    void close() {
        closed.set(true);
        Future<?> waiting = pause;
        if (waiting != null) {
            waiting.cancel(false);
        }
        if (drain.hasWork() && !tryWrite()) {
            SessionLog.LOG.eventsGivenUp();
        }
    }
}
