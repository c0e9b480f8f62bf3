// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import io.serpentry.session.testkit.StoreUnderTest;
import java.util.function.UnaryOperator;

/** Looks and writes past the store into its map. */
record InMemoryStoreUnderTest(InMemorySessionStore store) implements StoreUnderTest {

    private StoredEntry entry(String session, String name) {
        return store.stored(session, name).orElseThrow();
    }

    @Override
    public StoredContent stored(String session, String name) {
        return entry(session, name).content();
    }

    @Override
    public void replaceStored(String session, String name, UnaryOperator<StoredContent> change) {
        StoredEntry entry = entry(session, name);
        store.replace(
                session,
                new StoredEntry(
                        entry.name(),
                        entry.version(),
                        entry.born(),
                        entry.change(),
                        entry.writtenAt(),
                        entry.writtenBy(),
                        entry.mediaType(),
                        entry.counter(),
                        change.apply(entry.content()),
                        entry.quarantinedAt()));
    }

    @Override
    public long storedSessions() {
        return store.storedSessions();
    }

    @Override
    public long storedEntries(String session) {
        return store.stored(session).map(stored -> stored.entries().size()).orElse(0);
    }

    @Override
    public long storedVersions(String session) {
        return store.stored(session)
                .map(stored -> stored.history().versions().stream()
                        .filter(past -> !past.entry().name().isEmpty())
                        .count())
                .orElse(0L);
    }

    @Override
    public void close() {}
}
