// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.SessionView;
import io.serpentry.session.internal.store.StoredEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is read with one statement each. None but {@link #entries} reads an entry's bytes. */
final class SessionReads {

    private static final String FIND = "select " + SessionRecord.COLUMNS + ", " + EntryHead.COLUMNS
            + " from serpentry_session s left join serpentry_entry e on e.session_id = s.id where s.id = ? order by e.name";
    // The bytes of content that the caller has stay where they are.
    private static final String ENTRIES = "select s.owner, s.expires_at, " + EntryHead.COLUMNS + ", "
            + EntryTable.CONTENT_COLUMNS + ", case when e.sha256 = any(?) then null else e.bytes end as bytes"
            + " from serpentry_session s left join serpentry_entry e on e.session_id = s.id and e.name = any(?)"
            + " where s.id = ? order by e.name";
    private static final String LOAD = "select " + SessionRecord.COLUMNS + ", " + EntryHead.COLUMNS + ", "
            + EntryTable.CONTENT_COLUMNS
            + ", case when e.name = any(?) and not (e.sha256 = any(?)) then e.bytes end as bytes"
            + " from serpentry_session s left join serpentry_entry e on e.session_id = s.id where s.id = ? order by e.name";
    private static final String REVISION = "select s.base + s.structure + coalesce((select sum(e.version)"
            + " from serpentry_entry e where e.session_id = s.id), 0) from serpentry_session s where s.id = ?";
    private static final String STATISTICS =
            "select s.kind, count(*) as sessions, coalesce(sum(s.entry_count), 0) as entries,"
                    + " coalesce(sum(s.charged), 0) as charged, min(s.created_at) as oldest from serpentry_session s"
                    + " where s.expires_at > ? and (s.owner = ? or ?) group by s.kind";
    private static final String OVERDUE =
            "select count(*) from serpentry_session s where s.expires_at <= ? and (s.owner = ? or ?)";
    private static final String QUARANTINED = "select count(*) from serpentry_entry e join serpentry_session s"
            + " on s.id = e.session_id where e.quarantined_at is not null and s.expires_at > ? and (s.owner = ? or ?)";
    private static final String UNDELIVERED = "select count(*) from serpentry_outbox o where (o.owner = ? or ?)";

    private SessionReads() {}

    /** A session, and those of its entries that were asked for, as stored. */
    record Loaded(SessionView view, List<StoredEntry> entries) {}

    /** Entries as stored, and whose they are. */
    record StoredEntries(String owner, List<StoredEntry> entries) {}

    static Optional<SessionView> find(Connection connection, Caller caller, String session, Instant now)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND);
                ResultSet rows = Columns.bind(statement, session).executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            SessionRecord found = SessionRecord.of(rows);
            return found.isFor(caller, now) ? Optional.of(view(found, rows, now, head -> {})) : Optional.empty();
        }
    }

    /** As {@link #find}, with the stored form of the named entries; those whose digest is known have no bytes. */
    static Optional<Loaded> load(
            Connection connection,
            Caller caller,
            String session,
            Collection<String> names,
            Collection<String> known,
            Instant now)
            throws SQLException {
        if (names.isEmpty()) {
            return find(connection, caller, session, now).map(view -> new Loaded(view, List.of()));
        }
        try (PreparedStatement statement = connection.prepareStatement(LOAD);
                ResultSet rows = Columns.bind(statement, names, known, session).executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            SessionRecord found = SessionRecord.of(rows);
            if (!found.isFor(caller, now)) {
                return Optional.empty();
            }
            List<StoredEntry> entries = new ArrayList<>();
            SessionView view = view(found, rows, now, head -> {
                if (names.contains(head.name())) {
                    entries.add(EntryTable.stored(head, rows));
                }
            });
            return Optional.of(new Loaded(view, entries));
        }
    }

    /** Is shown each entry's head, with the row it stands in as the present one. */
    @FunctionalInterface
    private interface HeadVisitor {
        void visit(EntryHead head) throws SQLException;
    }

    /** From the first row on. */
    private static SessionView view(SessionRecord session, ResultSet rows, Instant now, HeadVisitor visitor)
            throws SQLException {
        List<EntryInfo> entries = new ArrayList<>();
        long versions = 0;
        boolean damaged = false;
        do {
            if (rows.getString("name") != null) {
                EntryHead head = EntryHead.of(rows);
                entries.add(head.info());
                versions += head.version();
                damaged |= head.quarantinedAt() != null;
                visitor.visit(head);
            }
        } while (rows.next());
        return new SessionView(session.info(versions, damaged), entries, now);
    }

    /** Empty if there is no such session for that caller. Entries whose digest is known have no bytes. */
    static Optional<StoredEntries> entries(
            Connection connection,
            Caller caller,
            String session,
            Collection<String> names,
            Collection<String> known,
            Instant now)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ENTRIES);
                ResultSet rows = Columns.bind(statement, known, names, session).executeQuery()) {
            String owner = null;
            List<StoredEntry> entries = new ArrayList<>();
            while (rows.next()) {
                owner = rows.getString("owner");
                if (!now.isBefore(Columns.instant(rows, "expires_at")) || !caller.sees(owner)) {
                    return Optional.empty();
                }
                if (rows.getString("name") != null) {
                    entries.add(EntryTable.stored(EntryHead.of(rows), rows));
                }
            }
            return owner == null ? Optional.empty() : Optional.of(new StoredEntries(owner, entries));
        }
    }

    /** Throws SessionNotFoundException if it has gone meanwhile. */
    static long revision(Connection connection, String session) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REVISION);
                ResultSet rows = Columns.bind(statement, session).executeQuery()) {
            if (!rows.next()) {
                throw new SessionNotFoundException(session);
            }
            return rows.getLong(1);
        }
    }

    static SessionStatistics statistics(Connection connection, Caller caller, Instant now) throws SQLException {
        Map<SessionKind, Long> sessions = new EnumMap<>(SessionKind.class);
        for (SessionKind kind : SessionKind.values()) {
            sessions.put(kind, 0L);
        }
        long entries = 0;
        long charged = 0;
        Instant oldest = null;
        try (PreparedStatement statement = connection.prepareStatement(STATISTICS);
                ResultSet rows = Columns.bind(statement, now, caller.name(), caller.operator())
                        .executeQuery()) {
            while (rows.next()) {
                sessions.put(Numbers.kind(rows.getInt("kind")), rows.getLong("sessions"));
                entries += rows.getLong("entries");
                charged += rows.getLong("charged");
                Instant created = Columns.instant(rows, "oldest");
                oldest = oldest == null || created.isBefore(oldest) ? created : oldest;
            }
        }
        return new SessionStatistics(
                sessions,
                entries,
                charged,
                number(connection, OVERDUE, now, caller.name(), caller.operator()),
                number(connection, QUARANTINED, now, caller.name(), caller.operator()),
                number(connection, UNDELIVERED, caller.name(), caller.operator()),
                oldest);
    }

    private static long number(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, values).executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
