// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.connector.PythonException;
import io.serpentry.session.StoreUnavailableException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells what a failure of the database means. */
public final class StoreFailure {

    /** Another transaction was in the way: deadlock, serialization failure, lock timeout. The same work may succeed now. */
    public static final class Contention extends RuntimeException {
        private static final long serialVersionUID = 1;

        Contention(SQLException cause) {
            super(cause);
        }
    }

    private static final Set<String> CONTENTION = Set.of("40001", "40P01", "55P03", "HYT00");
    private static final Set<String> DUPLICATE = Set.of("23505");

    private StoreFailure() {}

    static boolean isDuplicate(SQLException e) {
        return DUPLICATE.contains(String.valueOf(e.getSQLState()));
    }

    /** What to throw for {@code failure}: itself, unless an SQLException is behind it. */
    public static RuntimeException of(Throwable failure) {
        if (failure instanceof PythonException known) {
            return known;
        }
        SQLException sql = sqlCause(failure);
        if (sql != null && CONTENTION.contains(String.valueOf(sql.getSQLState()))) {
            return new Contention(sql);
        }
        if (sql != null) {
            return new StoreUnavailableException(
                    (isConnection(sql)
                                    ? "The session database can not be reached: "
                                    : "The session database has failed: ")
                            + sql.getMessage(),
                    !neverSent(sql),
                    failure);
        }
        return failure instanceof RuntimeException runtime
                ? runtime
                : new StoreUnavailableException(
                        "The session store's transaction has failed: " + failure.getMessage(), true, failure);
    }

    private static @Nullable SQLException sqlCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    private static boolean isConnection(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return e instanceof SQLTransientConnectionException
                || e instanceof SQLNonTransientConnectionException
                || e instanceof SQLRecoverableException
                || state.startsWith("08")
                || state.startsWith("57P")
                || neverSent(e);
    }

    /** No connection could be had at all. */
    private static boolean neverSent(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof SQLTransientConnectionException
                || message.startsWith("javax.resource")
                || message.startsWith("jakarta.resource")
                || message.contains("IJ031084")
                || "08001".equals(e.getSQLState());
    }
}
