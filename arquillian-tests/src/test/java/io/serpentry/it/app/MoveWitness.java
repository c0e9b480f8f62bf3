// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.placement.MigrationChanged;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.SessionMoved;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Remembers what migrations announce. */
@ApplicationScoped
public class MoveWitness {

    private final Queue<SessionMoved> moves = new ConcurrentLinkedQueue<>();
    private final Queue<MigrationChanged> changes = new ConcurrentLinkedQueue<>();

    void moved(@Observes SessionMoved move) {
        moves.add(move);
    }

    void changed(@Observes MigrationChanged change) {
        changes.add(change);
    }

    public List<SessionMoved> of(String migration) {
        return moves.stream().filter(move -> move.migration().equals(migration)).toList();
    }

    public List<MigrationState> states(String migration) {
        return changes.stream()
                .map(MigrationChanged::migration)
                .filter(changed -> changed.id().equals(migration))
                .map(changed -> changed.state())
                .toList();
    }
}
