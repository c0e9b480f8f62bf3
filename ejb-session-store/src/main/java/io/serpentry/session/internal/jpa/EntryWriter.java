// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.EntryInfo;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredEntry;
import io.serpentry.session.internal.store.Timeline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replaces locked entries of a session by new versions, keeps the old ones, and says what becomes of the session's row. */
final class EntryWriter {

    private final SessionSettings settings;

    EntryWriter(SessionSettings settings) {
        this.settings = settings;
    }

    /** What was written: the row as it must be stored now, and the new versions by name. */
    record Written(SessionRecord session, Map<String, Long> versions) {}

    /** Whether writing them changes the row: the entries there are, or what they count for. */
    static boolean changesRow(Collection<Replacement> replacements, Map<String, EntryHead> present) {
        return replacements.stream().anyMatch(replacement -> {
            EntryHead head = present.get(replacement.name());
            return head == null
                    || replacement instanceof Replacement.Removal
                    || EntryInfo.charged(replacement.size()) != head.charged();
        });
    }

    /**
     * @param session its row, locked if {@link #changesRow}
     * @param present the heads of the entries, locked
     * @param end the number, time and author of this save
     */
    Written write(
            Connection connection,
            SessionRecord session,
            Collection<Replacement> replacements,
            Map<String, EntryHead> present,
            Timeline.End end)
            throws SQLException {
        SessionRecord after = counted(session, replacements, present);
        List<StoredEntry> inserts = new ArrayList<>();
        List<StoredEntry> updates = new ArrayList<>();
        List<String> removals = new ArrayList<>();
        Map<String, Long> versions = new HashMap<>();
        boolean row = changesRow(replacements, present);
        long floor = session.historyFloor();
        for (Replacement replacement : replacements) {
            EntryHead head = present.get(replacement.name());
            if (head != null) {
                boolean removed = replacement instanceof Replacement.Removal;
                floor = Math.max(floor, kept(connection, session.id(), head, end, removed, row));
            }
            if (replacement instanceof Replacement.Value value) {
                StoredEntry entry = entry(value, head, session.high(), end);
                (head == null ? inserts : updates).add(entry);
                versions.put(entry.name(), entry.version());
            } else if (head != null) {
                removals.add(head.name());
            }
        }
        if (!removals.isEmpty()) {
            floor = Math.max(floor, EntryTable.forgetRemovals(connection, session.id(), SessionSettings.REMOVALS_KEPT));
        }
        EntryTable.delete(connection, session.id(), removals);
        EntryTable.update(connection, session.id(), updates);
        EntryTable.insert(connection, session.id(), inserts);
        return new Written(after.historyFloor(floor), versions);
    }

    private static StoredEntry entry(Replacement.Value value, @Nullable EntryHead head, long high, Timeline.End end) {
        long version = head == null ? high + 1 : head.version() + 1;
        return new StoredEntry(
                value.name(),
                version,
                head == null ? version : head.born(),
                end.change(),
                end.at(),
                end.by(),
                value.mediaType(),
                value.counter(),
                value.content(),
                null);
    }

    /** Keeps a version that ends, and forgets older ones; the last save that removed one of which nothing is kept now. */
    private long kept(
            Connection connection, String session, EntryHead head, Timeline.End end, boolean removed, boolean row)
            throws SQLException {
        if (settings.historyCount() == 0 && head.quarantinedAt() == null) {
            return removed ? end.change() : 0;
        }
        EntryTable.keep(connection, session, head.name(), new Timeline.End(end.change(), end.at(), end.by(), removed));
        int count = settings.historyCount();
        Instant before = end.at().minus(settings.historyAge());
        if (row) {
            return EntryTable.forgetAll(connection, session, head.name(), count, before);
        }
        EntryTable.forgetReplaced(connection, session, head.name(), count, before);
        return 0;
    }

    void keepAttributes(Connection connection, SessionRecord session, Timeline.End end) throws SQLException {
        if (settings.historyCount() > 0) {
            EntryTable.keepAttributes(connection, session.id(), end);
            EntryTable.forgetReplaced(
                    connection,
                    session.id(),
                    "",
                    settings.historyCount(),
                    end.at().minus(settings.historyAge()));
        }
    }

    private static SessionRecord counted(
            SessionRecord session, Collection<Replacement> replacements, Map<String, EntryHead> present) {
        long base = session.base();
        long high = session.high();
        int count = session.entryCount();
        long charged = session.charged();
        for (Replacement replacement : replacements) {
            EntryHead head = present.get(replacement.name());
            if (head != null) {
                charged -= head.charged();
            }
            if (replacement instanceof Replacement.Value value) {
                charged += EntryInfo.charged(value.size());
                if (head == null) {
                    count++;
                    base -= session.high();
                }
            } else if (head != null) {
                count--;
                base += head.version() + 1;
                high = Math.max(high, head.version());
            }
        }
        return session.entries(base, high, session.historyFloor(), count, charged);
    }

    /** Throws QUOTA_EXCEEDED if these replacements would exceed a quota; before anything is written. */
    void requireQuota(SessionRecord session, Collection<Replacement> replacements, Map<String, EntryHead> present) {
        requireQuota(session, counted(session, replacements, present));
    }

    /** What is over a quota already, because the quota was lowered, may stay and shrink. */
    void requireQuota(SessionRecord before, SessionRecord after) {
        if (after.entryCount() > settings.maxEntries() && after.entryCount() > before.entryCount()) {
            throw new QuotaExceededException(
                    "serpentry.session.maxEntries",
                    "The entries of session \"" + after.id() + "\"",
                    settings.maxEntries(),
                    after.entryCount());
        }
        if (after.charged() > settings.maxBytes() && after.charged() > before.charged()) {
            throw new QuotaExceededException(
                    "serpentry.session.maxBytes",
                    "The bytes of session \"" + after.id() + "\"",
                    settings.maxBytes(),
                    after.charged());
        }
    }
}
