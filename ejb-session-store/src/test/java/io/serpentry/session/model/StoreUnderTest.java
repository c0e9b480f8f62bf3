// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** A store that random operations are played on. */
public interface StoreUnderTest {

    /**
     * What the contract leaves to a store.
     *
     * @param refusedCreationSweeps whether the creation of an id whose session has expired removes that session also if
     *     it is refused for another reason
     */
    record Habits(boolean refusedCreationSweeps) {}

    /** An empty store; what the one before held is gone. */
    SessionStore empty(SessionSettings settings, InstantSource clock);

    Habits habits();

    /** The store as it is found after its process has ended without a word; this one, if it does not outlive that. */
    SessionStore crashed(SessionStore store);

    /** Removes the versions of entries that ended before that moment, if the store does not do so by itself. */
    void forget(SessionStore store, Instant before);

    /**
     * Runs the work in a transaction of the caller, if there is such a thing here; otherwise just so.
     *
     * @param work says how the transaction is to end
     */
    void transaction(Supplier<Operation.End> work);

    boolean isTransactional();
}
