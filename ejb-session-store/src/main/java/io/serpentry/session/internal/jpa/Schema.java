// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/** The tables of the session store: made or upgraded by numbered scripts, under the lock of the library that runs them. */
public final class Schema {

    static final String HISTORY_TABLE = "serpentry_schema";
    /** Held until its transaction ends; a number that nobody else uses in this database. */
    private static final String LOCK = "select pg_advisory_xact_lock(hashtext('serpentry_schema'))";

    /** Run by a release that has scripts which this one has not; those that are not the last are called missing. */
    private static final Set<MigrationState> UNKNOWN = EnumSet.of(
            MigrationState.FUTURE_SUCCESS,
            MigrationState.FUTURE_FAILED,
            MigrationState.MISSING_SUCCESS,
            MigrationState.MISSING_FAILED);

    private static final String SCRIPTS = "classpath:db/serpentry/";

    private Schema() {}

    /** What was found and done. */
    public record Outcome(Dialect dialect, String version, int scriptsRun) {}

    /**
     * Brings the schema to this release's version; does nothing if it has it. Any number of servers may do so at once.
     *
     * @throws SchemaTooNewException if a newer release has upgraded it
     * @throws SchemaFailedException if a script could not be run
     * @throws io.serpentry.session.StoreUnavailableException if the database can not be reached, or others are in the way
     */
    public static Outcome upgrade(DataSource source) throws SQLException {
        return upgrade(source, new String[0]);
    }

    /** With more directories of scripts, for tests. */
    static Outcome upgrade(DataSource source, String... moreScripts) throws SQLException {
        Dialect dialect;
        try (Connection connection = source.getConnection()) {
            dialect = Dialect.of(connection);
        }
        String[] locations = Arrays.copyOf(moreScripts, moreScripts.length + 1);
        locations[moreScripts.length] = SCRIPTS + dialect.scripts();
        Flyway flyway = Flyway.configure(Schema.class.getClassLoader())
                .dataSource(source)
                .locations(locations)
                .table(HISTORY_TABLE)
                // The schema may hold the application's own tables.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                // Branches number their scripts before they meet.
                .outOfOrder(true)
                .load();
        int run = migrated(source, dialect, flyway);
        if (dialect == Dialect.H2) {
            try (Connection connection = source.getConnection()) {
                EmbeddedFile.keepNoResults(connection);
                EmbeddedFile.skipNumbers(connection);
            }
        }
        return new Outcome(dialect, String.valueOf(flyway.info().current().getVersion()), run);
    }

    /**
     * One at a time: of two that find an empty schema together, the library's lock lets the second see the first's table before its first
     * row, and that one fails. H2 has one server, so this class's lock is enough there.
     */
    private static synchronized int migrated(DataSource source, Dialect dialect, Flyway flyway) throws SQLException {
        if (dialect != Dialect.POSTGRESQL) {
            return migrated(flyway);
        }
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement lock = connection.createStatement()) {
                lock.execute(LOCK);
                return migrated(flyway);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static int migrated(Flyway flyway) {
        try {
            requireKnown(flyway);
            return flyway.migrate().migrationsExecuted;
        } catch (FlywayException e) {
            throw failure(e);
        }
    }

    static RuntimeException failure(FlywayException e) {
        return StoreFailure.isPassing(e)
                ? new StoreUnavailableException(
                        "The session tables could not be looked at or upgraded now: " + e.getMessage(), false, e)
                : new SchemaFailedException(e);
    }

    private static void requireKnown(Flyway flyway) {
        for (MigrationInfo script : flyway.info().all()) {
            if (UNKNOWN.contains(script.getState())) {
                throw new SchemaTooNewException(String.valueOf(script.getVersion()));
            }
        }
    }
}
