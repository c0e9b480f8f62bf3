// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The application server's transactions. What a caller's transaction reads before it has written here is read outside of it: then a long
 * transaction that only looks at a session holds no connection for that.
 */
public final class JtaTransactions implements StoreTransactions {

    private static final Object WROTE = new Object() {
        @Override
        public String toString() {
            return "serpentry session store: has written";
        }
    };

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final EntityWork work;
    private final TransactionManager manager;
    private final TransactionSynchronizationRegistry registry;
    private final @Nullable WriterTurn turn;

    /** @param dialect of the database; on H2 one transaction after the other writes */
    public JtaTransactions(
            EntityManagerFactory entities,
            TransactionManager manager,
            TransactionSynchronizationRegistry registry,
            Dialect dialect) {
        this.work = new EntityWork(entities);
        this.manager = manager;
        this.registry = registry;
        this.turn = dialect == Dialect.H2 ? new WriterTurn(LONGEST_WAIT) : null;
    }

    @Override
    public <T> T read(Work<T> reading) {
        return isWriting() ? joined(() -> work.sql(reading)) : outside(() -> work.sql(reading));
    }

    @Override
    public <T> T query(Function<EntityManager, T> query) {
        return isWriting() ? joined(() -> work.query(query)) : outside(() -> work.query(query));
    }

    @Override
    public <T> T write(Work<T> writing) {
        if (!isJoining()) {
            return inTurn(() -> own(writing));
        }
        requireActive();
        if (!isWriting()) {
            keepTurn();
            registry.putResource(WROTE, WROTE);
        }
        return joined(() -> work.sql(writing));
    }

    /** The caller's transaction has its turn until it ends, on whatever thread. */
    private void keepTurn() {
        if (turn != null) {
            WriterTurn.Turn kept = turn.await();
            Completion completion = new Completion(kept);
            try {
                registry.registerInterposedSynchronization(completion);
                // In a transaction that was marked for rollback meanwhile it was perhaps not registered, without a
                // word.
                requireActive();
            } catch (IllegalStateException e) {
                completion.giveBack();
                throw PythonException.of(ErrorDetail.of(
                                ErrorCode.ILLEGAL_STATE,
                                "The transaction has ended while it waited to write, so no session can be changed in it")
                        .cause(e));
            } catch (RuntimeException e) {
                completion.giveBack();
                throw e;
            }
        }
    }

    /** Gives the turn back once, whoever comes first. */
    private static final class Completion implements Synchronization {

        private final AtomicReference<WriterTurn.@Nullable Turn> turn;

        Completion(WriterTurn.Turn turn) {
            this.turn = new AtomicReference<>(turn);
        }

        void giveBack() {
            WriterTurn.Turn kept = turn.getAndSet(null);
            if (kept != null) {
                kept.close();
            }
        }

        @Override
        public void beforeCompletion() {}

        @Override
        public void afterCompletion(int status) {
            giveBack();
        }
    }

    private <T> T inTurn(Supplier<T> action) {
        if (turn == null) {
            return action.get();
        }
        try (WriterTurn.Turn ours = turn.await()) {
            return action.get();
        }
    }

    @Override
    public <T> T statement(Work<T> writing) {
        return outside(() -> inTurn(() -> work.sql(writing)));
    }

    @Override
    public <T> T alone(Work<T> writing) {
        return outside(() -> inTurn(() -> own(writing)));
    }

    @Override
    public boolean isJoining() {
        return registry.getTransactionStatus() != Status.STATUS_NO_TRANSACTION;
    }

    @Override
    public void setRollbackOnly() {
        if (isJoining()) {
            registry.setRollbackOnly();
        }
    }

    @Override
    public boolean isWriting() {
        return isJoining() && registry.getResource(WROTE) != null;
    }

    private boolean isUsable() {
        int status = registry.getTransactionStatus();
        return status == Status.STATUS_ACTIVE || status == Status.STATUS_PREPARING;
    }

    private void requireActive() {
        if (!isUsable()) {
            throw PythonException.of(
                    ErrorDetail.of(
                            ErrorCode.ILLEGAL_STATE,
                            "The transaction can only be rolled back, so no session can be used in it; look for what was thrown before"));
        }
    }

    private <T> T joined(Supplier<T> action) {
        requireActive();
        try {
            return action.get();
        } catch (RuntimeException e) {
            if (LastResource.isBehind(e)) {
                throw LastResource.refused(e);
            }
            if (StoreFailure.isBehind(e) && isUsable()) {
                // The database may have given the transaction up: PostgreSQL would roll it back when told to commit.
                setRollbackOnly();
            }
            throw StoreFailure.of(e);
        }
    }

    /** With the caller's transaction, if any, put aside. */
    private <T> T outside(Supplier<T> action) {
        Transaction suspended = suspend();
        try {
            return action.get();
        } catch (RuntimeException e) {
            throw StoreFailure.of(e);
        } finally {
            resume(suspended);
        }
    }

    private @Nullable Transaction suspend() {
        try {
            return isJoining() ? manager.suspend() : null;
        } catch (SystemException e) {
            throw StoreFailure.of(e);
        }
    }

    private void resume(@Nullable Transaction suspended) {
        if (suspended == null) {
            return;
        }
        try {
            manager.resume(suspended);
        } catch (SystemException | InvalidTransactionException e) {
            throw StoreFailure.of(e);
        }
    }

    private <T> T own(Work<T> writing) {
        try {
            manager.begin();
        } catch (NotSupportedException | SystemException e) {
            throw StoreFailure.of(e);
        }
        T result;
        try {
            result = work.sql(writing);
        } catch (RuntimeException e) {
            rollback(e);
            throw StoreFailure.of(e);
        } catch (Error e) {
            rollback(e);
            throw e;
        }
        try {
            manager.commit();
            return result;
        } catch (RollbackException | HeuristicMixedException | HeuristicRollbackException | SystemException e) {
            throw StoreFailure.of(e);
        }
    }

    private void rollback(Throwable failure) {
        try {
            manager.rollback();
        } catch (SystemException | IllegalStateException e) {
            failure.addSuppressed(e);
        }
    }
}
