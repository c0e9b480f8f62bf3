// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.PythonException;
import io.serpentry.connector.internal.worker.WorkerLog;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;

/**
 * The hooks that Python has registered for the transaction of a managed connection: whether there are any, and when they
 * run. Each runs at most once; nothing is sent to a worker that has none.
 */
final class TransactionHooks {

    private final PythonManagedConnection connection;
    private final TransactionSynchronizationRegistry registry;
    private volatile boolean held;

    TransactionHooks(PythonManagedConnection connection, TransactionSynchronizationRegistry registry) {
        this.connection = connection;
        this.registry = registry;
    }

    boolean held() {
        return held;
    }

    /** The worker has said that it holds some; on the thread of the transaction. */
    void hold() {
        if (!held) {
            held = true;
            registry.registerInterposedSynchronization(new Completion());
        }
    }

    /** @throws PythonException if one has raised, or the worker is lost */
    void prepare() {
        if (held) {
            connection.prepareHooks();
        }
    }

    private final class Completion implements Synchronization {

        @Override
        public void beforeCompletion() {}

        /** The transaction is over: nothing that goes wrong here can change it. */
        @Override
        public void afterCompletion(int status) {
            held = false;
            boolean committed = status == Status.STATUS_COMMITTED;
            try {
                connection.completeHooks(committed);
            } catch (PythonException e) {
                WorkerLog.LOG.hooksFailed(committed ? "commit" : "rollback", e);
            }
        }
    }
}
