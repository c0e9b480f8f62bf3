// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.SessionEnded;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The announcements of ended sessions: written in the transaction that ends them, removed in the one that delivers them. */
final class Outbox {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private Outbox() {}

    static void announce(Connection connection, List<String> sessions, SessionEnded.Reason reason, Instant now)
            throws SQLException {
        String sql = "insert into serpentry_outbox (session_id, owner, kind, reason, at)"
                + " select id, owner, kind, cast(? as smallint), cast(? as bigint) from serpentry_session where id = any(?)";
        Columns.update(connection, sql, Numbers.of(reason), now, sessions);
    }

    static List<Long> due(Connection connection, Instant now, int limit) throws SQLException {
        String sql = "select id from serpentry_outbox where attempt_at <= ? order by id fetch first ? rows only";
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, now, limit).executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }

    /** Takes an announcement out; empty if another node has it or had it. */
    static Optional<SessionEnded> take(Connection connection, long id, Instant now) throws SQLException {
        String sql = "select id, session_id, owner, kind, reason, at from serpentry_outbox"
                + " where id = ? and attempt_at <= ? for update skip locked";
        SessionEnded announcement;
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, id, now).executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            announcement = new SessionEnded(
                    rows.getLong("id"),
                    rows.getString("session_id"),
                    rows.getString("owner"),
                    Numbers.kind(rows.getInt("kind")),
                    Numbers.reason(rows.getInt("reason")),
                    Columns.instant(rows, "at"));
        }
        boolean ours = Columns.update(connection, "delete from serpentry_outbox where id = ?", id) == 1;
        return ours ? Optional.of(announcement) : Optional.empty();
    }

    /** After an observer has thrown: not before a pause, which doubles each time; how many rows. */
    static int postpone(Connection connection, long id, Instant now) throws SQLException {
        String sql = "update serpentry_outbox set attempts = attempts + 1,"
                + " attempt_at = ? + least(?, ? * cast(power(2, least(attempts, 16)) as bigint)) where id = ?";
        return Columns.update(connection, sql, now, LONGEST_PAUSE, FIRST_PAUSE, id);
    }
}
