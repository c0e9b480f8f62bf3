// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import io.serpentry.session.internal.jpa.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/** Sessions with one entry of 1 KiB each, put into the tables behind the store's back. */
final class BulkSessions {

    private static final int AT_ONCE = 10_000;
    private static final long MINUTE = 60_000;
    private static final int MINUTES = 50;

    private final SessionDatabase database;

    BulkSessions(SessionDatabase database) {
        this.database = database;
    }

    /** Sessions that expired in the last fifty minutes. */
    void insertExpired(int count) throws SQLException {
        insert(count, System.currentTimeMillis() / MINUTE * MINUTE - MINUTES * MINUTE);
    }

    /** Sessions that will expire in the fifty minutes from an hour on. */
    void insertLive(int count) throws SQLException {
        insert(count, System.currentTimeMillis() / MINUTE * MINUTE + 2 * MINUTES * MINUTE);
    }

    private void insert(int count, long firstExpiry) throws SQLException {
        for (int i = 0; i < count; i += AT_ONCE) {
            insertAtOnce(Math.min(AT_ONCE, count - i), firstExpiry);
        }
    }

    private void insertAtOnce(int count, long firstExpiry) throws SQLException {
        String series = database.dialect() == Dialect.H2
                ? "(select x as n from system_range(1, " + count + ")) s"
                : "generate_series(1, " + count + ") s(n)";
        String id = "'" + UUID.randomUUID() + "-' || n";
        long created = System.currentTimeMillis() - 2 * MINUTES * MINUTE;
        try (Connection connection = database.source().getConnection();
                PreparedStatement entries = connection.prepareStatement("insert into serpentry_entry (session_id,"
                        + " name, version, born, change, written_at, written_by, media_type, format, codec, size,"
                        + " stored_size, crc, sha256, bytes)"
                        + " select"
                        + " " + id + ", 'program', 1, 1, 1, " + created + ", 'ada', '"
                        + StoreKeeper.MEDIA_TYPE + "', 1, 0, 1024, 1024, 0, '', ? from " + series)) {
            connection
                    .createStatement()
                    .executeUpdate(
                            "insert into serpentry_session (id, owner, kind, created_at, last_accessed_at, expires_at,"
                                    + " idle_millis, metadata, search, base, structure, high, history_floor, change, changed_at,"
                                    + " changed_by, entry_count, charged)"
                                    + " select"
                                    + " " + id + ", 'ada', 0, " + created + ", " + created
                                    + ", "
                                    + firstExpiry + " + mod(n, " + MINUTES + ") * " + MINUTE
                                    + ", 3600000, '{}', '', -1, 1, 0, 0, 1, " + created + ", 'ada', 1, 1024 from "
                                    + series);
            entries.setBytes(1, Population.content(0));
            entries.executeUpdate();
        }
    }

    /** Lets the database end what inserts and deletes leave to be done, so that it does not do so while something is measured. */
    void settle() throws SQLException {
        database.execute("delete from serpentry_outbox", "analyze", "checkpoint");
        if (database.dialect() == Dialect.POSTGRESQL) {
            database.execute("vacuum serpentry_session, serpentry_entry, serpentry_outbox");
        }
    }
}
