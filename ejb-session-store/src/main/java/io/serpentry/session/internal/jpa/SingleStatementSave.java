// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.internal.store.ExpiryRule;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The most frequent save in one statement, for PostgreSQL: one entry that exists gets new content of the same size class, or a counter is
 * incremented. The session's row is read, not locked.
 *
 * <p>Of the history, versions over the count are forgotten here. Those that are too old are not shown by anybody, and are removed by the
 * sweep: to look for them each time took as long as all the rest.
 *
 * <p>The statement changes something, or finds that the save is of another kind: the session is not there, the version is not the expected one,
 * the size class differs, the access has to be
 * written. Then {@link SaveOperation} does it, or says why not.
 */
final class SingleStatementSave {

    private static final String OLD =
            "with s as (select id, base, structure from serpentry_session where id = ? and expires_at > ?"
                    + " and (owner = ? or ?) and last_accessed_at + least(?, idle_millis / " + ExpiryRule.FRACTION
                    + ") > ? for key share),"
                    + " c as (select nextval('serpentry_change') as number),"
                    + " old as (select e.* from serpentry_entry e join s on s.id = e.session_id where e.name = ? and ";
    private static final String KEEP = " for update of e),"
            + " kept as (insert into serpentry_entry_history select o.session_id, o.name, o.version, o.born, o.change,"
            + " o.written_at, o.written_by, o.media_type, o.counter, o.format, o.codec, o.size, o.stored_size, o.crc,"
            + " o.sha256, o.quarantined_at, o.bytes, c.number, ?, ?, false from old o, c"
            + " where ? or o.quarantined_at is not null),"
            + " edge as (select k.version from old o join serpentry_entry_history k on k.session_id = o.session_id"
            + " and k.name = o.name where ? order by k.version desc offset greatest(? - 1, 0) rows fetch first 1 rows only),"
            + " forgotten as (delete from serpentry_entry_history h using old o, edge where h.session_id = o.session_id"
            + " and h.name = o.name and h.version <= edge.version and not h.removed and h.quarantined_at is null), written as (";
    private static final String SUM =
            " where e.session_id = o.session_id and e.name = o.name returning e.version, e.counter)"
                    + " select w.version, w.counter, s.base + s.structure + w.version + coalesce((select sum(x.version)"
                    + " from serpentry_entry x where x.session_id = s.id and x.name <> ?), 0) as revision from written w, s";
    private static final String PUT =
            OLD + "(? = -1 or e.version = ?) and (greatest(cast(e.size as bigint), 1) + 1023) / 1024 = ?" + KEEP
                    + "update serpentry_entry e set version = o.version + 1, change = c.number, written_at = ?, written_by = ?,"
                    + " media_type = ?, counter = null, format = ?, codec = ?, size = ?, stored_size = ?, crc = ?, sha256 = ?,"
                    + " quarantined_at = null, bytes = ? from old o, c" + SUM;
    private static final String INCREMENT = OLD + "e.counter between ? and ?" + KEEP
            + "update serpentry_entry e set version = o.version + 1, change = c.number, written_at = ?, written_by = ?,"
            + " counter = o.counter + ?, quarantined_at = null from old o, c" + SUM;

    private final SessionSettings settings;

    SingleStatementSave(SessionSettings settings) {
        this.settings = settings;
    }

    static boolean fits(SessionDelta delta, Map<String, StoredContent> contents) {
        if (delta.changes().size() != 1
                || !delta.attributes().isNone()
                || delta.expectedRevision() != SessionDelta.ANY_REVISION
                || !delta.reads().isEmpty()) {
            return false;
        }
        EntryChange change = delta.changes().get(0);
        return change instanceof EntryChange.Increment
                || (change instanceof EntryChange.Put put
                        && put.expected() != EntryChange.ABSENT
                        && contents.containsKey(put.name()));
    }

    /** Empty if nothing was changed. */
    Optional<Saved> run(
            Connection connection, Caller caller, SessionDelta delta, Map<String, StoredContent> contents, Instant now)
            throws SQLException {
        EntryChange change = delta.changes().get(0);
        Object[] parameters = change instanceof EntryChange.Increment increment
                ? increment(caller, delta.session(), increment, now)
                : put(caller, delta.session(), (EntryChange.Put) change, contents, now);
        String sql = change instanceof EntryChange.Increment ? INCREMENT : PUT;
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, parameters).executeQuery()) {
            return rows.next() ? Optional.of(saved(change.name(), rows)) : Optional.empty();
        }
    }

    private Object[] put(
            Caller caller, String session, EntryChange.Put put, Map<String, StoredContent> contents, Instant now) {
        StoredContent content = Objects.requireNonNull(contents.get(put.name()));
        return new Object[] {
            session,
            now,
            caller.name(),
            caller.operator(),
            settings.touchInterval(),
            now,
            put.name(),
            put.expected(),
            put.expected(),
            EntryInfo.charged(content.size()) / EntryInfo.QUOTA_UNIT,
            now,
            caller.name(),
            settings.historyCount() > 0,
            settings.historyCount() > 0,
            settings.historyCount(),
            now,
            caller.name(),
            put.mediaType(),
            content.format(),
            content.codec(),
            content.size(),
            content.storedSize(),
            content.crc(),
            content.sha256(),
            content.bytes(),
            put.name()
        };
    }

    private Object[] increment(Caller caller, String session, EntryChange.Increment increment, Instant now) {
        long by = increment.by();
        return new Object[] {
            session,
            now,
            caller.name(),
            caller.operator(),
            settings.touchInterval(),
            now,
            increment.name(),
            by < 0 ? Long.MIN_VALUE - by : Long.MIN_VALUE,
            by > 0 ? Long.MAX_VALUE - by : Long.MAX_VALUE,
            now,
            caller.name(),
            settings.historyCount() > 0,
            settings.historyCount() > 0,
            settings.historyCount(),
            now,
            caller.name(),
            by,
            increment.name()
        };
    }

    private static Saved saved(String name, ResultSet row) throws SQLException {
        Long counter = Columns.longOrNull(row, "counter");
        return new Saved(
                row.getLong("revision"),
                Map.of(name, row.getLong("version")),
                counter == null ? Map.of() : Map.of(name, counter));
    }
}
