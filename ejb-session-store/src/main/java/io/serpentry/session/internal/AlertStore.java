// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.alert.Alert;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.StoreStatus.Circuit;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.execution.ApplicationSessions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What alerts need of the session store: a place, and its figures. All of it that asks the database throws {@link
 * StoreUnavailableException} if that can not be reached. Safe for use by any number of threads.
 */
@ApplicationScoped
public class AlertStore {

    private static final String LEASE = "serpentry:alerts-of-the-store";

    @Inject
    StoreBackend backend;

    @Inject
    StoreGuard guard;

    @Inject
    StoreMetrics metrics;

    @Inject
    CircuitWatch circuit;

    /** Whether calls reach the database, as far as they have tried. */
    public boolean isReached() {
        return circuit.state().circuit() == Circuit.CLOSED;
    }

    /** Conflicts since this server has started. */
    public long conflicts() {
        return metrics.conflicts();
    }

    /** As of this server's last sweep; empty before the first. */
    public Optional<SessionStatistics> lastSample() {
        return metrics.lastSample();
    }

    /** Whether this server is the one that looks at the shared store, until then. */
    public boolean tryLease(Instant validTo) {
        return guard.call(Operation.LEASE, () -> backend.store().tryLease(LEASE, ApplicationSessions.SERVER, validTo));
    }

    /** False if one about the same is open already. */
    public boolean insert(Alert alert) {
        return guard.call(Operation.ALERT, () -> backend.alerts().insert(alert));
    }

    /** False if it is cleared already. */
    public boolean clear(Alert cleared) {
        return guard.call(Operation.ALERT, () -> backend.alerts().clear(cleared));
    }

    /** Those that are open, of all servers. */
    public List<Alert> open() {
        return guard.call(Operation.ALERT, () -> backend.alerts().open());
    }

    /** Open and cleared ones, the latest first. */
    public List<Alert> list(@Nullable String after, int limit) {
        return guard.call(Operation.ALERT, () -> backend.alerts().list(after, limit));
    }

    /** The alert after the note; empty if there is none. */
    public Optional<Alert> acknowledge(String id, String by, Instant now) {
        return guard.call(Operation.ALERT, () -> backend.alerts().acknowledge(id, by, now));
    }

    /** Removes those that were cleared before; how many. */
    public int forget(Instant before) {
        return guard.call(Operation.ALERT, () -> backend.alerts().forget(before));
    }
}
