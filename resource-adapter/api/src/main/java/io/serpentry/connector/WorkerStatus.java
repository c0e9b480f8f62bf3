// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A worker as it was at the moment of asking.
 *
 * @param cordoned whether it gets no new requests
 * @param calls how many calls were sent to it
 * @param memoryBytes resident memory of the Python process; 0 if it is gone
 * @param currentCall what it is doing, null when idle
 */
public record WorkerStatus(
        String id,
        String pool,
        long pid,
        int generation,
        WorkerState state,
        boolean cordoned,
        long calls,
        Instant startedAt,
        long memoryBytes,
        @Nullable CurrentCall currentCall) {}
