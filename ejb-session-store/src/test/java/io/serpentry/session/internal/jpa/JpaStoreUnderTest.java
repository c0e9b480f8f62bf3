// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import com.zaxxer.hikari.HikariDataSource;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.model.Operation;
import io.serpentry.session.model.StoreUnderTest;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.RollbackException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The store on a database that can be cut off and opened again. */
final class JpaStoreUnderTest implements StoreUnderTest, AutoCloseable {

    private static final List<String> TABLES =
            List.of("serpentry_session", "serpentry_outbox", "serpentry_audit", "serpentry_owner");

    private final Power power;
    private HikariDataSource source;
    private EntityManagerFactory entities;
    private Dialect dialect;
    private LocalTransactions transactions;
    private SessionSettings settings = SessionSettings.defaults();
    private InstantSource clock = InstantSource.system();
    private boolean cutOff;

    /** The database behind it. */
    interface Power {

        /** A pool of connections; starts the database if it was cut off. */
        HikariDataSource on() throws SQLException;

        /** Ends all connections, and an embedded database with them, without a word: nothing more is written. */
        void off(DataSource source) throws SQLException;
    }

    /** Thrown by a transaction that is to be rolled back. */
    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1;

        Undo() {
            super("undo, as the test wants it", null, false, false);
        }
    }

    JpaStoreUnderTest(Power power) throws SQLException {
        this.power = power;
        open();
    }

    private void open() throws SQLException {
        cutOff = false;
        source = power.on();
        dialect = Schema.upgrade(source).dialect();
        entities = Entities.local(source);
        transactions = new LocalTransactions(entities);
    }

    @Override
    public void close() {
        entities.close();
        source.close();
    }

    DataSource source() {
        return source;
    }

    private SessionStore store() {
        return new JpaSessionStore(transactions, dialect, settings, clock);
    }

    @Override
    public SessionStore empty(SessionSettings newSettings, InstantSource newClock) {
        settings = newSettings;
        clock = newClock;
        if (cutOff) {
            crashed(store());
        }
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute("delete from " + table);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return store();
    }

    @Override
    public Habits habits() {
        return new Habits(false);
    }

    @Override
    public SessionStore crashed(SessionStore store) {
        try {
            cutOff();
            entities.close();
            source.close();
            open();
            return store();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void forget(SessionStore store, Instant before) {
        ((JpaSessionStore) store).forget(before, Instant.EPOCH, 10_000);
    }

    private void cutOff() throws SQLException {
        if (!cutOff) {
            cutOff = true;
            power.off(source);
        }
    }

    @Override
    public void transaction(Supplier<Operation.End> work) {
        try {
            transactions.transaction(() -> {
                end(work.get());
                return true;
            });
        } catch (Undo | RollbackException e) {
            // As it was to be, or as a conflict in it wanted.
        } catch (RuntimeException e) {
            // The rollback fails too when there is no database any more.
            if (!cutOff) {
                throw e;
            }
        }
    }

    private void end(Operation.End end) {
        try {
            switch (end) {
                case COMMIT -> {}
                case ROLLBACK -> throw new Undo();
                case CRASH -> {
                    cutOff();
                    throw new Undo();
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean isTransactional() {
        return true;
    }
}
