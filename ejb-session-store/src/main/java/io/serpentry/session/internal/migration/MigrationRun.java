// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static io.serpentry.placement.MigrationState.DONE;
import static io.serpentry.placement.MigrationState.PAUSED;
import static io.serpentry.placement.MigrationState.ROLLED_BACK;
import static io.serpentry.placement.MigrationState.ROLLING_BACK;
import static io.serpentry.placement.MigrationState.RUNNING;
import static io.serpentry.placement.MigrationState.VERIFYING;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.session.internal.SessionLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Carries out one migration on its own thread, batch by batch. What to do next is read from the ledger each time, so that a pause or a
 * cancellation is noticed wherever it was ordered.
 */
final class MigrationRun implements Runnable {

    private static final int BATCH = 100;
    private static final Duration SLICE = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration RETIREMENT = Duration.ofSeconds(30);
    private static final String ROLLED_BACK_BEFORE = "the migration was rolled back before";
    private static final String STAYS = "it stays where it was placed";

    private final String id;
    private final Ledger ledger;
    private final PythonPools pools;
    private final SessionMover mover;
    private final Announcements announcements;
    private final Stopping stopping;
    private final InstantSource clock;
    private Instant deadline = Instant.MAX;
    private boolean cordoned;
    private int verified;

    MigrationRun(
            String id,
            Ledger ledger,
            PythonPools pools,
            SessionMover mover,
            Announcements announcements,
            Stopping stopping,
            InstantSource clock) {
        this.id = id;
        this.ledger = ledger;
        this.pools = pools;
        this.mover = mover;
        this.announcements = announcements;
        this.stopping = stopping;
        this.clock = clock;
    }

    @Override
    public void run() {
        while (advance()) {
            // Each round does one thing and is written down.
        }
    }

    /** False when there is nothing more to do, here. */
    private boolean advance() {
        try {
            Migration migration = ledger.find(id).orElse(null);
            if (migration == null || migration.state().isTerminal()) {
                return false;
            }
            if (stopping.isStopping() && migration.state() != ROLLING_BACK) {
                change(migration, ROLLING_BACK, "the server stops");
            } else {
                advance(migration);
            }
            return true;
        } catch (PythonException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                throw e;
            }
            SessionLog.LOG.migrationDelayed(id, RETRY, e);
            return !stopping.await(RETRY);
        }
    }

    private void advance(Migration migration) {
        try {
            switch (migration.state()) {
                case RUNNING -> move(migration);
                case PAUSED -> pause();
                case VERIFYING -> verify(migration);
                case ROLLING_BACK -> takeBack(migration);
                case PLANNED, DONE, ROLLED_BACK -> throw new IllegalStateException(id + " is " + migration.state());
            }
        } catch (SessionMover.TargetLost | SessionMover.DigestMismatch e) {
            change(migration, ROLLING_BACK, String.valueOf(e.getMessage()));
        } catch (PythonException e) {
            if (e.code() == ErrorCode.STORE_UNAVAILABLE) {
                throw e;
            }
            afterFailure(migration, e);
        } catch (RuntimeException e) {
            SessionLog.LOG.migrationFailed(id, e);
            if (migration.state() == ROLLING_BACK) {
                Abandoned.end(ledger, migration, migration.outcome() + "; the way back has failed: " + e);
            } else {
                change(migration, ROLLING_BACK, "it has failed: " + e);
            }
        }
    }

    /** What a worker's end or another's work has caused is tried again as long as there is time. */
    private void afterFailure(Migration migration, PythonException failure) {
        boolean passing = failure.retryable() || failure.code() == ErrorCode.WORKER_LOST;
        if (migration.state() != ROLLING_BACK && (!passing || clock.instant().isAfter(deadline))) {
            change(migration, ROLLING_BACK, failure.code() + ": " + failure.getMessage());
        } else if (!stopping.await(SLICE)) {
            SessionLog.LOG.migrationDelayed(id, SLICE, failure);
        }
    }

    // ---- moving

    private void move(Migration migration) {
        begin(migration);
        List<MoveReceipt> batch = ledger.receipts(id, MoveReceipt.State.PENDING, 0, BATCH);
        if (clock.instant().isAfter(deadline)) {
            int left = migration.progress().total()
                    - migration.progress().moved()
                    - migration.progress().skipped();
            String late = "its deadline of " + migration.request().deadline() + " is over";
            change(
                    migration,
                    ROLLING_BACK,
                    batch.isEmpty() ? late + held(migration) : late + "; " + left + " sessions were not moved");
        } else if (!batch.isEmpty()) {
            List<MoveReceipt> moved = mover.move(migration, batch);
            ledger.record(id, moved);
            announcements.moved(migration, moved);
        } else if (isUnused(migration)) {
            change(migration, VERIFYING, "");
        }
    }

    private void begin(Migration migration) {
        if (deadline.equals(Instant.MAX)) {
            deadline = clock.instant().plus(migration.request().deadline());
        }
        if (!cordoned && migration.request().kind() == MigrationKind.EVACUATE) {
            pool(migration).cordon(leaving(migration));
            cordoned = true;
        }
    }

    private PythonPool pool(Migration migration) {
        return pools.require(Objects.requireNonNull(migration.request().pool()));
    }

    private static String leaving(Migration migration) {
        return Objects.requireNonNull(migration.request().from());
    }

    /** Whether nobody holds a worker that is to be left; waits a while for it. */
    private boolean isUnused(Migration migration) {
        ledger.seen(id);
        return holders(migration, SLICE).isEmpty();
    }

    private Map<String, List<WorkerHolder>> holders(Migration migration, Duration limit) {
        Map<String, List<WorkerHolder>> holders = new TreeMap<>();
        switch (migration.request().kind()) {
            case MIGRATE, REBALANCE -> {}
            case EVACUATE -> look(pool(migration), leaving(migration), limit, holders);
            case DRAIN ->
                pools.list().forEach(pool -> pool.workers().stream()
                        .map(WorkerStatus::id)
                        .forEach(worker -> look(pool, worker, limit, holders)));
        }
        return holders;
    }

    private static void look(PythonPool pool, String worker, Duration limit, Map<String, List<WorkerHolder>> holders) {
        try {
            List<WorkerHolder> left = pool.awaitUnused(worker, limit);
            if (!left.isEmpty()) {
                holders.put(worker, left);
            }
        } catch (PythonException e) {
            // It has ended: nobody holds it.
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
    }

    private String held(Migration migration) {
        return holders(migration, Duration.ZERO).entrySet().stream()
                .map(worker -> "; worker " + worker.getKey() + " is held by "
                        + worker.getValue().stream().map(WorkerHolder::describe).collect(Collectors.joining(" and ")))
                .collect(Collectors.joining());
    }

    private void pause() {
        Instant begun = clock.instant();
        ledger.seen(id);
        boolean stop = stopping.await(SLICE);
        if (!stop && !deadline.equals(Instant.MAX)) {
            deadline = deadline.plus(Duration.between(begun, clock.instant()));
        }
    }

    // ---- ending

    private void verify(Migration migration) {
        List<MoveReceipt> moved = ledger.receipts(id, MoveReceipt.State.MOVED, verified, BATCH);
        if (!moved.isEmpty()) {
            mover.verify(moved);
            verified = moved.get(moved.size() - 1).number() + 1;
            ledger.seen(id);
            return;
        }
        String retired = migration.request().kind() == MigrationKind.EVACUATE ? retire(migration) : "";
        change(migration, DONE, summary(migration) + retired);
    }

    private static String summary(Migration migration) {
        Migration.Progress progress = migration.progress();
        String skipped = progress.skipped() == 0 ? "" : ", " + progress.skipped() + " had ended";
        return progress.moved() + " of " + progress.total() + " sessions moved" + skipped;
    }

    private String retire(Migration migration) {
        String worker = leaving(migration);
        mover.abandon(migration.request().pool(), worker);
        try {
            return pool(migration).drain(worker, RETIREMENT)
                    ? ", worker " + worker + " has ended"
                    : ", worker " + worker + " is about to end";
        } catch (PythonException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
            return ", worker " + worker + " has ended";
        }
    }

    private void takeBack(Migration migration) {
        if (cordoned) {
            uncordon(migration);
            cordoned = false;
        }
        List<MoveReceipt> moved = ledger.receipts(id, MoveReceipt.State.MOVED, 0, BATCH);
        if (!moved.isEmpty()) {
            List<MoveReceipt> returned = mover.takenBack(moved);
            ledger.record(id, returned);
            announcements.moved(migration, returned);
            return;
        }
        if (ledger.end(id, Set.of(ROLLING_BACK), migration.outcome(), ROLLED_BACK_BEFORE, STAYS)) {
            ledger.find(id).ifPresent(announcements::changed);
        }
    }

    private void uncordon(Migration migration) {
        try {
            pool(migration).uncordon(leaving(migration));
        } catch (PythonException e) {
            // It has ended, or is about to: then there is nothing to take back.
            if (e.code() != ErrorCode.NOT_FOUND && e.code() != ErrorCode.ILLEGAL_STATE) {
                throw e;
            }
        }
    }

    /** If somebody else has changed it meanwhile, that is seen in the next round. */
    private void change(Migration migration, MigrationState to, String outcome) {
        Set<MigrationState> from = Set.of(migration.state());
        boolean legal = migration.state().next().contains(to);
        if (!legal) {
            throw new IllegalStateException("migration " + id + ": " + migration.state() + " to " + to);
        }
        if (ledger.change(id, from, to, outcome)) {
            ledger.find(id).ifPresent(announcements::changed);
        }
    }
}
