// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.admin.AdminKeys;
import io.serpentry.admin.problem.AdminLog;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonException;
import io.serpentry.event.EventLog;
import io.serpentry.event.EventLog.Listening;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Feeds all who listen to events, in rounds: each reads what is new, once, and lets every stream send what it can without waiting. A round
 * is due when this server has written events, when something was sent, and every second while somebody listens, for the events of other
 * servers. No thread is held in between.
 */
@ApplicationScoped
public class EventFeed {

    private static final Duration POLL = Duration.ofSeconds(1);

    private final InstantSource clock = InstantSource.system();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger due = new AtomicInteger();

    @Inject
    EventLog log;

    @Resource(lookup = "java:comp/DefaultManagedScheduledExecutorService")
    ScheduledExecutorService threads;

    @Inject
    @ConfigProperty(name = AdminKeys.STREAM_CLIENTS, defaultValue = AdminKeys.STREAM_CLIENTS_DEFAULT)
    int most;

    @SuppressWarnings("NullAway.Init") // by start
    private EventTail tail;

    private @Nullable Listening listening;
    private volatile @Nullable Future<?> poll;

    @PostConstruct
    void start() {
        tail = new EventTail(log);
        listening = log.whenWritten(this::wakeIfHeard);
    }

    /**
     * Lets a client have what follows that event, until it goes away.
     *
     * @param client asked for once it may listen
     * @param seen 0 for all that is kept; null for what happens from now on
     * @throws io.serpentry.connector.PythonException RATE_LIMITED if too many listen
     * @throws io.serpentry.session.StoreUnavailableException if the log can not be reached
     */
    void listen(Supplier<EventClient> client, EventTypes types, @Nullable Long seen) {
        long last = log.last();
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            throw Refusal.tooMany("as many listen to events as may (" + AdminKeys.STREAM_CLIENTS + " = " + most
                    + "); close one, or try later");
        }
        EventClient begun;
        try {
            begun = client.get();
        } catch (RuntimeException e) {
            open.decrementAndGet();
            throw e;
        }
        boolean lost = seen != null && seen > last;
        EventStream stream = new EventStream(begun, types, seen == null ? last : lost ? 0 : seen, this::wake);
        streams.add(lost ? stream.lost() : stream);
        wake();
    }

    private void wakeIfHeard() {
        if (!streams.isEmpty()) {
            wake();
        }
    }

    private void wake() {
        if (due.getAndIncrement() == 0) {
            try {
                threads.execute(this::rounds);
            } catch (RejectedExecutionException e) {
                // The application is being stopped: close ends all streams.
                due.set(0);
                AdminLog.LOG.debugf(e, "No thread for events");
            }
        }
    }

    /** One thread at a time, as long as there is something to do. */
    private void rounds() {
        int begun = due.get();
        while (begun > 0) {
            begun = tryRound() ? due.get() : due.addAndGet(-begun);
        }
    }

    /** A round that fails is the last until the next is due: whoever listens then goes on where he was. */
    private boolean tryRound() {
        try {
            return round();
        } catch (RuntimeException e) {
            AdminLog.LOG.roundFailed(e);
            return false;
        }
    }

    /** Whether another one is due at once. */
    private boolean round() {
        removeEnded();
        if (streams.isEmpty()) {
            rest();
            return false;
        }
        keepPolling();
        Instant now = clock.instant();
        reading(() -> {
            tail.follow();
            return false;
        });
        boolean more = false;
        for (EventStream stream : streams) {
            more |= isAdvanced(stream, now);
        }
        return more;
    }

    /** A stream that fails in a way that nobody has foreseen is cut off, so that the others are served. */
    private boolean isAdvanced(EventStream stream, Instant now) {
        try {
            return reading(() -> stream.advance(tail, now));
        } catch (RuntimeException e) {
            AdminLog.LOG.listenerFailed(e);
            stream.close();
            return false;
        }
    }

    /** False if the database can not be read: the store says so in the log, and it is tried again in the next round. */
    private static boolean reading(BooleanSupplier action) {
        try {
            return action.getAsBoolean();
        } catch (PythonException e) {
            AdminLog.LOG.debugf(e, "No events could be read");
            return false;
        }
    }

    private void removeEnded() {
        List<EventStream> ended = streams.stream().filter(EventStream::isClosed).toList();
        ended.forEach(EventStream::close);
        ended.forEach(streams::remove);
        open.addAndGet(-ended.size());
    }

    private void keepPolling() {
        if (poll == null) {
            poll = threads.scheduleWithFixedDelay(this::wake, POLL.toMillis(), POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void rest() {
        Future<?> polling = poll;
        poll = null;
        if (polling != null) {
            polling.cancel(false);
        }
        tail.forget();
    }

    @PreDestroy
    void stop() {
        Listening ours = listening;
        if (ours != null) {
            ours.close();
        }
        Future<?> polling = poll;
        if (polling != null) {
            polling.cancel(false);
        }
        streams.forEach(EventStream::close);
    }
}
