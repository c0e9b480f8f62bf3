// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call that has ended.
 *
 * @param function as {@code module.function}
 * @param worker the one that was called
 * @param duration from the caller's order to the result, the mapping of arguments and result included; not the wait for a
 *     connection
 * @param failure null if it gave a result; {@code INTERNAL} for whatever is no {@link PythonException}
 */
public record EndedCall(
        String pool,
        String function,
        WorkerIdentity worker,
        Duration duration,
        @Nullable ErrorCode failure) {}
