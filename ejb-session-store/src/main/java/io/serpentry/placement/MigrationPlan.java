// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import java.util.List;
import java.util.Map;

/**
 * What a migration would do, or does.
 *
 * @param id of these moves: the same moves have the same
 * @param moves ordered by pool and session
 * @param before how many sessions each live worker of the pools concerned has warm, by its id
 * @param after the same when it is done and nobody has made a call meanwhile
 */
public record MigrationPlan(
        String id,
        MigrationRequest request,
        List<PlannedMove> moves,
        Map<String, Integer> before,
        Map<String, Integer> after) {

    public MigrationPlan {
        moves = List.copyOf(moves);
        before = Map.copyOf(before);
        after = Map.copyOf(after);
    }
}
