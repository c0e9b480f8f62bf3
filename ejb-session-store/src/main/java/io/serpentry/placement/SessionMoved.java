// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * CDI event: a migration has placed a session anew. Fired on the server that did it, when the receipt is stored, on the migration's thread.
 *
 * @param from the worker that had it warm; null if none had
 * @param to the worker that has it; null for none
 * @param returned whether it was placed as before again
 */
public record SessionMoved(
        String migration,
        String session,
        String pool,
        @Nullable String from,
        @Nullable String to,
        boolean returned,
        Instant at) {}
