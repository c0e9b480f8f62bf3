// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in the pools, as it happens; {@link PythonPools#addListener} registers it.
 *
 * <p>It is told outside of every lock, by the thread in which it happened: calls and waits by the caller's, in its
 * transaction; workers by threads of the container. So it must return at once and may be called by many threads at the same
 * time. What it throws is logged and reaches nobody. Of one worker, the start is told before everything else, and the end
 * after it.
 */
public interface PoolListener {

    /** A worker has said hello and can be called. */
    default void workerStarted(String pool, WorkerIdentity worker, WorkerStartReason reason) {}

    /**
     * A worker that has been told as started is dead and reaped.
     *
     * @param how for a person: {@code killed by SIGSEGV (a crash in native code)}
     */
    default void workerEnded(String pool, WorkerIdentity worker, WorkerEndCause cause, String how) {}

    /** No worker could be started. */
    default void startFailed(String pool, StartFailure failure) {}

    /** A worker gets no new request from now on; it is not told again of one that was cordoned already. */
    default void workerCordoned(String pool, WorkerIdentity worker) {}

    /** A worker that was cordoned gets requests again. */
    default void workerUncordoned(String pool, WorkerIdentity worker) {}

    /** A call has ended, in any way; also one that was refused before it was sent. */
    default void callEnded(EndedCall call) {}

    /**
     * Somebody has asked for a connection, and got it or not.
     *
     * @param waited how long that took, the start of a worker included
     * @param failure null if it got one
     */
    default void connectionWaited(String pool, Duration waited, @Nullable ErrorCode failure) {}
}
