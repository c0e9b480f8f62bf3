// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.admin.problem.AdminLog;
import io.serpentry.event.ServerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One client's way through the log. It holds a place in the log and at most one batch that is being sent, so a client that reads slowly
 * costs no memory; one that is too slow is cut off, and goes on where it was when it connects again.
 *
 * <pre>
 * IDLE --send--> SENDING --done--> IDLE
 *   |               | failed, or too slow
 *   +--> CLOSED <---+
 * </pre>
 */
final class EventStream {

    /** While one batch is on its way, no more than so many events may come. */
    static final int MOST_BEHIND = 1000;
    /** No batch may be on its way for longer. */
    static final Duration LONGEST = Duration.ofMinutes(1);

    static final Duration ALIVE = Duration.ofSeconds(15);
    private static final int BATCH = 50;

    private enum State {
        IDLE,
        SENDING,
        CLOSED
    }

    private final EventClient client;
    private final EventTypes types;
    private final Runnable sent;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    // Of the thread that advances.
    private long seen;
    private boolean lost;
    private long sendingSince;
    private Instant sendingAt = Instant.EPOCH;

    /**
     * @param seen the id after which to begin; 0 for the oldest that is kept
     * @param sent told whenever something was sent, on any thread
     */
    EventStream(EventClient client, EventTypes types, long seen, Runnable sent) {
        this.client = client;
        this.types = types;
        this.seen = seen;
        this.sent = sent;
    }

    /** The events that the client has seen are not those of this log: it is told of a gap first. */
    EventStream lost() {
        lost = true;
        return this;
    }

    boolean isClosed() {
        if (client.isClosed()) {
            state.set(State.CLOSED);
        }
        return state.get() == State.CLOSED;
    }

    /** Never fails, whatever the client does. */
    void close() {
        if (state.getAndSet(State.CLOSED) != State.CLOSED) {
            try {
                client.close();
            } catch (RuntimeException e) {
                AdminLog.LOG.debugf(e, "A listener to events could not be told of its end");
            }
        }
    }

    /**
     * Sends what is due, unless something is on its way. Does not wait for the client.
     *
     * @return whether there may be more to do at once
     */
    boolean advance(EventTail tail, Instant now) {
        return switch (state.get()) {
            case CLOSED -> false;
            case SENDING -> {
                cutOffIfSlow(tail, now);
                yield false;
            }
            case IDLE -> tail.isStarted() && next(tail, now);
        };
    }

    private void cutOffIfSlow(EventTail tail, Instant now) {
        if (tail.last() - sendingSince > MOST_BEHIND || sendingAt.plus(LONGEST).isBefore(now)) {
            AdminLog.LOG.slowListener(seen, tail.last());
            close();
        }
    }

    private boolean next(EventTail tail, Instant now) {
        List<ServerEvent> batch = tail.after(seen, BATCH);
        long oldest = batch.isEmpty() ? tail.last() + 1 : batch.get(0).id();
        if (lost || (seen > 0 && seen + 1 < oldest)) {
            // One thing is sent at a time: the events follow when this has gone.
            lost = false;
            seen = oldest - 1;
            begin(tail, now);
            finishWith(client.sendGap(oldest));
            return false;
        }
        List<ServerEvent> wanted =
                batch.stream().filter(event -> types.contain(event.type())).toList();
        seen = batch.isEmpty()
                ? Math.max(seen, tail.last())
                : batch.get(batch.size() - 1).id();
        if (!wanted.isEmpty()) {
            begin(tail, now);
            finishWith(client.send(wanted));
            return false;
        }
        if (batch.isEmpty() && !sendingAt.plus(ALIVE).isAfter(now)) {
            begin(tail, now);
            finishWith(client.sendAlive(seen));
        }
        return !batch.isEmpty();
    }

    private void begin(EventTail tail, Instant now) {
        sendingSince = tail.last();
        sendingAt = now;
        state.compareAndSet(State.IDLE, State.SENDING);
    }

    private void finishWith(CompletionStage<?> sending) {
        sending.whenComplete((nothing, failure) -> {
            if (failure == null) {
                state.compareAndSet(State.SENDING, State.IDLE);
            } else {
                AdminLog.LOG.debugf(failure, "A listener to events has gone away");
                close();
            }
            sent.run();
        });
    }
}
