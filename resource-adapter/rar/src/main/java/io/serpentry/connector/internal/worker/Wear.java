// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one worker, after which it is replaced.
 *
 * @param maxCalls 0 for no limit
 * @param end null for no limit
 * @param maxMemoryBytes 0 for no limit
 */
record Wear(long maxCalls, @Nullable Instant end, long maxMemoryBytes) {

    private static final double JITTER = 0.1;

    /**
     * The limits of a worker that starts now. That of calls differs by up to a tenth from the pool's, so that workers that
     * started together are not due together.
     *
     * @param random from 0 to 1
     */
    static Wear of(PoolSettings settings, Instant startedAt, double random) {
        long calls = Math.round(settings.maxCalls() * (1 - JITTER + 2 * JITTER * random));
        return new Wear(
                settings.maxCalls() == 0 ? 0 : Math.max(1, calls),
                settings.maxAge() == null ? null : startedAt.plus(settings.maxAge()),
                settings.maxMemoryBytes());
    }

    boolean isOverCalls(long calls) {
        return maxCalls > 0 && calls >= maxCalls;
    }

    boolean isOverAge(InstantSource clock) {
        return end != null && !clock.instant().isBefore(end);
    }

    /** @param bytes asked only if there is a limit */
    boolean isOverMemory(LongSupplier bytes) {
        return maxMemoryBytes > 0 && bytes.getAsLong() > maxMemoryBytes;
    }
}
