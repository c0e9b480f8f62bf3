// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A program that is stored.
 *
 * @param global whether it belongs to the pool, not to a session
 * @param signature null for a class that has its own
 * @param expiresAt null if it does not by itself
 * @param executions that succeeded
 * @param lastExecuted null if none has
 * @param progress of the optimizer that runs now; null if none does
 */
public record ProgramInfo(
        String id,
        boolean global,
        String type,
        @Nullable Signature signature,
        Instant createdAt,
        @Nullable Instant expiresAt,
        long executions,
        @Nullable Instant lastExecuted,
        @Nullable Progress progress) {

    /**
     * How far an optimizer is.
     *
     * @param measured how many predictions were measured, and how many of them the metric accepted
     * @param examples that it was given; it may stop before all are measured, or measure one several times
     */
    public record Progress(int measured, int examples, int accepted) {}
}
