// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MigrationStatistics;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.PlannedMove;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Migrations in the database; what changes them is a transaction of its own. Safe for use by any number of threads. */
public final class MigrationRecords {

    private final StoreTransactions transactions;
    private final InstantSource clock;

    public MigrationRecords(StoreTransactions transactions, InstantSource clock) {
        this.transactions = transactions;
        this.clock = clock;
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.instant().toEpochMilli());
    }

    /** How many moves it has. */
    public int open(Migration migration, String instance, List<PlannedMove> moves) {
        return transactions.alone(connection -> MigrationTable.insert(connection, migration, instance) == 1
                ? MoveTable.insert(connection, migration.id(), moves)
                : 0);
    }

    public Optional<Migration> find(String id) {
        return transactions.read(connection -> MigrationTable.find(connection, id));
    }

    public List<Migration> list(@Nullable String after, int limit) {
        return transactions.read(connection -> MigrationTable.list(connection, after, limit));
    }

    public Optional<String> instance(String id) {
        return transactions.read(connection -> MigrationTable.instance(connection, id));
    }

    public List<MoveReceipt> receipts(String id, MoveReceipt.@Nullable State state, int from, int limit) {
        return transactions.read(connection -> MoveTable.list(connection, id, state, from, limit));
    }

    public boolean change(String id, Set<MigrationState> from, MigrationState to, String outcome) {
        return transactions.alone(connection -> MigrationTable.change(connection, id, from, to, outcome, now()));
    }

    /** Whether it is under way. */
    public boolean seen(String id) {
        return transactions.alone(connection -> MigrationTable.seen(connection, id, now()));
    }

    /** False if it is not under way: then nothing is written. */
    public boolean record(String id, List<MoveReceipt> receipts) {
        return transactions.alone(connection ->
                MigrationTable.seen(connection, id, now()) && MoveTable.record(connection, id, receipts) == 1);
    }

    /**
     * From one of those states to ROLLED_BACK, and its moves with it; false if it is in none of them.
     *
     * @param pending why sessions were not moved
     * @param moved what is to be known about the return of those that were
     */
    public boolean end(String id, Set<MigrationState> from, String outcome, String pending, String moved) {
        return transactions.alone(
                connection -> MigrationTable.change(connection, id, from, MigrationState.ROLLED_BACK, outcome, now())
                        && MoveTable.end(connection, id, pending, moved) == 1);
    }

    public List<String> abandoned(String server, String instance, Instant seenBefore, Instant proposedBefore) {
        return transactions.read(
                connection -> MigrationTable.abandoned(connection, server, instance, seenBefore, proposedBefore));
    }

    public MigrationStatistics statistics() {
        return transactions.read(MigrationTable::statistics);
    }

    public int forget(Instant endedBefore, int limit) {
        return transactions.alone(connection -> MigrationTable.forget(connection, endedBefore, limit));
    }
}
