// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.testkit.HistoryContract;
import io.serpentry.session.testkit.RestoreContract;
import io.serpentry.session.testkit.SessionStoreContract;
import io.serpentry.session.testkit.StoreUnderTest;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;

/** The contract, run by {@link ContractsNoticeTest} against a store with a fault. Its name keeps it from being run by itself. */
class FaultyStore extends SessionStoreContract {

    /** Null for none. */
    static volatile PlantedFault fault;

    @Override
    protected StoreUnderTest open(SessionSettings settings, InstantSource clock) {
        PlantedFault planted = fault;
        InMemoryStoreUnderTest right = new InMemoryStoreUnderTest(
                new InMemorySessionStore(planted == null ? settings : planted.settings(settings), clock));
        return planted == null ? right : new Faulty(right, planted.in(right.store(), clock));
    }

    private record Faulty(InMemoryStoreUnderTest right, SessionStore store) implements StoreUnderTest {

        @Override
        public StoredContent stored(String session, String name) {
            return right.stored(session, name);
        }

        @Override
        public void replaceStored(String session, String name, UnaryOperator<StoredContent> change) {
            right.replaceStored(session, name, change);
        }

        @Override
        public long storedSessions() {
            return right.storedSessions();
        }

        @Override
        public long storedEntries(String session) {
            return right.storedEntries(session);
        }

        @Override
        public long storedVersions(String session) {
            return right.storedVersions(session);
        }

        @Override
        public void close() {
            right.close();
        }
    }

    @Nested
    class History extends HistoryContract {
        History() {
            super(FaultyStore.this);
        }
    }

    @Nested
    class Restores extends RestoreContract {
        Restores() {
            super(FaultyStore.this);
        }
    }
}
