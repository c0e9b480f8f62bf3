// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static io.serpentry.placement.MigrationState.DONE;
import static io.serpentry.placement.MigrationState.ROLLED_BACK;
import static io.serpentry.placement.MigrationState.ROLLING_BACK;
import static io.serpentry.placement.MigrationState.RUNNING;
import static io.serpentry.placement.MigrationState.VERIFYING;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPools;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.session.internal.SessionLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Carries out one migration on its own thread, batch by batch. What to do next is read from the ledger each time, so that a pause or a
 * cancellation is noticed wherever it was ordered. An interrupt is a stop of the server.
 */
final class MigrationRun implements Runnable {

    private static final int BATCH = 100;
    private static final Duration SLICE = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final String ROLLED_BACK_BEFORE = "the migration was rolled back before";
    private static final String STAYS = "it stays where it was placed";

    private final String id;
    private final Ledger ledger;
    private final SessionMover mover;
    private final Announcements announcements;
    private final Stopping stopping;
    private final LeftWorkers left;
    private final TimeLimit limit;
    /** What was done and is not written down yet. */
    private List<MoveReceipt> unrecorded = List.of();

    private String failure = "";
    private int verified;
    private boolean interrupted;
    /** Whether something has failed that is no step's own. */
    private boolean surprised;

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
        this.mover = mover;
        this.announcements = announcements;
        this.stopping = stopping;
        left = new LeftWorkers(pools, stopping, SLICE);
        limit = new TimeLimit(clock);
    }

    @Override
    public void run() {
        try {
            while (advance()) {
                // Each round does one thing and is written down.
            }
        } finally {
            // Of use if somebody else has ended it, or nobody could be asked any more.
            left.uncordon();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** False when there is nothing more to do, here. */
    private boolean advance() {
        try {
            interrupted |= Thread.interrupted();
            Migration migration = ledger.find(id).orElse(null);
            if (migration == null || migration.state().isTerminal()) {
                mover.undo(unrecorded);
                return false;
            }
            if (!unrecorded.isEmpty()) {
                writeDown(migration);
            } else if (isStopping() && migration.state() != ROLLING_BACK) {
                change(migration, ROLLING_BACK, "the server stops");
            } else {
                advance(migration);
            }
            return true;
        } catch (PythonException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                return isGivenUp(e);
            }
            SessionLog.LOG.migrationDelayed(id, RETRY, e);
            return !interrupted && !stopping.await(RETRY);
        } catch (RuntimeException e) {
            return isGivenUp(e);
        }
    }

    /**
     * What fails outside of a step is given up as well: the first time by the way back, then where it is. False if it can not even be
     * written down: whoever tends migrations ends it later.
     */
    private boolean isGivenUp(RuntimeException e) {
        boolean first = !surprised;
        surprised = true;
        try {
            mover.undo(unrecorded);
            unrecorded = List.of();
            Migration migration = ledger.find(id).orElse(null);
            if (migration == null || migration.state().isTerminal()) {
                return false;
            }
            if (!first && migration.state() != ROLLING_BACK) {
                change(migration, ROLLING_BACK, "it has failed: " + e);
                migration = ledger.find(id).orElse(migration);
            }
            giveUp(migration, e, "it has failed: " + e);
            return first;
        } catch (RuntimeException again) {
            if (again != e) {
                again.addSuppressed(e);
            }
            SessionLog.LOG.migrationLeft(id, again);
            return false;
        }
    }

    private boolean isStopping() {
        return interrupted || stopping.isStopping();
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
            giveUp(migration, e, "it has failed: " + e);
        }
    }

    /** What a worker's end or another's work has caused is tried again as long as there is time. */
    private void afterFailure(Migration migration, PythonException e) {
        failure = e.code() + ": " + e.getMessage();
        boolean passing = e.retryable() || e.code() == ErrorCode.WORKER_LOST;
        if (!passing || migration.state() == ROLLING_BACK) {
            giveUp(migration, e, failure);
        } else if (!stopping.await(SLICE)) {
            SessionLog.LOG.migrationDelayed(id, SLICE, e);
        }
    }

    /** It is rolled back; if it is the way back that has failed, it ends where it is. */
    private void giveUp(Migration migration, RuntimeException e, String outcome) {
        SessionLog.LOG.migrationFailed(id, e);
        if (migration.state() == ROLLING_BACK) {
            end(migration.outcome() + "; the way back has failed: " + e);
        } else {
            change(migration, ROLLING_BACK, outcome);
        }
    }

    // ---- moving

    private void move(Migration migration) {
        limit.run(migration.request().deadline());
        left.cordon(migration.request());
        List<MoveReceipt> batch = ledger.receipts(id, MoveReceipt.State.PENDING, 0, BATCH);
        if (limit.isOver()) {
            change(migration, ROLLING_BACK, late(migration, batch.isEmpty()));
        } else if (!batch.isEmpty()) {
            unrecorded = mover.move(migration, batch);
            failure = "";
            writeDown(migration);
        } else {
            ledger.seen(id);
            if (left.areUnused(migration.request())) {
                change(migration, VERIFYING, "");
            }
        }
    }

    /** If another server has ended the migration meanwhile, it is as if nothing had been done. */
    private void writeDown(Migration migration) {
        if (ledger.record(id, unrecorded)) {
            announcements.moved(migration, unrecorded);
        } else {
            mover.undo(unrecorded);
        }
        unrecorded = List.of();
    }

    private String late(Migration migration, boolean moved) {
        String late = "its deadline of " + migration.request().deadline() + " is over";
        if (moved) {
            return late + left.held(migration.request());
        }
        Migration.Progress progress = migration.progress();
        int pending = progress.total() - progress.moved() - progress.skipped();
        String why = failure.isEmpty() ? "" : "; the last failure was " + failure;
        return late + "; " + pending + " sessions were not moved" + why;
    }

    private String lateToVerify(Migration migration) {
        String why = failure.isEmpty() ? "" : "; the last failure was " + failure;
        return "its deadline of " + migration.request().deadline() + " is over, and not all sessions are verified"
                + why;
    }

    private void pause() {
        limit.pause();
        ledger.seen(id);
        if (stopping.await(SLICE)) {
            interrupted |= Thread.interrupted();
        }
    }

    // ---- ending

    private void verify(Migration migration) {
        limit.run(migration.request().deadline());
        List<MoveReceipt> moved = ledger.receipts(id, MoveReceipt.State.MOVED, verified, BATCH);
        if (!moved.isEmpty() && limit.isOver()) {
            change(migration, ROLLING_BACK, lateToVerify(migration));
            return;
        }
        if (!moved.isEmpty()) {
            mover.verify(moved);
            verified = moved.get(moved.size() - 1).number() + 1;
            ledger.seen(id);
            return;
        }
        String retired = "";
        if (migration.request().kind() == MigrationKind.EVACUATE) {
            mover.abandon(
                    migration.request().pool(),
                    Objects.requireNonNull(migration.request().from()));
            retired = left.retire(migration.request());
        }
        change(migration, DONE, summary(migration.progress()) + retired);
    }

    private static String summary(Migration.Progress progress) {
        String skipped = progress.skipped() == 0 ? "" : ", " + progress.skipped() + " had ended";
        return progress.moved() + " of " + progress.total() + " sessions moved" + skipped;
    }

    private void takeBack(Migration migration) {
        left.uncordon();
        List<MoveReceipt> moved = ledger.receipts(id, MoveReceipt.State.MOVED, 0, BATCH);
        if (moved.isEmpty()) {
            end(migration.outcome());
        } else {
            unrecorded = mover.takenBack(moved);
            writeDown(migration);
        }
    }

    private void end(String outcome) {
        if (ledger.end(id, Set.of(ROLLING_BACK), outcome, ROLLED_BACK_BEFORE, STAYS)) {
            ledger.find(id).ifPresent(announcements::changed);
        }
    }

    /** If somebody else has changed it meanwhile, that is seen in the next round. */
    private void change(Migration migration, MigrationState to, String outcome) {
        MigrationState from = migration.state();
        if (!from.next().contains(to)) {
            throw new IllegalStateException("migration " + id + ": " + from + " to " + to);
        }
        if (ledger.change(id, Set.of(from), to, outcome)) {
            ledger.find(id).ifPresent(announcements::changed);
        }
    }
}
