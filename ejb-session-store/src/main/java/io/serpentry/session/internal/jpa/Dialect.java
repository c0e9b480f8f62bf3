// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** What H2 and PostgreSQL say differently. */
public enum Dialect {
    H2("h2", "next value for serpentry_change", "for update", "") {
        @Override
        boolean insertUnlessPresent(PreparedStatement insert) throws SQLException {
            try {
                return insert.executeUpdate() == 1;
            } catch (SQLException e) {
                // H2 undoes the statement alone: the transaction can be used on.
                if (StoreFailure.isDuplicate(e)) {
                    return false;
                }
                throw e;
            }
        }

        @Override
        String onConflict() {
            return "";
        }

        @Override
        boolean locksInSubqueries() {
            return false;
        }

        @Override
        boolean returnsFromInserts() {
            return false;
        }

        @Override
        boolean referencesLock() {
            return false;
        }

        @Override
        int sweptAtOnce() {
            // Nobody else writes meanwhile.
            return 50;
        }
    },
    POSTGRESQL("postgresql", "nextval('serpentry_change')", "for no key update", "for key share") {
        @Override
        boolean insertUnlessPresent(PreparedStatement insert) throws SQLException {
            return insert.executeUpdate() == 1;
        }

        @Override
        String onConflict() {
            // A failed insert would make the caller's transaction unusable.
            return " on conflict do nothing";
        }

        @Override
        boolean locksInSubqueries() {
            return true;
        }

        @Override
        boolean returnsFromInserts() {
            return true;
        }

        @Override
        boolean referencesLock() {
            return true;
        }

        @Override
        int sweptAtOnce() {
            return Integer.MAX_VALUE;
        }
    };

    private final String scripts;
    private final String nextChange;
    private final String lock;
    private final String shareLock;

    Dialect(String scripts, String nextChange, String lock, String shareLock) {
        this.scripts = scripts;
        this.nextChange = nextChange;
        this.lock = lock;
        this.shareLock = shareLock;
    }

    /** The first PostgreSQL that understands all statements and is still cared for. */
    private static final int OLDEST_POSTGRESQL = 15;

    /** Throws IllegalStateException for a database that is neither, or too old. */
    public static Dialect of(Connection connection) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String product = database.getDatabaseProductName();
        return switch (product) {
            case "H2" -> H2;
            case "PostgreSQL" -> {
                if (database.getDatabaseMajorVersion() < OLDEST_POSTGRESQL) {
                    throw new IllegalStateException("Sessions can be kept in PostgreSQL " + OLDEST_POSTGRESQL
                            + " or newer, and this is " + database.getDatabaseProductVersion()
                            + "; upgrade it, or name another data source in serpentry.store.datasource");
                }
                yield POSTGRESQL;
            }
            default ->
                throw new IllegalStateException("Sessions can be kept in PostgreSQL or H2, not in " + product
                        + "; see serpentry.store.datasource");
        };
    }

    /** The directory of the schema's scripts. */
    public String scripts() {
        return scripts;
    }

    String nextChange() {
        return nextChange;
    }

    /** Locks the row of a session without hindering those who only refer to it. */
    String lock() {
        return lock;
    }

    /**
     * Keeps a session from being deleted, and hinders nobody else. The history refers to the session, so that writing it would take this lock
     * anyway, but after the entry's: a delete, which takes them in the other order, could then deadlock with it.
     */
    String shareLock() {
        return shareLock;
    }

    /** Ends an insert that is to do nothing if the key is taken. */
    abstract String onConflict();

    /** Whether the row to update may be found by a subquery that locks it. */
    abstract boolean locksInSubqueries();

    /** Whether a statement may insert here, and there what the first insert returned. */
    abstract boolean returnsFromInserts();

    /** Whether writing a row that refers to another keeps that other from being deleted. */
    abstract boolean referencesLock();

    /** How many sessions one transaction of a sweep removes at most. */
    abstract int sweptAtOnce();

    /** Executes an insert that ends with {@link #onConflict}; false if the key is taken. The transaction stays usable. */
    abstract boolean insertUnlessPresent(PreparedStatement insert) throws SQLException;
}
