// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the session store is doing.
 *
 * @param adapter what keeps the sessions: {@code H2} or {@code PostgreSQL} with its version; empty until it was reached for the
 *     first time
 * @param circuitSince when the circuit came into its state
 * @param lastFailure why the store could not be reached the last time, null if it always could
 * @param lastSweep when expired sessions were swept by this node, null if they were not yet
 * @param swept how many sessions this node has swept
 */
public record StoreStatus(
        String name,
        String adapter,
        Set<StoreCapability> capabilities,
        Circuit circuit,
        Instant circuitSince,
        @Nullable String lastFailure,
        @Nullable Instant lastSweep,
        long swept) {

    /** Whether calls reach the store. */
    public enum Circuit {
        /** They do. */
        CLOSED,
        /** They are refused at once. */
        OPEN,
        /** A few do, to see whether it is back. */
        HALF_OPEN
    }

    public StoreStatus {
        capabilities = Set.copyOf(capabilities);
    }
}
