// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.internal.Facades;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server remembers of sessions for the time in which their database can not be reached, and which it takes in. */
class RememberedViewsTest {

    private static final Caller CALLER = Caller.of("ada");

    private final Gate gate = new Gate();
    private Database database;
    private SessionStore store;

    @BeforeEach
    void open() throws SQLException {
        database = Database.h2();
        gate.transactions = database.transactions();
        store = Facades.around(
                new JpaSessionStore(gate, database.dialect(), SessionSettings.defaults(), InstantSource.system()),
                gate::isJoining);
        store.create(CALLER, NewSession.durable().id("s"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whatWasReadBeforeTheDatabaseWasLostMustAnswer() {
        store.find(CALLER, "s");
        gate.lost = true;

        assertThat(store.find(CALLER, "s")).isPresent();
    }

    @Test
    void whatSomebodyReadDuringASaveMustNotAnswer() {
        gate.beforeWrite = () -> store.find(CALLER, "s");
        store.save(CALLER, SessionDelta.of("s").increment("n", 1));
        gate.lost = true;

        assertThatThrownBy(() -> store.find(CALLER, "s")).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void whatSomebodyReadDuringADeleteMustNotAnswer() {
        gate.beforeWrite = () -> store.find(CALLER, "s");
        store.delete(CALLER, "s");
        gate.lost = true;

        assertThatThrownBy(() -> store.find(CALLER, "s")).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void anIdOfAnAnonymousCallMustNotBeGivenToAnotherSession() {
        assertThatThrownBy(() -> store.create(CALLER, NewSession.durable().id("temp_mine")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("temp_mine");
        store.create(CALLER, NewSession.temporary().id("temp_mine"));
    }

    /** Before the database. */
    private static final class Gate implements StoreTransactions {

        private LocalTransactions transactions;
        private Runnable beforeWrite = () -> {};
        private boolean lost;

        private LocalTransactions reached() {
            if (lost) {
                throw new StoreUnavailableException("lost, as the test wants it", false, null);
            }
            return transactions;
        }

        @Override
        public <T> T read(Work<T> work) {
            return reached().read(work);
        }

        @Override
        public <T> T query(Function<EntityManager, T> query) {
            return reached().query(query);
        }

        @Override
        public <T> T write(Work<T> work) {
            beforeWrite.run();
            return reached().write(work);
        }

        @Override
        public <T> T statement(Work<T> work) {
            return reached().statement(work);
        }

        @Override
        public <T> T alone(Work<T> work) {
            return reached().alone(work);
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
