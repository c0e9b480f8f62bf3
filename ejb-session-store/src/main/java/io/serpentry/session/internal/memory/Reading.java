// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.EntryCorruptException;
import io.serpentry.session.EntryRead;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * How a stored entry was found.
 *
 * @param entry as it is to be stored from now on: what is unreadable goes into quarantine, and what has become readable
 *     leaves it
 */
record Reading(EntryRead read, StoredEntry entry) {

    static Reading of(String session, StoredEntry entry, Instant now) {
        try {
            StoredEntry readable = entry.readable();
            return new Reading(new EntryRead.Content(readable.info(), ByteBuffer.wrap(content(entry))), readable);
        } catch (StoredContent.Unreadable e) {
            StoredEntry unreadable = entry.unreadable(now);
            EntryCorruptException failure =
                    new EntryCorruptException(session, entry.name(), entry.version(), e.reason());
            return new Reading(new EntryRead.Corrupt(unreadable.info(), failure), unreadable);
        }
    }

    private static byte[] content(StoredEntry entry) throws StoredContent.Unreadable {
        Long counter = entry.counter();
        return counter == null ? entry.content().content() : StoredEntry.counterContent(counter);
    }
}
