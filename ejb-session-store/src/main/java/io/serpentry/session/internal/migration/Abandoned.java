// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MoveReceipt.State;
import java.util.EnumSet;
import java.util.Set;

/**
 * Ends migrations that nobody works on any more. Where a dead server had placed a session does not matter: its workers have died with it,
 * and any other serves the session with what the store has.
 */
final class Abandoned {

    private static final String PENDING = "the migration ended before";
    private static final String MOVED = "its worker has ended; any other serves the session";

    private Abandoned() {}

    /** False if somebody else has ended it. */
    static boolean end(Ledger ledger, Migration migration, String why) {
        Set<MigrationState> open = EnumSet.allOf(MigrationState.class);
        open.removeIf(state -> !state.next().contains(MigrationState.ROLLING_BACK));
        open.remove(MigrationState.DONE);
        if (migration.state() == MigrationState.PLANNED) {
            ledger.close(migration.id(), State.PENDING, State.SKIPPED, "it was never started");
            return ledger.change(migration.id(), Set.of(MigrationState.PLANNED), MigrationState.ROLLED_BACK, why);
        }
        if (migration.state() != MigrationState.ROLLING_BACK
                && !ledger.change(migration.id(), open, MigrationState.ROLLING_BACK, why)) {
            return false;
        }
        ledger.close(migration.id(), State.PENDING, State.SKIPPED, PENDING);
        ledger.close(migration.id(), State.MOVED, State.RETURNED, MOVED);
        return ledger.change(migration.id(), Set.of(MigrationState.ROLLING_BACK), MigrationState.ROLLED_BACK, why);
    }
}
