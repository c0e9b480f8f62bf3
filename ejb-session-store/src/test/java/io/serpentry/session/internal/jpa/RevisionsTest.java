// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.persistence.EntityManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A history that is read while somebody writes all the time. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RevisionsTest {

    private static final Caller CALLER = Caller.of("ada");

    private static Database database(Dialect dialect) throws SQLException {
        return dialect == Dialect.H2 ? Database.h2() : Database.postgres();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aSessionThatIsWrittenAllTheTimeMustTellItsHistory(Dialect dialect) throws SQLException {
        try (Database database = database(dialect)) {
            JpaSessionStore writer = new JpaSessionStore(
                    database.transactions(), dialect, SessionSettings.defaults(), InstantSource.system());
            writer.create(CALLER, NewSession.durable().id("s"));
            Runnable write = () -> writer.save(CALLER, SessionDelta.of("s").increment("n", 1));
            JpaSessionStore reader = new JpaSessionStore(
                    new Written(database.transactions(), write),
                    dialect,
                    SessionSettings.defaults(),
                    InstantSource.system());

            List<SessionRevision> told = reader.revisions(CALLER, "s");

            long present = writer.find(CALLER, "s").orElseThrow().info().revision();
            assertThat(told.get(0).revision()).isEqualTo(present);
            assertThat(told).extracting(SessionRevision::revision).endsWith(2L, 1L);
        }
    }

    /** Somebody writes before each statement of what is read without a lock. */
    private record Written(StoreTransactions transactions, Runnable write) implements StoreTransactions {

        private Connection watched(Connection connection) {
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        write.run();
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public <T> T read(Work<T> work) {
            return transactions.read(connection -> work.on(watched(connection)));
        }

        @Override
        public <T> T query(Function<EntityManager, T> query) {
            return transactions.query(query);
        }

        @Override
        public <T> T write(Work<T> work) {
            return transactions.write(work);
        }

        @Override
        public <T> T statement(Work<T> work) {
            return transactions.statement(work);
        }

        @Override
        public <T> T alone(Work<T> work) {
            return transactions.alone(work);
        }

        @Override
        public boolean isJoining() {
            return transactions.isJoining();
        }

        @Override
        public boolean isWriting() {
            return transactions.isWriting();
        }

        @Override
        public void setRollbackOnly() {
            transactions.setRollbackOnly();
        }
    }
}
