// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.internal.config.StoreSettings;
import io.serpentry.session.internal.jpa.AlertTable;
import io.serpentry.session.internal.jpa.Dialect;
import io.serpentry.session.internal.jpa.EmbeddedFile;
import io.serpentry.session.internal.jpa.Entities;
import io.serpentry.session.internal.jpa.JpaEventLog;
import io.serpentry.session.internal.jpa.JpaSessionStore;
import io.serpentry.session.internal.jpa.JtaTransactions;
import io.serpentry.session.internal.jpa.MigrationRecords;
import io.serpentry.session.internal.jpa.Schema;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManagerFactory;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.hibernate.exception.JDBCConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The store in the configured database. It is opened when it is first reached: a database that is down when the server starts does not keep
 * the applications from starting, and is used as soon as it is there.
 */
@ApplicationScoped
public class StoreBackend {

    private static final int LISTED = 1000;

    private final InstantSource clock = InstantSource.system();
    private volatile @Nullable Open open;

    @Inject
    Config config;

    @Resource(lookup = "java:jboss/TransactionManager")
    TransactionManager manager;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    TransactionSynchronizationRegistry registry;

    @SuppressWarnings("NullAway.Init") // by readSettings
    private StoreSettings settings;

    private record Open(
            JpaSessionStore store,
            MigrationRecords migrations,
            JpaEventLog events,
            EntityManagerFactory entities,
            DataSource source,
            Dialect dialect,
            String adapter,
            String schemaVersion,
            AlertTable alerts) {}

    @PostConstruct
    void readSettings() {
        settings = StoreSettings.of(config);
        ApplicationSessions.touchInterval().configure(settings.sessions().touchInterval());
    }

    StoreSettings settings() {
        return settings;
    }

    /**
     * @throws StoreUnavailableException if the database can not be reached
     * @throws io.serpentry.session.internal.jpa.SchemaTooNewException if a newer release has upgraded its tables
     * @throws io.serpentry.session.internal.jpa.SchemaFailedException if its tables could not be made or upgraded
     * @throws IllegalStateException if there is no such data source, or it is of a database that is not supported
     */
    JpaSessionStore store() {
        return reached().store();
    }

    /** As {@link #store}. */
    MigrationRecords migrations() {
        return reached().migrations();
    }

    private Open reached() {
        Open opened = open;
        return opened == null ? openOnce() : opened;
    }

    /** As {@link #store}. */
    JpaEventLog events() {
        return reached().events();
    }

    /** Fails as {@link #store}. */
    AlertTable alerts() {
        return reached().alerts();
    }

    /** Product and version; empty if it was not reached yet. */
    String adapter() {
        Open opened = open;
        return opened == null ? "" : opened.adapter();
    }

    /** Empty if the database was not reached yet. */
    String schemaVersion() {
        Open opened = open;
        return opened == null ? "" : opened.schemaVersion();
    }

    /** Whether the database has, or may turn out to have, a file that is to be compacted. */
    boolean mayBeEmbedded() {
        Open opened = open;
        return opened == null || opened.dialect() == Dialect.H2;
    }

    /**
     * Rewrites sparse parts of an embedded database's file for up to that time.
     *
     * @return whether there were any
     */
    boolean compactFile(Duration budget) throws SQLException {
        Open opened = open;
        if (opened == null || opened.dialect() != Dialect.H2) {
            return false;
        }
        try (Connection connection = opened.source().getConnection()) {
            return EmbeddedFile.compact(connection, budget);
        }
    }

    @PreDestroy
    synchronized void close() {
        Open opened = open;
        if (opened != null) {
            open = null;
            opened.entities().close();
        }
    }

    private synchronized Open openOnce() {
        Open opened = open;
        if (opened == null) {
            opened = outsideTransaction();
            open = opened;
        }
        return opened;
    }

    /** Tables are made outside of the transaction that happens to be the first to need them. */
    private Open outsideTransaction() {
        try {
            Transaction suspended = manager.suspend();
            try {
                return opened(lookup());
            } finally {
                if (suspended != null) {
                    manager.resume(suspended);
                }
            }
        } catch (SystemException | InvalidTransactionException e) {
            throw new IllegalStateException("The transaction could not be put aside", e);
        }
    }

    private DataSource lookup() {
        try {
            return InitialContext.doLookup(settings.datasource());
        } catch (NamingException e) {
            throw new IllegalStateException(
                    "serpentry.store.datasource: there is no data source " + settings.datasource(), e);
        }
    }

    private Open opened(DataSource source) {
        try (Connection connection = source.getConnection()) {
            DatabaseMetaData database = connection.getMetaData();
            String adapter = database.getDatabaseProductName() + " " + database.getDatabaseProductVersion();
            Schema.Outcome schema = Schema.upgrade(source);
            SessionLog.LOG.database(settings.datasource(), adapter, schema.version(), schema.scriptsRun());
            EntityManagerFactory entities = Entities.jta(source, registry);
            JtaTransactions transactions = new JtaTransactions(entities, manager, registry, schema.dialect());
            JpaSessionStore store = new JpaSessionStore(transactions, schema.dialect(), settings.sessions(), clock);
            // Nothing of this server can be under way before its store is open.
            store.keptHooks(LISTED).stream()
                    .filter(hook -> hook.server().equals(ApplicationSessions.SERVER))
                    .forEach(SessionLog.LOG::hookDidNotRun);
            MigrationRecords migrations = new MigrationRecords(transactions, clock);
            JpaEventLog events = new JpaEventLog(transactions);
            return new Open(
                    store,
                    migrations,
                    events,
                    entities,
                    source,
                    schema.dialect(),
                    adapter,
                    schema.version(),
                    new AlertTable(transactions, schema.dialect()));
        } catch (SQLException | JDBCConnectionException e) {
            throw new StoreUnavailableException(
                    "The session database (" + settings.datasource() + ") can not be reached: " + e.getMessage(),
                    false,
                    e);
        }
    }
}
