// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryCorruptException;
import io.serpentry.session.EntryRead;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Makes contents of what was read: checks them, puts what can not be read in quarantine, notes who reads what is another's. */
final class EntryContents {

    private final StoreTransactions transactions;
    private final Supplier<Instant> clock;

    EntryContents(StoreTransactions transactions, Supplier<Instant> clock) {
        this.transactions = transactions;
        this.clock = clock;
    }

    private Instant now() {
        return clock.get();
    }

    List<EntryRead> of(Caller caller, String session, String owner, List<StoredEntry> entries, Set<String> known) {
        if (!entries.isEmpty()) {
            String names =
                    String.join(", ", entries.stream().map(StoredEntry::name).toList());
            auditRead(caller, session, owner, names);
        }
        return entries.stream().map(entry -> read(session, entry, known)).toList();
    }

    /** One version, which may be a past one. */
    EntryRead of(Caller caller, String session, String owner, StoredEntry entry) {
        auditRead(caller, session, owner, entry.name() + " version " + entry.version());
        return read(session, entry, Set.of());
    }

    /** What others than the owner read is in the audit. */
    private void auditRead(Caller caller, String session, String owner, String what) {
        if (!owner.equals(caller.name()) && !caller.equals(Caller.SYSTEM)) {
            transactions.alone(
                    connection -> Audit.write(connection, now(), caller, Audit.Action.READ, session, owner, what));
        }
    }

    private EntryRead read(String session, StoredEntry entry, Set<String> known) {
        if (entry.counter() != null) {
            return known.contains(entry.info().sha256())
                    ? new EntryRead.Known(entry.info())
                    : new EntryRead.Content(entry.info(), ByteBuffer.wrap(StoredEntry.counterContent(entry.counter())));
        }
        if (known.contains(entry.content().sha256())) {
            return new EntryRead.Known(entry.info());
        }
        try {
            byte[] content = entry.content().content();
            if (entry.quarantinedAt() != null) {
                mark(session, entry, false);
            }
            return new EntryRead.Content(entry.readable().info(), ByteBuffer.wrap(content));
        } catch (StoredContent.Unreadable e) {
            if (entry.quarantinedAt() == null) {
                mark(session, entry, true);
            }
            return new EntryRead.Corrupt(
                    entry.unreadable(now()).info(),
                    new EntryCorruptException(session, entry.name(), entry.version(), e.reason()));
        }
    }

    private void mark(String session, StoredEntry entry, boolean unreadable) {
        transactions.alone(connection ->
                EntryTable.quarantine(connection, session, entry.name(), entry.version(), unreadable, now()));
    }
}
