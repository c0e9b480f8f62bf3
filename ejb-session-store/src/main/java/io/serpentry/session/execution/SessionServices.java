// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.SessionStore;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * What all calls in sessions share.
 *
 * @param transactional whether what is changed takes part in transactions; sessions in memory do not
 */
record SessionServices(
        SessionStore store,
        KeptHooks hooks,
        TransactionSynchronizationRegistry transactions,
        ContentCache contents,
        WorkerContents workers,
        SessionTraffic traffic,
        ModelUsage usage,
        SessionPlacements placements,
        boolean transactional) {

    SessionServices withoutTransactions() {
        return new SessionServices(store, hooks, transactions, contents, workers, traffic, usage, placements, false);
    }

    boolean isInTransaction() {
        return transactional && transactions.getTransactionStatus() != Status.STATUS_NO_TRANSACTION;
    }

    /** Of the thread's transaction; null without one, or before anything was staged in it. */
    @Nullable
    StagedSessions staged() {
        return isInTransaction() ? StagedSessions.existing(transactions) : null;
    }

    /** What the transaction's calls have staged for the session is written, so that it can be read there. */
    void writeStaged(String session) {
        StagedSessions staged = staged();
        if (staged != null) {
            staged.write(session);
        }
    }

    void writeAllStaged() {
        StagedSessions staged = staged();
        if (staged != null) {
            staged.writeAll();
        }
    }

    void forgetStaged(String session) {
        StagedSessions staged = staged();
        if (staged != null) {
            staged.forget(session);
        }
    }
}
