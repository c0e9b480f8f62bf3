// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The thread's transaction, as WildFly's registry shows it. For one thread at a time. */
final class FakeTransaction implements TransactionSynchronizationRegistry {

    private final Map<Object, Object> resources = new HashMap<>();
    private final List<Synchronization> synchronizations = new ArrayList<>();
    private int status = Status.STATUS_ACTIVE;

    void commit() {
        synchronizations.forEach(Synchronization::beforeCompletion);
        end(Status.STATUS_COMMITTED);
    }

    /** As the thread that rolls back transactions whose time is over does it. */
    void end(int how) {
        status = how;
        synchronizations.forEach(one -> one.afterCompletion(how));
    }

    @Override
    public void registerInterposedSynchronization(Synchronization synchronization) {
        switch (status) {
            case Status.STATUS_ACTIVE, Status.STATUS_PREPARING -> synchronizations.add(synchronization);
            case Status.STATUS_MARKED_ROLLBACK -> {
                // Taken for registered, and never called: the container does so in some places, and throws in others.
            }
            default -> throw new IllegalStateException("synchronizations are not allowed in status " + status);
        }
    }

    @Override
    public Object getTransactionKey() {
        return this;
    }

    @Override
    public void putResource(Object key, Object value) {
        resources.put(key, value);
    }

    @Override
    public Object getResource(Object key) {
        return resources.get(key);
    }

    @Override
    public int getTransactionStatus() {
        return status;
    }

    @Override
    public void setRollbackOnly() {
        status = Status.STATUS_MARKED_ROLLBACK;
    }

    @Override
    public boolean getRollbackOnly() {
        return status == Status.STATUS_MARKED_ROLLBACK;
    }
}
