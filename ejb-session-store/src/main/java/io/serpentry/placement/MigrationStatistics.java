// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import java.time.Duration;
import java.util.Map;

/**
 * Of all migrations that are kept.
 *
 * @param states how many are in each state; states that none is in are left out
 * @param sessionsMoved how many sessions were moved by those that are done
 * @param sessionsReturned how many were moved and placed as before again
 * @param longest the longest of those that are done; zero if none is
 */
public record MigrationStatistics(
        Map<MigrationState, Integer> states, long sessionsMoved, long sessionsReturned, Duration longest) {

    public MigrationStatistics {
        states = Map.copyOf(states);
    }
}
