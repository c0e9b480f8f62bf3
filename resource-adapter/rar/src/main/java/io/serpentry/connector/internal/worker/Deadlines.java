// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Watches the deadlines of all calls and starts with the container's one timer.
 *
 * <p>A deadline costs its owner a volatile write and, only if it is nearer than every wake-up planned so far, a task of the
 * timer. Deadlines that are met in time therefore never touch the timer in a steady state.
 */
public final class Deadlines {

    /** No deadline. */
    static final long NONE = Long.MAX_VALUE;

    /** Something that must not take for ever. */
    interface Watched {
        /** In the time of {@link Deadlines#now()}; {@link #NONE} while there is none. */
        long deadline();

        /** Called by the timer's thread once the deadline has passed; must not wait. It may be called again. */
        void expire();
    }

    private final Timer timer;
    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final AtomicLong nextWake = new AtomicLong(NONE);
    private final long origin = System.nanoTime();

    public Deadlines(Timer timer) {
        this.timer = timer;
    }

    /** Nanoseconds since this object was made. */
    long now() {
        return System.nanoTime() - origin;
    }

    void watch(Watched candidate) {
        watched.add(candidate);
        arm(candidate.deadline());
    }

    void forget(Watched candidate) {
        watched.remove(candidate);
    }

    /** To be called after a watched object's deadline was set to {@code deadline}. */
    void arm(long deadline) {
        long planned = nextWake.get();
        while (deadline < planned) {
            if (nextWake.compareAndSet(planned, deadline)) {
                schedule(deadline);
                return;
            }
            planned = nextWake.get();
        }
    }

    /** Runs {@code action} on the timer's thread at that time; it must not wait. */
    Runnable at(long deadline, Runnable action) {
        Watched once = new Watched() {
            @Override
            public long deadline() {
                return deadline;
            }

            @Override
            public void expire() {
                if (watched.remove(this)) {
                    action.run();
                }
            }
        };
        watch(once);
        return () -> watched.remove(once);
    }

    private void schedule(long deadline) {
        long delayMillis = Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline - now()) + 1);
        try {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            sweep();
                        }
                    },
                    delayMillis);
        } catch (IllegalStateException e) {
            WorkerLog.LOG.timerIsGone(e);
        }
    }

    private void sweep() {
        nextWake.set(NONE);
        long now = now();
        long nearest = NONE;
        for (Watched candidate : watched) {
            long deadline = candidate.deadline();
            if (deadline <= now) {
                expire(candidate);
            } else {
                nearest = Math.min(nearest, deadline);
            }
        }
        arm(nearest);
    }

    private static void expire(Watched candidate) {
        try {
            candidate.expire();
        } catch (RuntimeException e) {
            WorkerLog.LOG.deadlineFailed(e);
        }
    }
}
