// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import javax.transaction.xa.XAResource;

/** JTA with one database, as in an application server: a transaction has one connection, which its thread gets again and again. */
final class LocalJta implements TransactionManager, TransactionSynchronizationRegistry {

    private final DataSource database;
    private final ThreadLocal<Running> current = new ThreadLocal<>();

    LocalJta(DataSource database) {
        this.database = database;
    }

    /** Whose connections take part in the thread's transaction, if it has one. */
    DataSource source() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Running running = current.get();
                    if (method.getName().equals("getConnection") && running != null) {
                        return running.connection();
                    }
                    return invoked(() -> method.invoke(database, arguments));
                });
    }

    @FunctionalInterface
    private interface Invocation {
        Object make() throws ReflectiveOperationException;
    }

    private static Object invoked(Invocation invocation) throws Throwable {
        try {
            return invocation.make();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** What the action does is committed together, or rolled back if it throws or marks the transaction. */
    <T> T transaction(Supplier<T> action) {
        begin();
        T result;
        try {
            result = action.get();
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
        try {
            commit();
            return result;
        } catch (RollbackException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Running implements Transaction {

        private final Map<Object, Object> resources = new HashMap<>();
        private final List<Synchronization> synchronizations = new ArrayList<>();
        private Connection joined;
        private int status = Status.STATUS_ACTIVE;

        Connection connection() throws SQLException {
            if (status != Status.STATUS_ACTIVE) {
                throw new SQLException("IJ031070: Transaction cannot proceed: STATUS_MARKED_ROLLBACK");
            }
            if (joined == null) {
                joined = database.getConnection();
                joined.setAutoCommit(false);
            }
            return handle(joined);
        }

        @Override
        public void commit() throws RollbackException {
            try {
                if (status == Status.STATUS_ACTIVE) {
                    List.copyOf(synchronizations).forEach(Synchronization::beforeCompletion);
                }
            } catch (RuntimeException e) {
                status = Status.STATUS_MARKED_ROLLBACK;
            }
            boolean committing = status == Status.STATUS_ACTIVE;
            end(committing);
            if (!committing) {
                throw new RollbackException("The transaction was marked");
            }
        }

        @Override
        public void rollback() {
            end(false);
        }

        private void end(boolean committing) {
            try {
                if (joined != null) {
                    try (Connection ended = joined) {
                        if (committing) {
                            ended.commit();
                        } else {
                            ended.rollback();
                        }
                        ended.setAutoCommit(true);
                    }
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            } finally {
                status = committing ? Status.STATUS_COMMITTED : Status.STATUS_ROLLEDBACK;
                current.remove();
                synchronizations.forEach(synchronization -> synchronization.afterCompletion(status));
            }
        }

        @Override
        public int getStatus() {
            return status;
        }

        @Override
        public void registerSynchronization(Synchronization synchronization) {
            synchronizations.add(synchronization);
        }

        @Override
        public void setRollbackOnly() {
            status = Status.STATUS_MARKED_ROLLBACK;
        }

        @Override
        public boolean enlistResource(XAResource resource) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean delistResource(XAResource resource, int flag) {
            throw new UnsupportedOperationException();
        }
    }

    /** To close it gives nothing up. */
    private static Connection handle(Connection joined) {
        return (Connection) Proxy.newProxyInstance(
                LocalJta.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    return method.getName().equals("close") ? null : invoked(() -> method.invoke(joined, arguments));
                });
    }

    private Running running() {
        return Objects.requireNonNull(current.get(), "no transaction");
    }

    @Override
    public void begin() {
        current.set(new Running());
    }

    @Override
    public void commit() throws RollbackException {
        running().commit();
    }

    @Override
    public void rollback() {
        running().rollback();
    }

    @Override
    public void setRollbackOnly() {
        running().setRollbackOnly();
    }

    @Override
    public int getStatus() {
        Running running = current.get();
        return running == null ? Status.STATUS_NO_TRANSACTION : running.status;
    }

    @Override
    public Transaction getTransaction() {
        return current.get();
    }

    @Override
    public void setTransactionTimeout(int seconds) {}

    @Override
    public Transaction suspend() {
        Running suspended = current.get();
        current.remove();
        return suspended;
    }

    @Override
    public void resume(Transaction suspended) {
        current.set((Running) suspended);
    }

    @Override
    public Object getTransactionKey() {
        return current.get();
    }

    @Override
    public void putResource(Object key, Object value) {
        running().resources.put(key, value);
    }

    @Override
    public Object getResource(Object key) {
        return running().resources.get(key);
    }

    @Override
    public void registerInterposedSynchronization(Synchronization synchronization) {
        running().registerSynchronization(synchronization);
    }

    @Override
    public int getTransactionStatus() {
        return getStatus();
    }

    @Override
    public boolean getRollbackOnly() {
        return running().status == Status.STATUS_MARKED_ROLLBACK;
    }
}
