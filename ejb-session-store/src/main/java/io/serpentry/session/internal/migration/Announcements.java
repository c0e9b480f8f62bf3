// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationChanged;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.SessionMoved;
import io.serpentry.session.internal.SessionLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;

/** Tells the application and the log what migrations do. An observer that fails changes nothing. */
@ApplicationScoped
public class Announcements {

    @Inject
    Event<SessionMoved> moves;

    @Inject
    Event<MigrationChanged> changes;

    @Inject
    MigrationMetrics metrics;

    void changed(Migration migration) {
        SessionLog.LOG.migrationChanged(migration.id(), migration.state(), migration.outcome());
        metrics.changed(migration);
        tell(() -> changes.fire(new MigrationChanged(migration)));
    }

    /** Of those sessions that were placed anew. */
    void moved(Migration migration, List<MoveReceipt> receipts) {
        for (MoveReceipt receipt : receipts) {
            boolean returned = receipt.state() == MoveReceipt.State.RETURNED;
            // One that could not be placed as before has not been placed anew.
            boolean placed = returned ? receipt.problem() == null : receipt.state() == MoveReceipt.State.MOVED;
            if (!placed) {
                continue;
            }
            metrics.moved(receipt.state());
            tell(() -> moves.fire(new SessionMoved(
                    migration.id(),
                    receipt.session(),
                    receipt.pool(),
                    returned ? receipt.to() : receipt.from(),
                    returned ? receipt.from() : receipt.to(),
                    returned,
                    Instant.now())));
        }
    }

    private static void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            SessionLog.LOG.migrationObserverFailed(e);
        }
    }
}
