// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import java.util.Set;

/**
 * Where a migration is.
 *
 * <pre>
 *   PLANNED --> RUNNING --> VERIFYING --> DONE
 *      |        ^  |  |         |          |   (on request, while it is kept)
 *      |        v  |  |         v          v
 *      |     PAUSED   +--> ROLLING_BACK <--+
 *      |        |               ^  |
 *      |        +---------------+  v
 *      +---------------------> ROLLED_BACK
 * </pre>
 */
public enum MigrationState {
    /** Proposed by a rule; nothing is done until somebody starts it. */
    PLANNED,
    RUNNING,
    PAUSED,
    /** Everything is moved; what the store has is compared with the receipts. */
    VERIFYING,
    DONE,
    ROLLING_BACK,
    /** It ended without what it was for, or was taken back: the sessions are placed as before, as far as their workers live. */
    ROLLED_BACK;

    /** The states that may follow. */
    public Set<MigrationState> next() {
        return switch (this) {
            case PLANNED -> Set.of(RUNNING, ROLLED_BACK);
            case RUNNING -> Set.of(PAUSED, VERIFYING, ROLLING_BACK);
            case PAUSED -> Set.of(RUNNING, ROLLING_BACK);
            case VERIFYING -> Set.of(DONE, ROLLING_BACK);
            case DONE -> Set.of(ROLLING_BACK);
            case ROLLING_BACK -> Set.of(ROLLED_BACK);
            case ROLLED_BACK -> Set.of();
        };
    }

    /** Whether nothing more happens by itself. */
    public boolean isTerminal() {
        return this == DONE || this == ROLLED_BACK;
    }

    /** Whether a server is, or should be, at work on it. */
    public boolean isUnderWay() {
        return !isTerminal() && this != PLANNED;
    }
}
