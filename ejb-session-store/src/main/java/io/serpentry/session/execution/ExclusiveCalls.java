// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.SessionBusyException;
import io.serpentry.session.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One exclusive call at a time in a session. Callers of this server wait for each other in the order in which they came; servers wait for
 * each other by a lease in the database that ends by itself when its holder dies. Safe for use by any number of threads.
 */
final class ExclusiveCalls {

    private static final Logger LOG = System.getLogger("io.serpentry.session");
    private static final Duration STEP = Duration.ofMillis(20);

    /** This server, to the others. */
    private static final String HOLDER = UUID.randomUUID().toString();

    private static final Cache<String, Semaphore> WAITING =
            Caffeine.newBuilder().weakValues().build();

    private final SessionLeases leases;
    private final InstantSource clock;

    ExclusiveCalls(SessionLeases leases, InstantSource clock) {
        this.leases = leases;
        this.clock = clock;
    }

    /** To be closed once, by any thread. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for its turn.
     *
     * @param longest how long the turn may last; then others take it
     * @throws SessionBusyException if it does not come within that wait
     * @throws io.serpentry.connector.CallInterruptedException if the thread was interrupted
     */
    Turn await(String session, Duration wait, Duration longest) {
        Instant deadline = clock.instant().plus(wait);
        Semaphore ours = WAITING.get(session, id -> new Semaphore(1, true));
        try {
            if (!ours.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SessionBusyException(session, wait);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try {
            while (!leases.tryLease(session, HOLDER, clock.instant().plus(longest))) {
                if (!clock.instant().isBefore(deadline)) {
                    throw new SessionBusyException(session, wait);
                }
                pause();
            }
        } catch (RuntimeException e) {
            ours.release();
            throw e;
        }
        return () -> {
            try {
                leases.release(session, HOLDER);
            } catch (StoreUnavailableException e) {
                // The call is done, and must not seem to have failed.
                LOG.log(Level.WARNING, "The lease of session " + session + " was not given back; it ends by itself", e);
            } finally {
                ours.release();
            }
        };
    }

    /** Another server has the lease, and has no way to tell this one when it ends. */
    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(STEP.toNanos());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static PythonException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return PythonException.of(
                ErrorDetail.of(ErrorCode.CALL_INTERRUPTED, "the thread was interrupted while it waited for the session")
                        .retryable(true)
                        .cause(e));
    }
}
