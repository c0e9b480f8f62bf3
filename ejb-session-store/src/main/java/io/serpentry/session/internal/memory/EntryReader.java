// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.EntryCorruptException;
import io.serpentry.session.EntryRead;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Reads entries, and puts what is unreadable into quarantine; what has become readable leaves it. */
final class EntryReader {

    private final SessionMap sessions;

    EntryReader(SessionMap sessions) {
        this.sessions = sessions;
    }

    /** The named entries, ordered by name; without their content, if its digest is among the known ones. */
    List<EntryRead> entries(StoredSession session, Set<String> names, Set<String> known, Instant now) {
        return session.entries().values().stream()
                .filter(entry -> names.contains(entry.name()))
                .map(entry -> known.contains(entry.info().sha256())
                        ? new EntryRead.Known(entry.info())
                        : read(session.id(), entry, now))
                .toList();
    }

    /** A version of an entry. Only a present one is put into quarantine. */
    EntryRead read(String session, StoredEntry entry, Instant now) {
        try {
            byte[] content = content(entry);
            StoredEntry readable = entry.readable();
            note(session, entry, readable);
            return new EntryRead.Content(readable.info(), ByteBuffer.wrap(content));
        } catch (StoredContent.Unreadable e) {
            StoredEntry unreadable = entry.unreadable(now);
            note(session, entry, unreadable);
            return new EntryRead.Corrupt(
                    unreadable.info(), new EntryCorruptException(session, entry.name(), entry.version(), e.reason()));
        }
    }

    private static byte[] content(StoredEntry entry) throws StoredContent.Unreadable {
        Long counter = entry.counter();
        return counter == null ? entry.content().content() : StoredEntry.counterContent(counter);
    }

    private void note(String session, StoredEntry before, StoredEntry after) {
        if (!before.equals(after)) {
            sessions.exchange(session, before, after);
        }
    }
}
