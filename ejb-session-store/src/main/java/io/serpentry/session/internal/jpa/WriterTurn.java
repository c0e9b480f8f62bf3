// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets one transaction after the other write, in the order in which they came: the embedded H2 loses updates when several commit at once and each
 * commit goes to the file (docs/decisions/0018). Safe for use by any number of threads.
 */
public final class WriterTurn {

    private static final String SERIALIZATION_FAILURE = "40001";

    private final Semaphore free = new Semaphore(1, true);
    private final Duration longestWait;
    private volatile @Nullable Thread owner;

    public WriterTurn(Duration longestWait) {
        this.longestWait = longestWait;
    }

    /** To be closed once, by any thread. */
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for its turn; a thread that has it already goes on at once.
     *
     * @throws StoreFailure.Contention if it does not come in time, or the thread is interrupted
     */
    public Turn await() {
        if (owner == Thread.currentThread()) {
            return () -> {};
        }
        try {
            if (!free.tryAcquire(longestWait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw refused("another transaction has been writing sessions for " + longestWait);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused("the thread was interrupted while it waited to write");
        }
        owner = Thread.currentThread();
        return () -> {
            owner = null;
            free.release();
        };
    }

    private static StoreFailure.Contention refused(String why) {
        return new StoreFailure.Contention(new SQLTransientException(why, SERIALIZATION_FAILURE));
    }
}
