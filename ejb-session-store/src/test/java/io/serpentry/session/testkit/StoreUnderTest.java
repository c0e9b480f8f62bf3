// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.StoredContent;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A store, and what looks and writes behind its back: into its tables, its map, its files. What {@code stored...} tells is
 * there, whether the store would show it or not.
 */
public interface StoreUnderTest extends AutoCloseable {

    SessionStore store();

    /** An entry's present content as it is stored. */
    StoredContent stored(String session, String name);

    /** Stores something else as an entry's present content, and nothing but that: what damage does. */
    void replaceStored(String session, String name, UnaryOperator<StoredContent> change);

    /** How many sessions are stored, those included that have expired and are not swept yet. */
    long storedSessions();

    /** How many entries are stored for that session, which may have ended. */
    long storedEntries(String session);

    /** How many past versions of entries are stored for that session, which may have ended. */
    long storedVersions(String session);

    /** The store of another server upon the same data, with the same clock; asked only of a SHARED store. */
    default SessionStore another() {
        throw new UnsupportedOperationException();
    }

    /** Ends this store, and opens another upon its data; asked only of a DURABLE one. */
    default StoreUnderTest reopened() {
        throw new UnsupportedOperationException();
    }

    /**
     * Commits what this thread does in the action, or rolls it back if that throws or the store has marked it so; asked only of a
     * TRANSACTIONAL store.
     */
    default <T> T inTransaction(Supplier<T> action) {
        throw new UnsupportedOperationException();
    }

    @Override
    void close() throws Exception;
}
