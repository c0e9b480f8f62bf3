// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.CallContext;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.internal.worker.WorkerLog;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The hooks that Python has registered for the transaction of a managed connection: whether there are any, and when they
 * run. Each runs at most once; nothing is sent to a worker that has none.
 */
final class TransactionHooks {

    private final PythonManagedConnection connection;
    private final TransactionSynchronizationRegistry registry;
    /** Of the transaction whose hooks the worker holds; null if it holds none. */
    private final AtomicReference<@Nullable Completion> awaited = new AtomicReference<>();

    TransactionHooks(PythonManagedConnection connection, TransactionSynchronizationRegistry registry) {
        this.connection = connection;
        this.registry = registry;
    }

    /** The thread's transaction, as the transaction manager writes it. */
    String transaction() {
        return String.valueOf(registry.getTransactionKey());
    }

    boolean held() {
        return awaited.get() != null;
    }

    /**
     * The worker has said that it holds some; on the thread of the transaction.
     *
     * @param context of the call that it said it of, perhaps of none of them
     */
    void hold(@Nullable CallContext context) {
        Completion present = awaited.get();
        if (present != null) {
            present.add(context);
            return;
        }
        Completion completion = new Completion();
        completion.add(context);
        if (!awaited.compareAndSet(null, completion)) {
            return;
        }
        try {
            registry.registerInterposedSynchronization(completion);
            // In one that is marked for rollback the container drops the synchronization without a word.
            completion.comes = registry.getTransactionStatus() == Status.STATUS_ACTIVE;
        } catch (IllegalStateException e) {
            WorkerLog.LOG.debug("the transaction was over before its hooks were known", e);
            completion.run(false);
        }
    }

    /** @throws PythonException if one has raised, or the worker is lost */
    void prepare() {
        if (held()) {
            connection.prepareHooks();
        }
    }

    /** The resource is rolled back: runs the hooks if nothing else will. */
    void rolledBack() {
        Completion completion = awaited.get();
        if (completion != null && !completion.comes) {
            completion.run(false);
        }
    }

    private final class Completion implements Synchronization {

        /** Whether the container is known to call {@link #afterCompletion}. */
        private volatile boolean comes;

        private final Set<CallContext> contexts = ConcurrentHashMap.newKeySet();

        void add(@Nullable CallContext context) {
            if (context != null) {
                contexts.add(context);
            }
        }

        @Override
        public void beforeCompletion() {}

        @Override
        public void afterCompletion(int status) {
            run(status == Status.STATUS_COMMITTED);
        }

        /** The transaction is over, or can only be rolled back: nothing that goes wrong here can change it. */
        private void run(boolean committed) {
            if (!awaited.compareAndSet(this, null)) {
                return;
            }
            try {
                connection.completeHooks(committed, this::tell);
            } catch (PythonException e) {
                WorkerLog.LOG.hooksFailed(committed ? "commit" : "rollback", e);
            }
        }

        private void tell(List<String> done) {
            for (CallContext context : contexts) {
                try {
                    context.hooksRun(done);
                } catch (PythonException e) {
                    WorkerLog.LOG.notesNotRemoved(e);
                }
            }
        }
    }
}
