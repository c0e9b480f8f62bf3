// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.WorkerEndCause;

/**
 * Why a call will not be answered, decided once by whoever comes first.
 *
 * @param why a clause for the message: {@code the call passed its deadline of 5000 ms}
 */
record Doom(Reason reason, String why) {

    enum Reason {
        /** The call's own deadline. */
        DEADLINE(WorkerEndCause.TIMEOUT),
        /** The transaction was rolled back by another thread, or timed out. */
        TRANSACTION(WorkerEndCause.ROLLBACK),
        /** The calling thread was interrupted. */
        INTERRUPT(WorkerEndCause.INTERRUPT),
        /** The worker died or its socket closed. */
        LOST(WorkerEndCause.LOST),
        /** The worker broke the protocol. */
        PROTOCOL(WorkerEndCause.PROTOCOL),
        /** The container destroyed the connection, or the pool is shutting down. */
        DESTROYED(WorkerEndCause.RETIRED);

        private final WorkerEndCause cause;

        Reason(WorkerEndCause cause) {
            this.cause = cause;
        }

        /** Why the worker ends, if the call is given up for this reason. */
        WorkerEndCause cause() {
            return cause;
        }
    }
}
