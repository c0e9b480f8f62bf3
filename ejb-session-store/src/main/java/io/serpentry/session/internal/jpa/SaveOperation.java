// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionConflictException.Conflict;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.internal.store.ExpiryRule;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.Timeline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Stores a delta, in a transaction.
 *
 * <p>Locks are taken in one order, so that saves, deletes and sweeps can not deadlock: the row of the session, if the save changes it,
 * then the entries by name. Whether it does is looked up without a lock first. A row that turns out to be needed only when the
 * entries are locked makes the save begin anew, unless it is in a caller's transaction.
 */
final class SaveOperation {

    private final SessionTable sessions;
    private final EntryWriter writer;
    private final OwnerQuota owners;
    private final SessionSettings settings;
    private final ExpiryRule expiry;

    SaveOperation(SessionTable sessions, SessionSettings settings, ExpiryRule expiry) {
        this.sessions = sessions;
        this.writer = new EntryWriter(settings);
        this.owners = new OwnerQuota(sessions, settings);
        this.settings = settings;
        this.expiry = expiry;
    }

    private record Locked(SessionRecord session, boolean row, Map<String, EntryHead> entries) {}

    /** The save changes the session's row, which is not locked: to be begun anew with {@link #runWithRow}. */
    static final class RowNeeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        RowNeeded() {
            super("the row of the session is needed", null, false, false);
        }
    }

    /** The content of the puts, made ready before anything is locked; what is too large is left out. */
    Map<String, StoredContent> encoded(Collection<? extends EntryChange> changes) {
        Map<String, StoredContent> encoded = new HashMap<>();
        for (EntryChange change : changes) {
            if (change instanceof EntryChange.Put put && put.content().length <= settings.maxEntrySize()) {
                encoded.put(put.name(), StoredContent.of(put.content(), settings.codec()));
            }
        }
        return encoded;
    }

    /** Throws MESSAGE_TOO_LARGE. */
    void requireSizes(Collection<? extends EntryChange> changes) {
        for (EntryChange change : changes) {
            if (change instanceof EntryChange.Put put) {
                requireSize(put);
            }
        }
    }

    private void requireSize(EntryChange.Put put) {
        int size = put.content().length;
        if (size > settings.maxEntrySize()) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.MESSAGE_TOO_LARGE,
                            "The content of entry \"" + put.name() + "\" has " + size + " bytes, and the limit is "
                                    + settings.maxEntrySize() + " (serpentry.session.maxEntrySize)")
                    .context(Map.of(
                            "field", put.name(),
                            "size", Integer.toString(size),
                            "limit", Integer.toString(settings.maxEntrySize()))));
        }
    }

    /**
     * @param lateRow whether the row may be locked after the entries, because the transaction can not be begun anew
     * @throws RowNeeded if the row turns out to be needed and may not be locked so late
     */
    Saved run(
            Connection connection,
            Caller caller,
            SessionDelta delta,
            Map<String, StoredContent> contents,
            Instant now,
            boolean lateRow)
            throws SQLException {
        Set<String> names = names(delta);
        SessionRecord session = visible(sessions.share(connection, delta.session()), caller, delta, now);
        if (needsRow(delta, session, now)
                || changesRow(delta, EntryTable.heads(connection, delta.session(), names), contents)) {
            return runWithRow(connection, caller, delta, contents, now);
        }
        Map<String, EntryHead> entries = EntryTable.lock(connection, delta.session(), names);
        if (!changesRow(delta, entries, contents)) {
            return stored(connection, caller, delta, contents, new Locked(session, false, entries), now);
        }
        if (lateRow) {
            return runWithRow(connection, caller, delta, contents, now);
        }
        throw new RowNeeded();
    }

    /** With the session's row locked before its entries. */
    Saved runWithRow(
            Connection connection, Caller caller, SessionDelta delta, Map<String, StoredContent> contents, Instant now)
            throws SQLException {
        SessionRecord session = visible(sessions.lock(connection, delta.session()), caller, delta, now);
        boolean all = delta.expectedRevision() != SessionDelta.ANY_REVISION;
        Set<String> names = names(delta);
        Map<String, EntryHead> entries = names.isEmpty() && !all
                ? Map.of()
                : EntryTable.lock(connection, delta.session(), all ? Set.of() : names);
        return stored(connection, caller, delta, contents, new Locked(session, true, entries), now);
    }

    private static Set<String> names(SessionDelta delta) {
        Set<String> names = new HashSet<>(delta.reads().keySet());
        delta.changes().forEach(change -> names.add(change.name()));
        return names;
    }

    /** A save is an access, which is in the row too if it has to be written: then no sweep can come between the two. */
    private boolean needsRow(SessionDelta delta, SessionRecord session, Instant now) {
        return delta.expectedRevision() != SessionDelta.ANY_REVISION
                || !delta.attributes().isNone()
                || delta.changes().isEmpty()
                || session.isTouchDue(expiry, now, Instant.EPOCH);
    }

    private Saved stored(
            Connection connection,
            Caller caller,
            SessionDelta delta,
            Map<String, StoredContent> contents,
            Locked locked,
            Instant now)
            throws SQLException {
        requireNoConflict(delta, locked);
        Map<String, Replacement.Value> increments = increments(delta, locked.entries());
        requireSizes(delta.changes());
        List<Replacement> replacements = replacements(delta, locked.entries(), contents, increments);
        // Nothing is written before everything is allowed: a caller's transaction may commit in spite of a refusal.
        writer.requireQuota(locked.session(), replacements, locked.entries());
        Timeline.End end = new Timeline.End(sessions.nextChange(connection), now, caller.name(), false);
        SessionRecord session = withAttributes(connection, caller, delta, locked.session(), end);
        EntryWriter.Written written = writer.write(connection, session, replacements, locked.entries(), end);
        if (locked.row()) {
            SessionRecord after = written.session();
            boolean timesChanged = delta.attributes().idleTimeout() != null
                    || delta.attributes().lifetime() != null;
            sessions.update(connection, timesChanged ? after.retimed(expiry, now) : after.touched(expiry, now));
        }
        Map<String, Long> counters = new HashMap<>();
        increments.forEach((name, value) -> counters.put(name, Objects.requireNonNull(value.counter())));
        long revision = SessionReads.revision(connection, session.id());
        if (caller.reason() != null && locked.session().kind() == SessionKind.DURABLE) {
            auditChange(connection, caller, delta, session, now, revision);
        }
        return new Saved(revision, written.versions(), counters);
    }

    /** What was named, and nothing of its content. */
    private static void auditChange(
            Connection connection, Caller caller, SessionDelta delta, SessionRecord session, Instant now, long revision)
            throws SQLException {
        List<String> named = new ArrayList<>();
        delta.changes().forEach(change -> named.add("entry " + change.name()));
        AttributeChange attributes = delta.attributes();
        attributes.metadata().keySet().forEach(key -> named.add("metadata " + key));
        attributes.metadataRemoved().forEach(key -> named.add("metadata " + key));
        if (attributes.idleTimeout() != null) {
            named.add("idleTimeout " + attributes.idleTimeout());
        }
        if (attributes.lifetime() != null) {
            named.add("lifetime " + attributes.lifetime());
        }
        if (!named.isEmpty()) {
            Audit.write(
                    connection,
                    now,
                    caller,
                    Audit.Action.CHANGE,
                    session.id(),
                    session.owner(),
                    String.join(", ", named),
                    "",
                    "revision " + revision);
        }
    }

    private static boolean changesRow(
            SessionDelta delta, Map<String, EntryHead> present, Map<String, StoredContent> contents) {
        return delta.changes().stream().anyMatch(change -> {
            EntryHead head = present.get(change.name());
            if (change instanceof EntryChange.Put put) {
                StoredContent content = contents.get(put.name());
                return head == null || content == null || EntryInfo.charged(content.size()) != head.charged();
            }
            return head == null || change instanceof EntryChange.Remove;
        });
    }

    private static SessionRecord visible(
            Optional<SessionRecord> session, Caller caller, SessionDelta delta, Instant now) {
        return session.filter(row -> row.isFor(caller, now))
                .orElseThrow(() -> new SessionNotFoundException(delta.session()));
    }

    private static void requireNoConflict(SessionDelta delta, Locked locked) {
        List<Conflict> conflicts = new ArrayList<>();
        if (delta.expectedRevision() != SessionDelta.ANY_REVISION) {
            long sum = locked.entries().values().stream()
                    .mapToLong(EntryHead::version)
                    .sum();
            compare(conflicts, "", delta.expectedRevision(), locked.session().revision(sum));
        }
        Map<String, Long> expected = new TreeMap<>(delta.reads());
        delta.changes().stream()
                .filter(change -> change.expected() != EntryChange.ANY)
                .forEach(change -> expected.put(change.name(), change.expected()));
        expected.forEach((name, version) -> compare(conflicts, name, version, version(locked, name)));
        // The same entry may be read and changed, based on different versions.
        delta.reads().forEach((name, version) -> {
            if (!version.equals(expected.get(name))) {
                compare(conflicts, name, version, version(locked, name));
            }
        });
        if (!conflicts.isEmpty()) {
            throw new SessionConflictException(delta.session(), conflicts);
        }
    }

    private static long version(Locked locked, String name) {
        EntryHead head = locked.entries().get(name);
        return head == null ? EntryChange.ABSENT : head.version();
    }

    private static void compare(List<Conflict> conflicts, String name, long expected, long actual) {
        if (expected != actual) {
            conflicts.add(new Conflict(name, expected, actual));
        }
    }

    private static Map<String, Replacement.Value> increments(SessionDelta delta, Map<String, EntryHead> present) {
        Map<String, Replacement.Value> increments = new HashMap<>();
        for (EntryChange change : delta.changes()) {
            if (change instanceof EntryChange.Increment increment) {
                EntryHead head = present.get(increment.name());
                increments.put(increment.name(), Increments.applied(delta.session(), increment, head));
            }
        }
        return increments;
    }

    private static List<Replacement> replacements(
            SessionDelta delta,
            Map<String, EntryHead> present,
            Map<String, StoredContent> contents,
            Map<String, Replacement.Value> increments) {
        List<Replacement> replacements = new ArrayList<>();
        for (EntryChange change : delta.changes()) {
            if (change instanceof EntryChange.Put put) {
                StoredContent content = Objects.requireNonNull(contents.get(put.name()));
                replacements.add(new Replacement.Value(put.name(), put.mediaType(), null, content));
            } else if (change instanceof EntryChange.Increment) {
                replacements.add(Objects.requireNonNull(increments.get(change.name())));
            } else if (present.containsKey(change.name())) {
                replacements.add(new Replacement.Removal(change.name()));
            }
        }
        return replacements;
    }

    private SessionRecord withAttributes(
            Connection connection, Caller caller, SessionDelta delta, SessionRecord session, Timeline.End end)
            throws SQLException {
        if (delta.attributes().isNone()) {
            return session;
        }
        SessionRecord after = session.changed(delta.attributes());
        if (!after.owner().equals(session.owner())) {
            if (!caller.operator()) {
                throw new ForbiddenException(
                        "Only an operator may change the owner of session \"" + session.id() + "\"");
            }
            owners.requireRoom(connection, after.owner(), end.at());
            Audit.write(
                    connection,
                    end.at(),
                    caller,
                    Audit.Action.CHANGE_OWNER,
                    session.id(),
                    after.owner(),
                    "was " + session.owner(),
                    session.owner(),
                    after.owner());
        }
        writer.keepAttributes(connection, session, end);
        sessions.attributesWritten(connection, session.id(), end.change(), end.at(), end.by());
        return after;
    }
}
