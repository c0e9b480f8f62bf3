// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import org.jspecify.annotations.Nullable;

/**
 * One session's way.
 *
 * @param from the worker that has it warm; null if none has
 * @param to the worker that is to have it; null for none, so that the next call goes to the one with the fewest
 */
public record PlannedMove(
        String session,
        String pool,
        @Nullable String from,
        @Nullable String to) {}
