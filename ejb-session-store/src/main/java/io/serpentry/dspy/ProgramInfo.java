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
 */
public record ProgramInfo(
        String id,
        boolean global,
        String type,
        @Nullable Signature signature,
        Instant createdAt,
        @Nullable Instant expiresAt,
        long executions,
        @Nullable Instant lastExecuted) {}
