// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A migration as it is kept in the database.
 *
 * @param plan the id of its {@link MigrationPlan}
 * @param server the node that does it
 * @param by the principal who asked for it, or the rule that did
 * @param outcome why it is in its state, a sentence; empty while there is nothing to say
 * @param startedAt null if it was not started
 * @param endedAt null if it has not ended
 */
public record Migration(
        String id,
        String plan,
        MigrationRequest request,
        MigrationState state,
        String server,
        String by,
        String outcome,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        Progress progress) {

    /**
     * How many of its sessions are in which {@link MoveReceipt.State}.
     *
     * @param total all of them
     */
    public record Progress(int total, int moved, int skipped, int returned) {}
}
