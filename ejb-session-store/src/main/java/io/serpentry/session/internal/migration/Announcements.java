// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationChanged;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.SessionMoved;
import io.serpentry.session.internal.SessionLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells the application and the log what migrations do. An observer that fails changes nothing. */
@ApplicationScoped
public class Announcements {

    @Inject
    Event<SessionMoved> moves;

    @Inject
    Event<MigrationChanged> changes;

    @Inject
    MigrationMetrics metrics;

    @Inject
    EventLog events;

    void changed(Migration migration) {
        SessionLog.LOG.migrationChanged(migration.id(), migration.state(), migration.outcome());
        metrics.changed(migration);
        events.publish(List.of(event(migration)));
        tell(() -> changes.fire(new MigrationChanged(migration)));
    }

    /** One that is done is about to be taken back, or not after all. */
    void takenBack(String migration, boolean is) {
        metrics.takenBack(migration, is);
    }

    /** Of those sessions that were placed anew. */
    void moved(Migration migration, List<MoveReceipt> receipts) {
        List<SessionMoved> done = receipts.stream()
                .filter(Announcements::isPlaced)
                .map(receipt -> move(migration, receipt))
                .toList();
        events.publish(done.stream().map(Announcements::event).toList());
        for (SessionMoved move : done) {
            metrics.moved(move.returned());
            tell(() -> moves.fire(move));
        }
    }

    /** One that could not be placed as before has not been placed anew. */
    private static boolean isPlaced(MoveReceipt receipt) {
        boolean returned = receipt.state() == MoveReceipt.State.RETURNED;
        return returned ? receipt.problem() == null : receipt.state() == MoveReceipt.State.MOVED;
    }

    private static SessionMoved move(Migration migration, MoveReceipt receipt) {
        boolean returned = receipt.state() == MoveReceipt.State.RETURNED;
        return new SessionMoved(
                migration.id(),
                receipt.session(),
                receipt.pool(),
                returned ? receipt.to() : receipt.from(),
                returned ? receipt.from() : receipt.to(),
                returned,
                Objects.requireNonNull(receipt.at()));
    }

    private static NewEvent event(SessionMoved move) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("session", move.session());
        data.put("migration", move.migration());
        data.put("pool", move.pool());
        data.put("from", move.from());
        data.put("to", move.to());
        data.put("returned", move.returned());
        return new NewEvent("session.moved", data);
    }

    private static NewEvent event(Migration migration) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("migration", migration.id());
        data.put("kind", text(migration.request().kind()));
        data.put("pool", migration.request().pool());
        data.put("state", text(migration.state()));
        data.put("outcome", migration.outcome());
        data.put("by", migration.by());
        data.put("total", migration.progress().total());
        data.put("moved", migration.progress().moved());
        return new NewEvent("migration.changed", data);
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            SessionLog.LOG.migrationObserverFailed(e);
        }
    }
}
