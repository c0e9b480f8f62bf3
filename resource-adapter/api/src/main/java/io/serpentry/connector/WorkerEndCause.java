// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** Why a worker has ended. */
public enum WorkerEndCause {
    /** Its last connection was destroyed: the pool shrank, was flushed, or the server stops. */
    RETIRED,
    /** It was drained, recycled or over a limit. */
    REPLACED,
    /** The pool was shut down. */
    SHUTDOWN,
    /** A call passed its deadline. */
    TIMEOUT,
    /** The transaction of a call was rolled back, or timed out, while the call ran. */
    ROLLBACK,
    /** The thread of a call was interrupted. */
    INTERRUPT,
    /** It broke the protocol. */
    PROTOCOL,
    /** It did not answer when the container validated its connection. */
    SILENT,
    /** Its fork server died, or was killed because it did not react. */
    FORK_SERVER,
    /** It ended without being told to: it crashed, was killed by somebody else, or exited. */
    LOST;

    /** Whether the pool did not want it to end: whatever comes in its place is a recovery. */
    public boolean isLoss() {
        return switch (this) {
            case RETIRED, REPLACED, SHUTDOWN -> false;
            case TIMEOUT, ROLLBACK, INTERRUPT, PROTOCOL, SILENT, FORK_SERVER, LOST -> true;
        };
    }
}
