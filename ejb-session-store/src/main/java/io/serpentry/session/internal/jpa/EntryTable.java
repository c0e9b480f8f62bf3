// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import io.serpentry.session.internal.store.Timeline;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The statements on entries and their history. */
final class EntryTable {

    static final String CONTENT_COLUMNS = "e.format, e.codec, e.stored_size, e.crc";
    private static final String HISTORY_COLUMNS =
            "session_id, name, version, born, change, written_at, written_by, media_type,"
                    + " counter, format, codec, size, stored_size, crc, sha256, quarantined_at, bytes";
    private static final String INSERT =
            "insert into serpentry_entry (version, born, change, written_at, written_by, media_type,"
                    + " counter, format, codec, size, stored_size, crc, sha256, bytes, session_id, name)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String UPDATE = "update serpentry_entry set version = ?, born = ?, change = ?, written_at = ?,"
            + " written_by = ?, media_type = ?, counter = ?, format = ?, codec = ?, size = ?, stored_size = ?, crc = ?,"
            + " sha256 = ?, bytes = ?, quarantined_at = null where session_id = ? and name = ?";
    private static final String KEEP = "insert into serpentry_entry_history (" + HISTORY_COLUMNS
            + ", ended_change, ended_at, ended_by, removed) select " + HISTORY_COLUMNS
            + ", cast(? as bigint), cast(? as bigint), cast(? as varchar(255)), cast(? as boolean)"
            + " from serpentry_entry where session_id = ? and name = ?";
    private static final String TOO_MUCH = " from serpentry_entry_history where session_id = ? and name = ?"
            + " and (version < coalesce((select min(version) from (select version from serpentry_entry_history"
            + " where session_id = ? and name = ? order by version desc fetch first ? rows only) newest), "
            + Long.MAX_VALUE + ") or ended_at < ?) and quarantined_at is null";
    private static final String KEEP_ATTRIBUTES = "insert into serpentry_entry_history (" + HISTORY_COLUMNS
            + ", ended_change, ended_at, ended_by, removed) select id, '', structure, 1, change, changed_at, changed_by, '',"
            + " cast(null as bigint), 0, 0, 0, 0, 0, '', cast(null as bigint), ?, cast(? as bigint), cast(? as bigint),"
            + " cast(? as varchar(255)), cast(? as boolean) from serpentry_session where id = ?";
    private static final String NO_END = "cast(null as bigint) as ended_change, cast(null as bigint) as ended_at,"
            + " cast(null as varchar(255)) as ended_by, cast(null as boolean) as removed";
    private static final String VERSIONS = "select name, version, born, change, written_at, written_by, " + NO_END
            + ", quarantined_at, cast(0 as bigint) as history_floor from serpentry_entry where session_id = ?"
            + " union all select '', structure, 1, change, changed_at, changed_by, " + NO_END
            + ", cast(null as bigint), history_floor from serpentry_session where id = ?"
            + " union all select name, version, born, change, written_at, written_by, ended_change, ended_at, ended_by,"
            + " removed, quarantined_at, 0 from serpentry_entry_history where session_id = ? order by version desc";

    private EntryTable() {}

    /** The heads of the named entries, locked in the order of their names; all entries if {@code names} is empty. */
    static Map<String, EntryHead> lock(Connection connection, String session, Collection<String> names)
            throws SQLException {
        return heads(connection, session, names, " for update");
    }

    /** As {@link #lock}, without a lock. */
    static Map<String, EntryHead> heads(Connection connection, String session, Collection<String> names)
            throws SQLException {
        return heads(connection, session, names, "");
    }

    private static Map<String, EntryHead> heads(
            Connection connection, String session, Collection<String> names, String lock) throws SQLException {
        String sql = "select " + EntryHead.COLUMNS + " from serpentry_entry e where e.session_id = ?"
                + (names.isEmpty() ? "" : " and e.name = any(?)") + " order by e.name" + lock;
        Map<String, EntryHead> heads = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            PreparedStatement bound =
                    names.isEmpty() ? Columns.bind(statement, session) : Columns.bind(statement, session, names);
            try (ResultSet rows = bound.executeQuery()) {
                while (rows.next()) {
                    EntryHead head = EntryHead.of(rows);
                    heads.put(head.name(), head);
                }
            }
        }
        return heads;
    }

    /** A version with its bytes, present or past, within the limits of {@link #past}. */
    static Optional<StoredEntry> version(
            Connection connection, String session, String name, long version, int count, Instant before)
            throws SQLException {
        String sql = "select " + EntryHead.COLUMNS + ", " + CONTENT_COLUMNS + ", e.bytes from serpentry_entry e"
                + " where e.session_id = ? and e.name = ? and e.version = ? union all select " + EntryHead.COLUMNS
                + ", "
                + CONTENT_COLUMNS + ", e.bytes from serpentry_entry_history e"
                + " where e.session_id = ? and e.name = ? and e.version = ?"
                + " and ((e.ended_at >= ? and (select count(*) from serpentry_entry_history n where n.session_id = e.session_id"
                + " and n.name = e.name and n.version > e.version) < ?) or e.quarantined_at is not null)";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, session, name, version, session, name, version, before, count)
                        .executeQuery()) {
            return rows.next() ? Optional.of(stored(EntryHead.of(rows), rows)) : Optional.empty();
        }
    }

    static StoredEntry stored(EntryHead head, ResultSet row) throws SQLException {
        byte[] bytes = row.getBytes("bytes");
        return new StoredEntry(
                head.name(),
                head.version(),
                head.born(),
                head.change(),
                head.writtenAt(),
                head.writtenBy(),
                head.mediaType(),
                head.counter(),
                new StoredContent(
                        row.getInt("format"),
                        row.getInt("codec"),
                        head.size(),
                        row.getInt("stored_size"),
                        row.getInt("crc"),
                        head.sha256(),
                        bytes == null ? new byte[0] : bytes),
                head.quarantinedAt());
    }

    static void insert(Connection connection, String session, Collection<StoredEntry> entries) throws SQLException {
        write(connection, INSERT, session, entries);
    }

    /** Replaces entries that exist. */
    static void update(Connection connection, String session, Collection<StoredEntry> entries) throws SQLException {
        write(connection, UPDATE, session, entries);
    }

    private static void write(Connection connection, String sql, String session, Collection<StoredEntry> entries)
            throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (StoredEntry entry : entries) {
                bind(statement, session, entry).addBatch();
            }
            statement.executeBatch();
        }
    }

    static PreparedStatement bind(PreparedStatement statement, String session, StoredEntry entry) throws SQLException {
        StoredContent content = entry.content();
        return Columns.bind(
                statement,
                entry.version(),
                entry.born(),
                entry.change(),
                entry.writtenAt(),
                entry.writtenBy(),
                entry.mediaType(),
                entry.counter(),
                content.format(),
                content.codec(),
                content.size(),
                content.storedSize(),
                content.crc(),
                content.sha256(),
                content.bytes(),
                session,
                entry.name());
    }

    static void delete(Connection connection, String session, Collection<String> names) throws SQLException {
        if (!names.isEmpty()) {
            Columns.update(
                    connection, "delete from serpentry_entry where session_id = ? and name = any(?)", session, names);
        }
    }

    /** Copies the present version to the history, before it ends. */
    static void keep(Connection connection, String session, String name, Timeline.End end) throws SQLException {
        Columns.update(connection, KEEP, end.change(), end.at(), end.by(), end.removed(), session, name);
    }

    /** Copies who wrote the present attributes to the history, before they are replaced. */
    static void keepAttributes(Connection connection, String session, Timeline.End end) throws SQLException {
        Columns.update(
                connection, KEEP_ATTRIBUTES, new byte[0], end.change(), end.at(), end.by(), end.removed(), session);
    }

    /** Forgets replaced versions but the newest {@code count}, and those that ended before that moment; what is in quarantine stays. */
    static void forgetReplaced(Connection connection, String session, String name, int count, Instant before)
            throws SQLException {
        Columns.update(
                connection, "delete" + TOO_MUCH + " and not removed", session, name, session, name, count, before);
    }

    /** As {@link #forgetReplaced}, for removed versions too: the last save that removed one of them, 0 if there is none. */
    static long forgetAll(Connection connection, String session, String name, int count, Instant before)
            throws SQLException {
        long floor;
        String removals = "select coalesce(max(ended_change), 0)" + TOO_MUCH + " and removed";
        try (PreparedStatement statement = connection.prepareStatement(removals);
                ResultSet rows = Columns.bind(statement, session, name, session, name, count, before)
                        .executeQuery()) {
            rows.next();
            floor = rows.getLong(1);
        }
        Columns.update(connection, "delete" + TOO_MUCH, session, name, session, name, count, before);
        return floor;
    }

    /**
     * Forgets the versions of entries that were removed, but for the newest {@code count} removals; the last save that removed one of them,
     * 0 if there is none. The session's row is locked.
     */
    static long forgetRemovals(Connection connection, String session, int count) throws SQLException {
        String last = "select ended_change from serpentry_entry_history where session_id = ? and removed"
                + " and quarantined_at is null order by ended_change desc offset ? rows fetch first 1 rows only";
        long floor;
        try (PreparedStatement statement = connection.prepareStatement(last);
                ResultSet rows = Columns.bind(statement, session, count).executeQuery()) {
            if (!rows.next()) {
                return 0;
            }
            floor = rows.getLong(1);
        }
        String sql = "delete from serpentry_entry_history where session_id = ? and quarantined_at is null and exists"
                + " (select 1 from serpentry_entry_history r where r.session_id = serpentry_entry_history.session_id"
                + " and r.name = serpentry_entry_history.name and r.version >= serpentry_entry_history.version"
                + " and r.removed and r.ended_change <= ?)";
        Columns.update(connection, sql, session, floor);
        return floor;
    }

    /** Removes up to {@code limit} replaced versions of any session that ended before that moment. */
    static int forgetReplaced(Connection connection, Instant before, int limit) throws SQLException {
        String sql =
                "delete from serpentry_entry_history where (session_id, name, version) in (select session_id, name,"
                        + " version from serpentry_entry_history where ended_at < ? and not removed and quarantined_at is null"
                        + " fetch first ? rows only)";
        return Columns.update(connection, sql, before, limit);
    }

    /** Up to {@code limit} sessions with versions that were removed before that moment. */
    static List<String> withOldRemovals(Connection connection, Instant before, int limit) throws SQLException {
        String sql = "select distinct session_id from serpentry_entry_history where ended_at < ? and removed"
                + " and quarantined_at is null fetch first ? rows only";
        List<String> sessions = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, before, limit).executeQuery()) {
            while (rows.next()) {
                sessions.add(rows.getString(1));
            }
        }
        return sessions;
    }

    /** Forgets what was removed from a session before that moment; the last save that did so. The session's row is locked. */
    static long forgetRemovals(Connection connection, String session, Instant before) throws SQLException {
        String old = " from serpentry_entry_history where session_id = ? and ended_at < ? and removed"
                + " and quarantined_at is null";
        long floor;
        try (PreparedStatement statement = connection.prepareStatement("select coalesce(max(ended_change), 0)" + old);
                ResultSet rows = Columns.bind(statement, session, before).executeQuery()) {
            rows.next();
            floor = rows.getLong(1);
        }
        Columns.update(connection, "delete" + old, session, before);
        return floor;
    }

    /**
     * What can be told of a session's past and present.
     *
     * @param floor see {@link Timeline#states}
     */
    record Past(List<Timeline.Version> versions, long floor) {}

    /**
     * All that is kept of a session, without bytes. Of each entry no more than {@code count} ended versions are told, and none that ended
     * before that moment: what is over these limits, but was not removed yet, is as if it was.
     */
    static Past past(Connection connection, String session, int count, Instant before) throws SQLException {
        List<Timeline.Version> versions = new ArrayList<>();
        Map<String, Integer> ended = new HashMap<>();
        long floor = 0;
        try (PreparedStatement statement = connection.prepareStatement(VERSIONS);
                ResultSet rows =
                        Columns.bind(statement, session, session, session).executeQuery()) {
            while (rows.next()) {
                Timeline.Version version = version(rows);
                Timeline.End end = version.end();
                floor = Math.max(floor, rows.getLong("history_floor"));
                boolean within = end == null
                        || (ended.merge(version.name(), 1, Integer::sum) <= count
                                && !end.at().isBefore(before));
                if (within || rows.getLong("quarantined_at") != 0) {
                    versions.add(version);
                } else if (end != null && end.removed()) {
                    floor = Math.max(floor, end.change());
                }
            }
        }
        return new Past(versions, floor);
    }

    private static Timeline.Version version(ResultSet row) throws SQLException {
        Instant endedAt = Columns.instantOrNull(row, "ended_at");
        Timeline.End end = endedAt == null
                ? null
                : new Timeline.End(
                        row.getLong("ended_change"), endedAt, row.getString("ended_by"), row.getBoolean("removed"));
        return new Timeline.Version(
                row.getString("name"),
                row.getLong("version"),
                row.getLong("born"),
                row.getLong("change"),
                Columns.instant(row, "written_at"),
                row.getString("written_by"),
                end);
    }

    /** Marks a version as unreadable, or as readable again with a null; nothing if another transaction holds it. */
    static boolean quarantine(
            Connection connection, String session, String name, long version, boolean unreadable, Instant now)
            throws SQLException {
        String free = "select version from serpentry_entry where session_id = ? and name = ? and version = ?"
                + " and quarantined_at is " + (unreadable ? "" : "not ") + "null for update skip locked";
        try (PreparedStatement statement = connection.prepareStatement(free);
                ResultSet rows = Columns.bind(statement, session, name, version).executeQuery()) {
            if (!rows.next()) {
                return false;
            }
        }
        String mark = "update serpentry_entry set quarantined_at = ? where session_id = ? and name = ? and version = ?";
        return Columns.update(connection, mark, unreadable ? now : null, session, name, version) == 1;
    }
}
