// SPDX-License-Identifier: Apache-2.0
package io.serpentry.slow;

import io.serpentry.connector.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that took long.
 *
 * @param name the function, as {@code module.function}; the pool whose connection was waited for; the operation of the store, as the metrics
 *     name it
 * @param worker the one that was called; null if none was
 * @param session in which it was done; null if in none, or if that is not known
 * @param traceId null if the server does not trace
 * @param endedAt when it had its result, or had failed
 * @param failure null if it had a result
 */
public record SlowOperation(
        Kind kind,
        String name,
        @Nullable String worker,
        @Nullable String session,
        @Nullable String traceId,
        Instant endedAt,
        Duration duration,
        @Nullable ErrorCode failure) {

    /** What was done. */
    public enum Kind {
        /** Python was called; without the wait for a connection. */
        CALL,
        /** Somebody waited for a connection. */
        WAIT,
        /** The session store was asked, repetitions included. */
        STORE
    }
}
