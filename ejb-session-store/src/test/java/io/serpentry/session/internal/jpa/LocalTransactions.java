// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.RollbackException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.Session;

/** Transactions without an application server: one entity manager's own, which a test may open around several operations. */
final class LocalTransactions implements StoreTransactions {

    private final EntityManagerFactory entities;
    private final EntityWork work;
    private final ThreadLocal<EntityManager> current = new ThreadLocal<>();

    LocalTransactions(EntityManagerFactory entities) {
        this.entities = entities;
        this.work = new EntityWork(entities);
    }

    /** As a caller's transaction: everything the thread does in the action is committed with it, or rolled back. */
    <T> T transaction(Supplier<T> action) {
        EntityManager manager = entities.createEntityManager();
        current.set(manager);
        try {
            manager.getTransaction().begin();
            T result = action.get();
            if (manager.getTransaction().getRollbackOnly()) {
                throw new RollbackException("The transaction is marked for rollback");
            }
            manager.getTransaction().commit();
            return result;
        } finally {
            current.remove();
            if (manager.getTransaction().isActive()) {
                manager.getTransaction().rollback();
            }
            manager.close();
        }
    }

    @Override
    public <T> T read(Work<T> reading) {
        return isJoining() ? joined(reading) : translated(() -> work.sql(reading));
    }

    @Override
    public <T> T query(Function<EntityManager, T> query) {
        return translated(() -> isJoining() ? query.apply(current.get()) : work.query(query));
    }

    @Override
    public <T> T write(Work<T> writing) {
        return isJoining() ? joined(writing) : translated(() -> transaction(() -> joined(writing)));
    }

    @Override
    public <T> T statement(Work<T> writing) {
        return translated(() -> work.sql(writing));
    }

    @Override
    public <T> T alone(Work<T> writing) {
        return apart(() -> write(writing));
    }

    /** Outside of the thread's transaction, if it is in one. */
    <T> T apart(Supplier<T> action) {
        EntityManager suspended = current.get();
        current.remove();
        try {
            return action.get();
        } finally {
            if (suspended != null) {
                current.set(suspended);
            }
        }
    }

    @Override
    public boolean isJoining() {
        return current.get() != null;
    }

    @Override
    public boolean isWriting() {
        return isJoining();
    }

    @Override
    public void setRollbackOnly() {
        if (isJoining()) {
            current.get().getTransaction().setRollbackOnly();
        }
    }

    private <T> T joined(Work<T> action) {
        return translated(() -> current.get().unwrap(Session.class).doReturningWork(action::on));
    }

    private static <T> T translated(Supplier<T> action) {
        try {
            return action.get();
        } catch (RuntimeException e) {
            throw StoreFailure.of(e);
        }
    }
}
