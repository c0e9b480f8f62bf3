// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What has happened in a pool since it was made. Safe for use by any number of threads. */
public final class PoolCounters {

    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder timeouts = new LongAdder();
    private final LongAdder started = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private volatile @Nullable Instant lastLost;

    void callBegins() {
        calls.increment();
    }

    /** Counts a call that failed, and gives the exception back to be thrown. */
    public PythonException failed(PythonException failure) {
        failures.increment();
        if (failure.code() == ErrorCode.CALL_TIMEOUT) {
            timeouts.increment();
        }
        return failure;
    }

    void started() {
        started.increment();
    }

    void lost(Instant when) {
        lost.increment();
        lastLost = when;
    }

    /** Calls sent. */
    public long callCount() {
        return calls.sum();
    }

    /** Calls that ended in any error, timeouts and losses included. */
    public long failureCount() {
        return failures.sum();
    }

    /** Calls that passed their deadline. */
    public long timeoutCount() {
        return timeouts.sum();
    }

    /** Workers that have said hello. */
    public long startedCount() {
        return started.sum();
    }

    /** Workers that died without being told to. */
    public long lostCount() {
        return lost.sum();
    }

    /** When a worker last died without being told to, null if never. */
    public @Nullable Instant lastLost() {
        return lastLost;
    }
}
