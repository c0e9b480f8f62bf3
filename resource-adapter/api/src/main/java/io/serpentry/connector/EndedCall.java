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
        @Nullable ErrorCode failure) {

    /**
     * Whether it failed by a fault of Python, worker or server: PYTHON_RAISED, or a code with a status of 500 and more. What the caller did
     * wrong is none, and neither is a conflict.
     */
    public boolean isFault() {
        return isFault(failure);
    }

    /** The same of any failure; false for null. */
    public static boolean isFault(@Nullable ErrorCode failure) {
        return failure != null && (failure.httpStatus() >= 500 || failure == ErrorCode.PYTHON_RAISED);
    }
}
