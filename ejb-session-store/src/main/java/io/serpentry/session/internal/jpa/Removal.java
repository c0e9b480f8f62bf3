// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The statements that remove sessions, with their entries and history. Nobody else may hold an entry of a session that goes: a save that
 * replaces an entry need not hold the session's row, and on H2 the history it writes would be left behind, for a foreign key locks nothing there.
 */
final class Removal {

    private final Dialect dialect;
    private final SessionTable sessions;

    Removal(Dialect dialect, SessionTable sessions) {
        this.dialect = dialect;
        this.sessions = sessions;
    }

    /** Waits for all who write in it. */
    Optional<SessionRecord> lock(Connection connection, String id) throws SQLException {
        Optional<SessionRecord> session = sessions.lockAgainstReferences(connection, id);
        if (session.isPresent() && !dialect.referencesLock()) {
            lockedEntries(connection, List.of(id), "");
        }
        return session;
    }

    /** A session that is locked. */
    static void remove(Connection connection, String id) throws SQLException {
        Columns.update(connection, "delete from serpentry_session where id = ?", id);
    }

    /** Locks up to {@code limit} expired sessions in which nobody writes, oldest expiry first. */
    List<String> lockOverdue(Connection connection, Instant now, int limit) throws SQLException {
        if (dialect.referencesLock()) {
            String sql = "select id from serpentry_session where expires_at <= ? order by expires_at, id"
                    + " fetch first ? rows only for update skip locked";
            return ids(connection, sql, now, limit);
        }
        List<String> locked = new ArrayList<>();
        Place place = new Place(Long.MIN_VALUE, "");
        boolean more = true;
        while (more && locked.size() < limit) {
            int wanted = limit - locked.size();
            List<Place> candidates = overdue(connection, now, place, wanted);
            locked.addAll(
                    lockUnused(connection, candidates.stream().map(Place::id).toList(), now));
            more = candidates.size() == wanted;
            place = more ? candidates.get(wanted - 1) : place;
        }
        return locked;
    }

    /** Where a session stands in the order of expiry. */
    private record Place(long expiresAt, String id) {}

    /** The next after that place. Without locks: H2 would lock all that match, not only those that are fetched. */
    private static List<Place> overdue(Connection connection, Instant now, Place after, int limit) throws SQLException {
        String sql = "select expires_at, id from serpentry_session where expires_at <= ? and expires_at >= ?"
                + " and (expires_at > ? or id > ?) order by expires_at, id fetch first ? rows only";
        List<Place> places = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, now, after.expiresAt(), after.expiresAt(), after.id(), limit)
                        .executeQuery()) {
            while (rows.next()) {
                places.add(new Place(rows.getLong(1), rows.getString(2)));
            }
        }
        return places;
    }

    private static List<String> lockUnused(Connection connection, List<String> candidates, Instant now)
            throws SQLException {
        Map<String, Integer> entryCounts = new TreeMap<>();
        String sql = "select id, entry_count from serpentry_session where id = any(?) and expires_at <= ?"
                + " order by id for update skip locked";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, candidates, now).executeQuery()) {
            while (rows.next()) {
                entryCounts.put(rows.getString(1), rows.getInt(2));
            }
        }
        Map<String, Integer> locked =
                lockedEntries(connection, entryCounts.keySet().stream().toList(), "skip locked");
        return entryCounts.entrySet().stream()
                .filter(session -> session.getValue().equals(locked.getOrDefault(session.getKey(), 0)))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Locks entries; how many of each session. */
    private static Map<String, Integer> lockedEntries(Connection connection, List<String> ids, String whatIsLocked)
            throws SQLException {
        String sql = "select session_id from serpentry_entry where session_id = any(?) for update " + whatIsLocked;
        Map<String, Integer> locked = new TreeMap<>();
        for (String id : ids(connection, sql, ids)) {
            locked.merge(id, 1, Integer::sum);
        }
        return locked;
    }

    private static List<String> ids(Connection connection, String sql, Object... parameters) throws SQLException {
        List<String> ids = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, parameters).executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    /** Removes those of the locked sessions that have expired; how many. */
    static int removeOverdue(Connection connection, List<String> ids, Instant now) throws SQLException {
        return Columns.update(
                connection, "delete from serpentry_session where id = any(?) and expires_at <= ?", ids, now);
    }
}
