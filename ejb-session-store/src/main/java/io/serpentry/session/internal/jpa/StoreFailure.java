// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
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
    /** The database takes no writes, as a standby: that is its state, not the transaction's. */
    private static final String READ_ONLY = "25006";
    /** What the container says of a transaction that can only be rolled back: to a connection, and to who asks for one. */
    private static final Set<String> TRANSACTION_OVER = Set.of("IJ031070", "IJ000459");
    /** A value, a constraint or a statement was refused: the database works. */
    private static final Set<String> REFUSED = Set.of("22", "23", "42");

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
        return sql != null ? of(sql, failure) : other(failure);
    }

    private static RuntimeException of(SQLException sql, Throwable failure) {
        String state = String.valueOf(sql.getSQLState());
        if (isTransactionOver(sql, state)) {
            return PythonException.of(ErrorDetail.of(
                            ErrorCode.ILLEGAL_STATE,
                            "The transaction can only be rolled back, so no session can be used in it; look for what failed in it"
                                    + " before: " + sql.getMessage())
                    .cause(failure));
        }
        if (REFUSED.contains(state.substring(0, Math.min(2, state.length())))) {
            return PythonException.of(ErrorDetail.of(
                            ErrorCode.INTERNAL, "The session database has refused a statement: " + sql.getMessage())
                    .cause(failure));
        }
        return new StoreUnavailableException(
                (isConnection(sql) ? "The session database can not be reached: " : "The session database has failed: ")
                        + sql.getMessage(),
                !neverSent(sql),
                failure);
    }

    private static RuntimeException other(Throwable failure) {
        return failure instanceof RuntimeException runtime
                ? runtime
                : new StoreUnavailableException(
                        "The session store's transaction has failed: " + failure.getMessage(), true, failure);
    }

    /** Whether the database was asked, and said no: a transaction in which that happened may be unusable. */
    static boolean isBehind(Throwable failure) {
        return sqlCause(failure) != null;
    }

    /** Whether the database can not be reached, has no room for one more, or others are in the way: it may be otherwise later. */
    static boolean isPassing(Throwable failure) {
        SQLException sql = sqlCause(failure);
        if (sql == null) {
            return false;
        }
        String state = String.valueOf(sql.getSQLState());
        return isConnection(sql) || CONTENTION.contains(state) || state.startsWith("53");
    }

    private static boolean isTransactionOver(SQLException e, String state) {
        if (state.startsWith("25") && !state.equals(READ_ONLY)) {
            return true;
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (TRANSACTION_OVER.stream().anyMatch(String.valueOf(cause.getMessage())::contains)) {
                return true;
            }
        }
        return false;
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
