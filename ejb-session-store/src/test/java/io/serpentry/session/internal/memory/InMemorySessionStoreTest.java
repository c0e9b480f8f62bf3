// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.HistoryContract;
import io.serpentry.session.testkit.RestoreContract;
import io.serpentry.session.testkit.SessionStoreContract;
import io.serpentry.session.testkit.StoreUnderTest;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/** The contract, kept by {@link InMemorySessionStore}. */
class InMemorySessionStoreTest extends SessionStoreContract {

    @Override
    protected StoreUnderTest open(SessionSettings settings, InstantSource clock) {
        return new InMemoryStoreUnderTest(new InMemorySessionStore(settings, clock));
    }

    @Nested
    class History extends HistoryContract {
        History() {
            super(InMemorySessionStoreTest.this);
        }
    }

    @Nested
    class Restores extends RestoreContract {
        Restores() {
            super(InMemorySessionStoreTest.this);
        }
    }
}
