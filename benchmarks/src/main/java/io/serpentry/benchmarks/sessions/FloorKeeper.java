// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import io.serpentry.session.internal.jpa.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Plain JDBC that does the least possible: a narrow row for the session and one for its entry, each operation in as few plain
 * statements as there are rows to read or write, and a transaction only where two of them must hold together. There is no
 * owner, no digest, no checksum, no history and no audit.
 */
final class FloorKeeper implements Keeper {

    private static final long IDLE_MILLIS = 3_600_000;

    private final DataSource source;

    FloorKeeper(DataSource source, Dialect dialect) throws SQLException {
        this.source = source;
        String bytes = dialect == Dialect.H2 ? "varbinary(1000000)" : "bytea";
        try (Connection connection = source.getConnection()) {
            connection
                    .createStatement()
                    .execute("create table floor_session (id varchar(36) not null primary key,"
                            + " accessed_at bigint not null, expires_at bigint not null)");
            connection.createStatement().execute("create index floor_expiry on floor_session (expires_at)");
            connection
                    .createStatement()
                    .execute("create table floor_entry (session_id varchar(36) not null references floor_session on"
                            + " delete cascade, name varchar(200) not null, version bigint not null, bytes "
                            + bytes + " not null, primary key (session_id, name))");
        }
    }

    @Override
    public String name() {
        return "floor";
    }

    @Override
    public String create(byte[] content) throws SQLException {
        String id = UUID.randomUUID().toString();
        long now = System.currentTimeMillis();
        try (Connection connection = source.getConnection();
                PreparedStatement session = connection.prepareStatement("insert into floor_session values (?, ?, ?)");
                PreparedStatement entry =
                        connection.prepareStatement("insert into floor_entry values (?, 'program', 1, ?)")) {
            connection.setAutoCommit(false);
            session.setString(1, id);
            session.setLong(2, now);
            session.setLong(3, now + IDLE_MILLIS);
            session.executeUpdate();
            entry.setString(1, id);
            entry.setBytes(2, content);
            entry.executeUpdate();
            connection.commit();
            return id;
        }
    }

    private record Found(long version, byte[] bytes) {}

    private static Found found(Connection connection, String session) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select s.accessed_at, e.version, e.bytes from"
                + " floor_session s join floor_entry e on e.session_id = s.id"
                + " where s.id = ? and e.name = 'program' and s.expires_at > ?")) {
            select.setString(1, session);
            select.setLong(2, System.currentTimeMillis());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Found(row.getLong(2), row.getBytes(3));
            }
        }
    }

    @Override
    public byte[] get(String session) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return found(connection, session).bytes();
        }
    }

    @Override
    public byte[] entry(String session) throws SQLException {
        return get(session);
    }

    @Override
    public void update(String session, byte[] content) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement update = connection.prepareStatement("update floor_entry set version = version + 1,"
                        + " bytes = ? where session_id = ? and name = 'program' and version = ?")) {
            update.setBytes(1, content);
            update.setString(2, session);
            update.setLong(3, found(connection, session).version());
            requireOne(update.executeUpdate());
        }
    }

    @Override
    public void touch(String session) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update floor_session set accessed_at = ?, expires_at = ? where id = ?")) {
            long now = System.currentTimeMillis();
            update.setLong(1, now);
            update.setLong(2, now + IDLE_MILLIS);
            update.setString(3, session);
            requireOne(update.executeUpdate());
        }
    }

    /** Reads when the session was accessed, and leaves it at that. */
    @Override
    public void touchAgain(String session) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select accessed_at, expires_at from floor_session where id = ?")) {
            select.setString(1, session);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                row.getLong(1);
            }
        }
    }

    private static void requireOne(int rows) {
        if (rows != 1) {
            throw new IllegalStateException(rows + " rows instead of one");
        }
    }
}
