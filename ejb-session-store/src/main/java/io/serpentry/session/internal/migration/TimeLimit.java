// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** How long a migration may take; its pauses do not count. For one thread at a time. */
final class TimeLimit {

    private final InstantSource clock;
    private @Nullable Instant end;
    private @Nullable Instant pausedAt;

    TimeLimit(InstantSource clock) {
        this.clock = clock;
    }

    /** The time runs: from now on, or again after a pause. */
    void run(Duration limit) {
        Instant now = clock.instant();
        if (end == null) {
            end = now.plus(limit);
        } else if (pausedAt != null) {
            end = end.plus(Duration.between(pausedAt, now));
        }
        pausedAt = null;
    }

    void pause() {
        if (pausedAt == null) {
            pausedAt = clock.instant();
        }
    }

    boolean isOver() {
        return end != null && pausedAt == null && clock.instant().isAfter(end);
    }
}
