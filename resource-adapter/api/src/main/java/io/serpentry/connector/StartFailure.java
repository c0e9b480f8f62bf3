// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why the last attempt to start a worker failed. It is kept until a worker has started.
 *
 * @param attempts how many attempts have failed in a row
 * @param retryAt before this moment no further attempt is made, and callers get this failure at once
 * @param stderr the end of what Python wrote on its standard error, empty if nothing
 * @param traceback the Python traceback, null if Python did not come so far
 */
public record StartFailure(
        String message,
        Instant at,
        int attempts,
        Instant retryAt,
        String stderr,
        @Nullable String traceback) {}
