// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements on the rows of sessions. */
final class SessionTable {

    private static final String READ = "select " + SessionRecord.COLUMNS + " from serpentry_session s where s.id = ?";
    private static final String UPDATE = "update serpentry_session set owner = ?, last_accessed_at = ?, expires_at = ?,"
            + " idle_millis = ?, lifetime_millis = ?, metadata = ?, search = ?, base = ?, structure = ?, high = ?, history_floor = ?,"
            + " entry_count = ?, charged = ? where id = ?";
    private static final String ATTRIBUTES_WRITTEN =
            "update serpentry_session set change = ?, changed_at = ?, changed_by = ? where id = ?";
    private static final String INSERT = "insert into serpentry_session (id, owner, kind, created_at, last_accessed_at,"
            + " expires_at, idle_millis, lifetime_millis, metadata, search, base, structure, high, history_floor, change, changed_at,"
            + " changed_by, entry_count, charged)";
    private static final String TOUCH = "update serpentry_session set last_accessed_at = greatest(last_accessed_at, ?),"
            + " expires_at = greatest(expires_at, ?) where id = ";
    private static final String TOUCH_IF_FREE =
            TOUCH + "(select id from serpentry_session where id = ? and expires_at > ?"
                    + " and owner = ? and created_at = ? and idle_millis = ? and lifetime_millis is not distinct from ?"
                    + " for no key update skip locked)";
    private static final String COUNT_OWNED =
            "select count(*) from serpentry_session where owner = ? and expires_at > ?";

    private final Dialect dialect;

    SessionTable(Dialect dialect) {
        this.dialect = dialect;
    }

    Optional<SessionRecord> read(Connection connection, String id) throws SQLException {
        return first(connection, READ, id);
    }

    /** Keeps the session from being deleted until the transaction ends. */
    Optional<SessionRecord> share(Connection connection, String id) throws SQLException {
        return first(connection, READ + " " + dialect.shareLock(), id);
    }

    /** Waits for whoever holds the row. */
    Optional<SessionRecord> lock(Connection connection, String id) throws SQLException {
        return first(connection, READ + " " + dialect.lock(), id);
    }

    /** Waits also for those who only refer to it. */
    Optional<SessionRecord> lockAgainstReferences(Connection connection, String id) throws SQLException {
        return first(connection, READ + " for update", id);
    }

    /** Empty if there is none, or if another transaction holds it. */
    Optional<SessionRecord> lockIfFree(Connection connection, String id) throws SQLException {
        return first(connection, READ + " " + dialect.lock() + " skip locked", id);
    }

    private static Optional<SessionRecord> first(Connection connection, String sql, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, id).executeQuery()) {
            return rows.next() ? Optional.of(SessionRecord.of(rows)) : Optional.empty();
        }
    }

    long nextChange(Connection connection) throws SQLException {
        String sql = "select " + dialect.nextChange();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** The number of the save, drawn from {@link #nextChange}; empty if the id is taken. The transaction stays usable. */
    Optional<Long> insert(Connection connection, SessionRecord session, Caller caller) throws SQLException {
        return dialect.returnsFromInserts()
                ? insertInOneStatement(connection, session, caller)
                : insertInSteps(connection, session, caller);
    }

    private Optional<Long> insertInOneStatement(Connection connection, SessionRecord session, Caller caller)
            throws SQLException {
        String sql = "with c as (select " + dialect.nextChange() + " as number), s as (" + INSERT
                + " select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, c.number, ?, ?, ?, ? from c" + dialect.onConflict()
                + " returning id, owner, kind, change), a as (insert into serpentry_audit (at, principal, action, session_id,"
                + " owner, reason, detail) select ?, ?, 'create', s.id, s.owner, ?, '' from s where s.kind = 0) select change from s";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(
                                statement,
                                parameters(
                                        session, caller, session.lastAccessedAt(), caller.name(), Audit.reason(caller)))
                        .executeQuery()) {
            return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
        }
    }

    private Optional<Long> insertInSteps(Connection connection, SessionRecord session, Caller caller)
            throws SQLException {
        long change = nextChange(connection);
        String sql = INSERT
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, current value for serpentry_change, ?, ?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (!dialect.insertUnlessPresent(Columns.bind(statement, parameters(session, caller)))) {
                return Optional.empty();
            }
        }
        if (session.kind() == SessionKind.DURABLE) {
            Audit.write(
                    connection,
                    session.lastAccessedAt(),
                    caller,
                    Audit.Action.CREATE,
                    session.id(),
                    session.owner(),
                    "");
        }
        return Optional.of(change);
    }

    private static @Nullable Object[] parameters(SessionRecord session, Caller caller, Object... more) {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(session.id());
        parameters.add(session.owner());
        parameters.add(Numbers.of(session.kind()));
        parameters.add(session.createdAt());
        parameters.add(session.lastAccessedAt());
        parameters.add(session.expiresAt());
        parameters.add(session.idleTimeout());
        parameters.add(session.lifetime());
        parameters.add(Metadata.text(session.metadata()));
        parameters.add(Metadata.search(session.id(), session.owner(), session.metadata()));
        parameters.add(session.base());
        parameters.add(session.structure());
        parameters.add(session.high());
        parameters.add(session.historyFloor());
        parameters.add(session.lastAccessedAt());
        parameters.add(caller.name());
        parameters.add(session.entryCount());
        parameters.add(session.charged());
        parameters.addAll(List.of(more));
        return parameters.toArray();
    }

    /** Writes the row, which is locked. */
    void update(Connection connection, SessionRecord session) throws SQLException {
        Columns.update(
                connection,
                UPDATE,
                session.owner(),
                session.lastAccessedAt(),
                session.expiresAt(),
                session.idleTimeout(),
                session.lifetime(),
                Metadata.text(session.metadata()),
                Metadata.search(session.id(), session.owner(), session.metadata()),
                session.base(),
                session.structure(),
                session.high(),
                session.historyFloor(),
                session.entryCount(),
                session.charged(),
                session.id());
    }

    /** Notes who wrote the attributes of a row, which is locked. */
    void attributesWritten(Connection connection, String id, long change, Instant at, String by) throws SQLException {
        Columns.update(connection, ATTRIBUTES_WRITTEN, change, at, by, id);
    }

    /**
     * Moves last access and expiry of a live session, never backward; false if another transaction holds it, or if it is not any more as it was
     * seen. One statement on PostgreSQL, two on H2, which are to be in a transaction there.
     */
    boolean touchIfFree(Connection connection, SessionRecord seen, Instant access, Instant expiry) throws SQLException {
        if (dialect.locksInSubqueries()) {
            return Columns.update(
                            connection,
                            TOUCH_IF_FREE,
                            access,
                            expiry,
                            seen.id(),
                            access,
                            seen.owner(),
                            seen.createdAt(),
                            seen.idleTimeout(),
                            seen.lifetime())
                    == 1;
        }
        boolean free = lockIfFree(connection, seen.id())
                .filter(row -> access.isBefore(row.expiresAt()) && row.expiresLike(seen))
                .isPresent();
        return free && Columns.update(connection, TOUCH + "?", access, expiry, seen.id()) == 1;
    }

    /** Notes that nothing is kept of a removal, in a row that is locked. */
    static void raiseHistoryFloor(Connection connection, String id, long floor) throws SQLException {
        String sql = "update serpentry_session set history_floor = greatest(history_floor, ?) where id = ?";
        Columns.update(connection, sql, floor, id);
    }

    /** The live sessions of an owner; until the transaction ends, nobody else counts them. */
    long countOwned(Connection connection, String owner, Instant now) throws SQLException {
        lockOwner(connection, owner);
        try (PreparedStatement statement = connection.prepareStatement(COUNT_OWNED);
                ResultSet rows = Columns.bind(statement, owner, now).executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void lockOwner(Connection connection, String owner) throws SQLException {
        String insert = "insert into serpentry_owner (owner) values (?)" + dialect.onConflict();
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            dialect.insertUnlessPresent(Columns.bind(statement, owner));
        }
        String lock = "select owner from serpentry_owner where owner = ? for update";
        try (PreparedStatement statement = connection.prepareStatement(lock)) {
            Columns.bind(statement, owner).executeQuery().close();
        }
    }
}
