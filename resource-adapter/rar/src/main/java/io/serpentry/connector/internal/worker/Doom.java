// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

/**
 * Why a call will not be answered, decided once by whoever comes first.
 *
 * @param why a clause for the message: {@code the call passed its deadline of 5000 ms}
 */
record Doom(Reason reason, String why) {

    enum Reason {
        /** The call's own deadline. */
        DEADLINE,
        /** The transaction was rolled back by another thread, or timed out. */
        TRANSACTION,
        /** The calling thread was interrupted. */
        INTERRUPT,
        /** The worker died or its socket closed. */
        LOST,
        /** The worker broke the protocol. */
        PROTOCOL,
        /** The container destroyed the connection, or the pool is shutting down. */
        DESTROYED
    }
}
