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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The store in callers' transactions. */
@Timeout(120)
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

    /** Whether a thread that would write has to wait while that runs. */
    private boolean keepsWaiting(Consumer<Runnable> writing, Supplier<Boolean> other) {
        AtomicBoolean waited = new AtomicBoolean();
        CompletableFuture<?>[] last = new CompletableFuture<?>[1];
        writing.accept(() -> {
            CompletableFuture<Boolean> second = new CompletableFuture<>();
            Thread thread = new Thread(() -> second.complete(other.get()));
            thread.start();
            while (thread.getState() != Thread.State.TIMED_WAITING && !second.isDone()) {
                LockSupport.parkNanos(1_000_000);
            }
            waited.set(!second.isDone());
            last[0] = second;
        });
        last[0].join();
        return waited.get();
    }

    private static StoreTransactions.Work<Boolean> work(Runnable action) {
        return connection -> {
            action.run();
            return true;
        };
    }

    @Test
    void onH2OneTransactionAfterTheOtherMustWrite() throws SQLException {
        open(Dialect.H2);
        StoreTransactions transactions = new JtaTransactions(entities, jta, jta, Dialect.H2);
        Runnable nothing = () -> {};
        List<Consumer<Runnable>> writers = List.of(
                action -> transactions.write(work(action)),
                action -> transactions.alone(work(action)),
                action -> transactions.statement(work(action)),
                action -> jta.transaction(() -> {
                    transactions.write(work(nothing));
                    action.run();
                    return null;
                }));
        List<Supplier<Boolean>> others = List.of(
                () -> transactions.write(work(nothing)),
                () -> transactions.alone(work(nothing)),
                () -> transactions.statement(work(nothing)),
                () -> jta.transaction(() -> transactions.write(work(nothing))));

        for (Consumer<Runnable> writer : writers) {
            for (Supplier<Boolean> other : others) {
                assertThat(keepsWaiting(writer, other)).isTrue();
            }
        }
    }

    @Test
    void onPostgresNobodyMustWaitForAnother() throws SQLException {
        open(Dialect.POSTGRESQL);
        StoreTransactions transactions = new JtaTransactions(entities, jta, jta, Dialect.POSTGRESQL);

        boolean waited =
                keepsWaiting(action -> transactions.write(work(action)), () -> transactions.write(work(() -> {})));

        assertThat(waited).isFalse();
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
