// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.Limits;
import io.serpentry.session.NewSession;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A session as it stands in an archive, with its entries. Collects them; what is over the store's limits is not collected. */
final class ArchivedSession implements ArchiveReader.Found {

    /** An entry that had no content. */
    record Unreadable(long line, String name, String reason) {}

    private final long line;
    private final SessionLine head;
    private final SessionSettings settings;
    private final Set<String> names = new HashSet<>();
    private final List<EntryChange.Put> puts = new ArrayList<>();
    private final List<EntryChange> increments = new ArrayList<>();
    private final List<Unreadable> unreadable = new ArrayList<>();
    private long charged;

    ArchivedSession(long line, SessionLine head, SessionSettings settings) {
        this.line = line;
        this.head = head;
        this.settings = settings;
    }

    /** Throws what the store would throw for a session with that entry. */
    void add(long number, EntryLine entry) {
        if (!names.add(entry.name())) {
            throw Members.refused("there is an entry \"" + entry.name() + "\" already");
        }
        requireQuota("serpentry.session.maxEntries", "The entries", settings.maxEntries(), names.size());
        if (entry.body() instanceof EntryLine.Quarantined quarantined) {
            unreadable.add(new Unreadable(number, entry.name(), quarantined.reason()));
            return;
        }
        requireSize(entry);
        charged += EntryInfo.charged(entry.size());
        requireQuota("serpentry.session.maxBytes", "The bytes", settings.maxBytes(), charged);
        if (entry.body() instanceof EntryLine.Content content) {
            puts.add(new EntryChange.Put(entry.name(), entry.mediaType(), content.bytes(), EntryChange.ABSENT));
        } else if (entry.body() instanceof EntryLine.Counter counter) {
            increments.add(new EntryChange.Increment(entry.name(), counter.value()));
        }
    }

    private void requireSize(EntryLine entry) {
        if (entry.size() > settings.maxEntrySize()) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.MESSAGE_TOO_LARGE,
                            "The content of entry \"" + entry.name() + "\" has " + entry.size()
                                    + " bytes, and the limit is " + settings.maxEntrySize()
                                    + " (serpentry.session.maxEntrySize)")
                    .context(Map.of(
                            "field", entry.name(),
                            "size", Long.toString(entry.size()),
                            "limit", Integer.toString(settings.maxEntrySize()))));
        }
    }

    private void requireQuota(String key, String what, long limit, long wanted) {
        if (wanted > limit) {
            throw new QuotaExceededException(key, what + " of session \"" + head.id() + "\"", limit, wanted);
        }
    }

    /** The line that it begins with. */
    long line() {
        return line;
    }

    SessionLine head() {
        return head;
    }

    /** All entries, the unreadable ones too. */
    long entries() {
        return names.size();
    }

    long readable() {
        return puts.size() + (long) increments.size();
    }

    List<Unreadable> unreadable() {
        return unreadable;
    }

    /** When it would cease to exist where it comes from, or its lifetime in this store is over. */
    Instant endsAt() {
        Duration lifetime = head.lifetime() == null ? settings.lifetime() : head.lifetime();
        Instant latest = lifetime == null ? Instant.MAX : head.createdAt().plus(lifetime);
        return latest.isBefore(head.expiresAt()) ? latest : head.expiresAt();
    }

    boolean isExpired(Instant now) {
        return !now.isBefore(endsAt());
    }

    /** With as many entries as a session can be created with. */
    NewSession creation() {
        return new NewSession(
                head.id(),
                head.owner(),
                head.kind(),
                head.idleTimeout(),
                head.lifetime(),
                head.createdAt(),
                head.metadata(),
                puts.subList(0, Math.min(puts.size(), Limits.CHANGES)));
    }

    /** What has to be saved besides: counters, which a session can not be created with, and entries that were too many. */
    List<SessionDelta> additions() {
        List<EntryChange> rest = new ArrayList<>(puts.subList(Math.min(puts.size(), Limits.CHANGES), puts.size()));
        rest.addAll(increments);
        List<SessionDelta> deltas = new ArrayList<>();
        for (int from = 0; from < rest.size(); from += Limits.CHANGES) {
            SessionDelta delta = SessionDelta.of(head.id());
            List<EntryChange> some = rest.subList(from, Math.min(rest.size(), from + Limits.CHANGES));
            deltas.add(new SessionDelta(
                    delta.session(), some, delta.attributes(), delta.expectedRevision(), delta.reads()));
        }
        return deltas;
    }
}
