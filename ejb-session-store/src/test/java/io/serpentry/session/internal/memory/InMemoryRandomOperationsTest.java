// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.model.Operation;
import io.serpentry.session.model.RandomOperations;
import io.serpentry.session.model.StoreUnderTest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

class InMemoryRandomOperationsTest extends RandomOperations implements StoreUnderTest {

    @Override
    protected StoreUnderTest subject() {
        return this;
    }

    @Override
    public SessionStore empty(SessionSettings settings, InstantSource clock) {
        return new InMemorySessionStore(settings, clock);
    }

    @Override
    public Habits habits() {
        return new Habits(false);
    }

    @Override
    public SessionStore crashed(SessionStore store) {
        return store;
    }

    @Override
    public void forget(SessionStore store, Instant before) {
        // Nothing: what is too old is not told.
    }

    @Override
    public void transaction(Supplier<Operation.End> work) {
        Operation.End ignored = work.get();
    }

    @Override
    public boolean isTransactional() {
        return false;
    }
}
