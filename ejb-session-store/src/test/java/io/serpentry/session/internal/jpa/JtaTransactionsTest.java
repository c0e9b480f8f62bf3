// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.Touched;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.persistence.EntityManagerFactory;
import jakarta.transaction.Status;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The store in callers' transactions. */
class JtaTransactionsTest {

    private static final Caller CALLER = Caller.of("ada");

    private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private Database database;
    private LocalJta jta;
    private EntityManagerFactory entities;
    private JpaSessionStore store;

    private void open(Dialect dialect) throws SQLException {
        database = dialect == Dialect.H2 ? Database.h2() : Database.postgres();
        jta = new LocalJta(database.source());
        entities = Entities.local(jta.source());
        store = new JpaSessionStore(
                new JtaTransactions(entities, jta, jta, dialect), dialect, SessionSettings.defaults(), () -> now);
        store.create(CALLER, NewSession.durable().id("s"));
        store.save(CALLER, SessionDelta.of("s").increment("n", 1));
    }

    @AfterEach
    void close() {
        entities.close();
        database.close();
    }

    private void inVain(Runnable action) {
        assertThatThrownBy(() -> jta.transaction(() -> {
                    action.run();
                    return null;
                }))
                .hasMessageContaining("marked");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void readsAfterAConflictMustBeToldThatTheTransactionIsOver(Dialect dialect) throws SQLException {
        open(dialect);

        inVain(() -> {
            store.save(CALLER, SessionDelta.of("s").increment("n", 1));
            assertThatThrownBy(() -> store.save(CALLER, SessionDelta.of("s").expectedRevision(77)))
                    .isInstanceOf(SessionConflictException.class);
            assertThatThrownBy(() -> store.find(CALLER, "s")).isInstanceOf(ConnectionStateException.class);
            assertThatThrownBy(() -> store.entries(CALLER, "s", Set.of("n"), Set.of()))
                    .isInstanceOf(ConnectionStateException.class);
            assertThatThrownBy(() -> store.page(CALLER, SessionQuery.all()))
                    .isInstanceOf(ConnectionStateException.class)
                    .hasMessageContaining("can only be rolled back");
        });
    }

    @ParameterizedTest
    @EnumSource(value = Dialect.class, mode = Mode.INCLUDE, names = "POSTGRESQL")
    void aStatementOfTheApplicationThatFailedMustBeItsOwn(Dialect dialect) throws SQLException {
        open(dialect);

        inVain(() -> {
            store.save(CALLER, SessionDelta.of("s").increment("n", 1));
            assertThatThrownBy(this::failingStatement).isInstanceOf(SQLException.class);

            assertThatThrownBy(() -> store.save(CALLER, SessionDelta.of("s").increment("n", 1)))
                    .isInstanceOf(ConnectionStateException.class)
                    .hasMessageContaining("aborted");

            assertThat(jta.getStatus()).isEqualTo(Status.STATUS_MARKED_ROLLBACK);
        });
    }

    private void failingStatement() throws SQLException {
        try (Connection connection = jta.source().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1 / 0");
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aTransactionThatHasCreatedTheSessionMustBeAbleToTouchIt(Dialect dialect) throws SQLException {
        open(dialect);
        Instant wish = now.plus(Duration.ofHours(3));

        jta.transaction(() -> {
            store.create(CALLER, NewSession.durable().id("new"));
            Touched touched = store.touch(CALLER, "new", wish);
            assertThat(touched.outcome()).isEqualTo(Touched.Outcome.WRITTEN);
            return null;
        });

        assertThat(store.find(CALLER, "new").orElseThrow().info().expiresAt()).isAfterOrEqualTo(wish);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aTransactionThatHoldsTheRowMustBeAbleToTouchIt(Dialect dialect) throws SQLException {
        open(dialect);
        Instant wish = now.plus(Duration.ofHours(3));

        jta.transaction(() -> {
            store.save(CALLER, SessionDelta.of("s").put("entry", "a/b", new byte[1], 0));
            Touched touched = store.touch(CALLER, "s", wish);
            assertThat(touched.outcome()).isEqualTo(Touched.Outcome.WRITTEN);
            return null;
        });

        assertThat(store.find(CALLER, "s").orElseThrow().info().expiresAt()).isAfterOrEqualTo(wish);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aTransactionThatHoldsAnotherRowMustTouchOutsideOfItself(Dialect dialect) throws SQLException {
        open(dialect);
        store.create(CALLER, NewSession.durable().id("other"));
        Instant wish = now.plus(Duration.ofHours(3));

        inVain(() -> {
            store.save(CALLER, SessionDelta.of("other").put("entry", "a/b", new byte[1], 0));
            store.touch(CALLER, "s", wish);
            jta.setRollbackOnly();
        });

        assertThat(store.find(CALLER, "s").orElseThrow().info().expiresAt()).isAfterOrEqualTo(wish);
    }
}
