// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.event.NewEvent;
import io.serpentry.session.StoreStatus.Circuit;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** Follows the state of the circuit, and tells log and metrics of each change. */
@ApplicationScoped
public class CircuitWatch {

    /** A state, and since when. */
    record State(Circuit circuit, Instant since) {}

    private final InstantSource clock = InstantSource.system();
    private final AtomicReference<State> state = new AtomicReference<>(new State(Circuit.CLOSED, clock.instant()));

    @Inject
    CircuitBreakerMaintenance circuits;

    @Inject
    StoreMetrics metrics;

    @Inject
    EventWriter events;

    /** Called once, when the application starts. */
    void start() {
        circuits.onStateChange(StoreCircuit.NAME, this::changed);
    }

    State state() {
        return Objects.requireNonNull(state.get());
    }

    private void changed(CircuitBreakerState now) {
        Circuit circuit =
                switch (now) {
                    case CLOSED -> Circuit.CLOSED;
                    case OPEN -> Circuit.OPEN;
                    case HALF_OPEN -> Circuit.HALF_OPEN;
                };
        metrics.circuit(circuit);
        events.publish(new NewEvent(
                "store.circuit",
                Map.of("state", circuit.name().toLowerCase(Locale.ROOT).replace('_', '-'))));
        if (circuit == Circuit.OPEN) {
            SessionLog.LOG.circuitOpened();
        } else {
            SessionLog.LOG.circuitChanged(circuit);
        }
        state.set(new State(circuit, clock.instant()));
    }
}
