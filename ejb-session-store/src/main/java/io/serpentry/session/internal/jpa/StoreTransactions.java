// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;

/**
 * Where the store's work runs. What fails in it is thrown as it is; a {@link SQLException} as {@link StoreFailure} has it.
 */
public interface StoreTransactions {

    /** Work on a connection, which it leaves open. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Reads: what the caller's transaction wrote before, otherwise what is committed, without a transaction. */
    <T> T read(Work<T> work);

    /** As {@link #read}, through JPA. */
    <T> T query(Function<EntityManager, T> query);

    /** Writes in the caller's transaction if there is one, otherwise in one of its own. */
    <T> T write(Work<T> work);

    /** One statement that commits by itself, whatever the caller's transaction. */
    <T> T statement(Work<T> work);

    /** In a transaction of its own, whatever the caller's. */
    <T> T alone(Work<T> work);

    /** Whether {@link #write} would join a transaction of the caller. */
    boolean isJoining();

    /** Whether {@link #read} shows what the caller's transaction wrote, because it has written here. */
    boolean isWriting();

    /** The caller's transaction, if there is one, can only be rolled back from now on. */
    void setRollbackOnly();
}
