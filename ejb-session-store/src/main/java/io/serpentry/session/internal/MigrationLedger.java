// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MigrationStatistics;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.PlannedMove;
import io.serpentry.session.internal.jpa.MigrationRecords;
import io.serpentry.session.internal.migration.Ledger;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The migrations in the session database, behind its circuit. */
@ApplicationScoped
public class MigrationLedger implements Ledger {

    @Inject
    StoreBackend backend;

    @Inject
    StoreGuard guard;

    @Inject
    Apart apart;

    private <T> T read(Function<MigrationRecords, T> action) {
        return call(Operation.MIGRATIONS, action);
    }

    private <T> T write(Function<MigrationRecords, T> action) {
        return call(Operation.MIGRATE, action);
    }

    private <T> T call(Operation operation, Function<MigrationRecords, T> action) {
        return apart.call(() -> guard.call(operation, () -> action.apply(backend.migrations())));
    }

    @Override
    public void open(Migration migration, String instance, List<PlannedMove> moves) {
        write(records -> records.open(migration, instance, moves));
    }

    @Override
    public Optional<Migration> find(String id) {
        return read(records -> records.find(id));
    }

    @Override
    public List<Migration> list(@Nullable String after, int limit) {
        return read(records -> records.list(after, limit));
    }

    @Override
    public Optional<String> instance(String id) {
        return read(records -> records.instance(id));
    }

    @Override
    public List<MoveReceipt> receipts(String id, MoveReceipt.@Nullable State state, int from, int limit) {
        return read(records -> records.receipts(id, state, from, limit));
    }

    @Override
    public boolean change(String id, Set<MigrationState> from, MigrationState to, String outcome) {
        return write(records -> records.change(id, from, to, outcome));
    }

    @Override
    public void seen(String id) {
        write(records -> records.seen(id));
    }

    @Override
    public boolean record(String id, List<MoveReceipt> receipts) {
        return write(records -> records.record(id, receipts));
    }

    @Override
    public boolean end(String id, Set<MigrationState> from, String outcome, String pending, String moved) {
        return write(records -> records.end(id, from, outcome, pending, moved));
    }

    @Override
    public List<String> abandoned(String server, String instance, Instant seenBefore, Instant proposedBefore) {
        return read(records -> records.abandoned(server, instance, seenBefore, proposedBefore));
    }

    @Override
    public MigrationStatistics statistics() {
        return read(MigrationRecords::statistics);
    }

    @Override
    public int forget(Instant endedBefore, int limit) {
        return write(records -> records.forget(endedBefore, limit));
    }
}
