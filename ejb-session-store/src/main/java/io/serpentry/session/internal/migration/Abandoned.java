// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationState;
import java.util.EnumSet;
import java.util.Set;

/**
 * Ends migrations that nobody works on any more. Where a dead server had placed a session does not matter: its workers have died with it,
 * and any other serves the session with what the store has.
 */
final class Abandoned {

    private static final String PENDING = "the migration ended before";
    private static final String MOVED = "its worker has ended; any other serves the session";
    private static final Set<MigrationState> ROLLING = Set.of(MigrationState.ROLLING_BACK);

    private Abandoned() {}

    /** False if somebody else has ended it. */
    static boolean end(Ledger ledger, Migration migration, String why) {
        String id = migration.id();
        MigrationState state = migration.state();
        if (state == MigrationState.PLANNED) {
            return ledger.end(id, Set.of(state), why, "it was never started", MOVED);
        }
        boolean rolling = state == MigrationState.ROLLING_BACK
                || ledger.change(id, migrating(), MigrationState.ROLLING_BACK, why);
        return rolling && ledger.end(id, ROLLING, why, PENDING, MOVED);
    }

    private static Set<MigrationState> migrating() {
        Set<MigrationState> states = EnumSet.allOf(MigrationState.class);
        states.removeIf(state -> !state.isUnderWay() || state == MigrationState.ROLLING_BACK);
        return states;
    }
}
