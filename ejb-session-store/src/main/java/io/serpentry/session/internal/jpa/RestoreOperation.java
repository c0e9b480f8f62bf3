// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryCorruptException;
import io.serpentry.session.RevisionNotFoundException;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.internal.store.ExpiryRule;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import io.serpentry.session.internal.store.Timeline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Makes entries what they were, as new versions, in a transaction that holds the session's row and all its entries. */
final class RestoreOperation {

    private final SessionTable sessions;
    private final EntryWriter writer;
    private final SessionSettings settings;
    private final ExpiryRule expiry;

    RestoreOperation(SessionTable sessions, SessionSettings settings, ExpiryRule expiry) {
        this.sessions = sessions;
        this.writer = new EntryWriter(settings);
        this.settings = settings;
        this.expiry = expiry;
    }

    Saved session(Connection connection, Caller caller, String session, long revision, Instant now)
            throws SQLException {
        SessionRecord row = locked(connection, caller, session, now);
        Map<String, EntryHead> present = EntryTable.lock(connection, session, List.of());
        long current = SessionReads.revision(connection, session);
        EntryTable.Past past =
                EntryTable.past(connection, session, settings.historyCount(), now.minus(settings.historyAge()));
        List<Timeline.State> states = Timeline.states(current, past.versions(), past.floor());
        Timeline.State target = Timeline.state(revision, states)
                .orElseThrow(() -> new RevisionNotFoundException(
                        session,
                        "Revision " + revision,
                        states.get(states.size() - 1).revision().revision()));
        List<Replacement> replacements = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(present.keySet());
        names.addAll(target.entries().keySet());
        for (String name : names) {
            Long version = target.entries().get(name);
            EntryHead head = present.get(name);
            if (version == null) {
                replacements.add(new Replacement.Removal(name));
            } else if (head == null || head.version() != version) {
                replacements.add(kept(connection, session, name, version, now));
            }
        }
        return written(connection, caller, row, present, replacements, "to revision " + revision, now);
    }

    Saved entry(Connection connection, Caller caller, String session, String name, long version, Instant now)
            throws SQLException {
        SessionRecord row = locked(connection, caller, session, now);
        Map<String, EntryHead> present = EntryTable.lock(connection, session, List.of(name));
        EntryHead head = present.get(name);
        Replacement replacement = kept(connection, session, name, version, now);
        List<Replacement> replacements = head != null && head.version() == version ? List.of() : List.of(replacement);
        return written(connection, caller, row, present, replacements, "entry " + name + " to version " + version, now);
    }

    private SessionRecord locked(Connection connection, Caller caller, String session, Instant now)
            throws SQLException {
        return sessions.lock(connection, session)
                .filter(row -> row.isFor(caller, now))
                .orElseThrow(() -> new SessionNotFoundException(session));
    }

    private Replacement kept(Connection connection, String session, String name, long version, Instant now)
            throws SQLException {
        StoredEntry entry = EntryTable.version(
                        connection, session, name, version, settings.historyCount(), now.minus(settings.historyAge()))
                .orElseThrow(() ->
                        new RevisionNotFoundException(session, "Version " + version + " of entry \"" + name + "\"", 0));
        try {
            entry.content().content();
        } catch (StoredContent.Unreadable e) {
            throw new EntryCorruptException(session, name, version, e.reason());
        }
        return new Replacement.Value(name, entry.mediaType(), entry.counter(), entry.content());
    }

    private Saved written(
            Connection connection,
            Caller caller,
            SessionRecord row,
            Map<String, EntryHead> present,
            List<Replacement> replacements,
            String detail,
            Instant now)
            throws SQLException {
        if (replacements.isEmpty()) {
            return new Saved(SessionReads.revision(connection, row.id()), Map.of(), Map.of());
        }
        writer.requireQuota(row, replacements, present);
        Timeline.End end = new Timeline.End(sessions.nextChange(connection), now, caller.name(), false);
        EntryWriter.Written written = writer.write(connection, row, replacements, present, end);
        SessionRecord after = written.session();
        sessions.update(connection, after.touched(expiry, now));
        long revision = SessionReads.revision(connection, row.id());
        Audit.write(
                connection,
                now,
                caller,
                Audit.Action.RESTORE,
                row.id(),
                row.owner(),
                detail,
                "",
                "revision " + revision);
        return new Saved(revision, written.versions(), Map.of());
    }
}
