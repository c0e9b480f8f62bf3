// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes between the moment in which a touch looks at a session and the moment in which it writes. */
class TouchRaceTest {

    private static final Caller CALLER = Caller.of("ada");
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private Instant now = START;

    private static Database database(String kind) throws SQLException {
        return kind.equals("H2") ? Database.h2() : Database.postgres();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aLifetimeThatWasShortenedMeanwhileMustHold(String kind) throws SQLException {
        Duration lifetime = Duration.ofMinutes(40);
        SessionInfo after = touchedWhile(kind, new AttributeChange(null, null, lifetime, Map.of(), Set.of()));

        assertThat(after.expiresAt()).isEqualTo(START.plus(lifetime));
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void anIdleTimeoutThatWasShortenedMeanwhileMustCount(String kind) throws SQLException {
        Duration idle = Duration.ofMinutes(10);
        SessionInfo after = touchedWhile(kind, new AttributeChange(null, idle, null, Map.of(), Set.of()));

        assertThat(after.expiresAt()).isBetween(now.plus(idle), now.plus(idle).plus(Duration.ofMinutes(1)));
    }

    /** The session, after a touch in the midst of which somebody else has changed its attributes. */
    private SessionInfo touchedWhile(String kind, AttributeChange change) throws SQLException {
        InstantSource clock = () -> now;
        try (Database database = database(kind)) {
            JpaSessionStore other =
                    new JpaSessionStore(database.transactions(), database.dialect(), SessionSettings.defaults(), clock);
            other.create(CALLER, NewSession.durable().id("s"));
            now = START.plus(Duration.ofMinutes(30));
            Runnable between = () -> other.save(CALLER, SessionDelta.of("s").attributes(change));
            JpaSessionStore store = new JpaSessionStore(
                    new Interrupted(database.transactions(), between),
                    database.dialect(),
                    SessionSettings.defaults(),
                    clock);

            store.touch(CALLER, "s", Instant.EPOCH);

            return other.find(CALLER, "s").orElseThrow().info();
        }
    }

    /** Lets something come before the first write. */
    private static final class Interrupted implements StoreTransactions {

        private final StoreTransactions transactions;
        private Runnable between;

        Interrupted(StoreTransactions transactions, Runnable between) {
            this.transactions = transactions;
            this.between = between;
        }

        private void interrupt() {
            Runnable once = between;
            between = () -> {};
            once.run();
        }

        @Override
        public <T> T read(Work<T> work) {
            return transactions.read(work);
        }

        @Override
        public <T> T query(Function<EntityManager, T> query) {
            return transactions.query(query);
        }

        @Override
        public <T> T write(Work<T> work) {
            interrupt();
            return transactions.write(work);
        }

        @Override
        public <T> T statement(Work<T> work) {
            interrupt();
            return transactions.statement(work);
        }

        @Override
        public <T> T alone(Work<T> work) {
            interrupt();
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
