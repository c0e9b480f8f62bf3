// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVStore;

/**
 * What an embedded H2 needs beside its options. With a write delay of zero each commit is in the file when it is acknowledged, but H2 then runs
 * no thread that rewrites the parts of the file in which little is alive, and the file only grows.
 */
public final class EmbeddedFile {

    private static final int SPARSE_PERCENT = 30;
    private static final int STEP_BYTES = 512 * 1024;
    private static final long NUMBERS_SKIPPED = 1_000_000;

    private EmbeddedFile() {}

    /**
     * Rewrites sparse parts of the file until that time is over or none is left.
     *
     * @return whether it rewrote any; false also if the database is not an embedded one in a file
     */
    public static boolean compact(Connection connection, Duration budget) throws SQLException {
        Optional<MVStore> found = store(connection);
        if (found.isEmpty()) {
            return false;
        }
        MVStore store = found.get();
        long end = System.nanoTime() + budget.toNanos();
        boolean rewritten = false;
        while (livePercent(store) < SPARSE_PERCENT && System.nanoTime() < end && store.compact(100, STEP_BYTES)) {
            store.commit();
            rewritten = true;
        }
        return rewritten;
    }

    private static Optional<MVStore> store(Connection connection) throws SQLException {
        if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
            MVStore store = session.getDatabase().getStore().getMvStore();
            return store.getFileStore() == null || store.isClosed() ? Optional.empty() : Optional.of(store);
        }
        return Optional.empty();
    }

    /** Of the parts that may be rewritten by now. */
    private static int livePercent(MVStore store) {
        int[] percent = {100};
        FileStore<?> file = store.getFileStore();
        file.populateInfo((key, value) -> {
            if ("info.CHUNKS_FILL_RATE_RW".equals(key)) {
                percent[0] = Integer.parseInt(value);
            }
        });
        return percent[0];
    }

    /**
     * Lets all generated numbers go on above those that were ever given out: a killed process may have given out numbers that it had not yet noted as used.
     */
    static void skipNumbers(Connection connection) throws SQLException {
        long next = number(
                connection,
                "select base_value from information_schema.sequences"
                        + " where sequence_schema = schema() and sequence_name = 'SERPENTRY_CHANGE'");
        try (Statement statement = connection.createStatement()) {
            statement.execute("alter sequence serpentry_change restart with " + (next + NUMBERS_SKIPPED));
            for (String table : new String[] {"serpentry_outbox", "serpentry_audit"}) {
                long free = number(connection, "select coalesce(max(id), 0) + 1 from " + table);
                long given = number(
                        connection,
                        "select identity_base from information_schema.columns where table_schema = schema()"
                                + " and table_name = upper('" + table + "') and column_name = 'ID'");
                statement.execute("alter table " + table + " alter column id restart with " + Math.max(free, given));
            }
        }
    }

    /**
     * Lets a statement that is executed again be evaluated again. H2 otherwise hands out the result it had for the same parameters, also one that
     * was made while another transaction had changed the table but had not yet committed, until the table is changed once more. Holds while the
     * database is open, for all its connections.
     */
    static void keepNoResults(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set optimize_reuse_results 0");
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
