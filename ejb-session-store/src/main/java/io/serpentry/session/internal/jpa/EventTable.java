// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.event.NewEvent;
import io.serpentry.event.ServerEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statements on events. */
final class EventTable {

    private static final String INSERT =
            "insert into serpentry_event (id, at, node, type, session_id, batch, data) values (?, ?, ?, ?, ?, ?, ?)";
    private static final String SELECT = "select id, at, node, type, data from serpentry_event";
    private static final int SESSION_LENGTH = 128;

    private EventTable() {}

    /** The latest id, which nobody else can change until the transaction ends. */
    static long lockLast(Connection connection) throws SQLException {
        return number(connection, "select last_id from serpentry_event_number for update");
    }

    static long last(Connection connection) throws SQLException {
        return number(connection, "select last_id from serpentry_event_number");
    }

    static long first(Connection connection) throws SQLException {
        return number(
                connection,
                "select coalesce((select min(id) from serpentry_event), last_id + 1) from serpentry_event_number");
    }

    /** How many rows: one. */
    static int setLast(Connection connection, long id) throws SQLException {
        return Columns.update(connection, "update serpentry_event_number set last_id = ?", id);
    }

    /** The id of the last event of that batch, above that id; 0 if there is none. */
    static long lastOf(Connection connection, String batch, long above) throws SQLException {
        return number(
                connection,
                "select coalesce(max(id), 0) from serpentry_event where id > ? and batch = ?",
                above,
                batch);
    }

    /** Gives the first of them the id that follows. */
    static void insert(Connection connection, EventBatch batch, long above) throws SQLException {
        long id = above;
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (EventBatch.Published event : batch.events()) {
                id++;
                Columns.bind(insert, id, event.at(), batch.node(), event.event().type());
                String session = session(event.event());
                if (session == null) {
                    insert.setNull(5, Types.VARCHAR);
                } else {
                    insert.setString(5, session);
                }
                insert.setString(6, batch.id());
                insert.setString(7, EventJson.text(event.event().data()));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static @Nullable String session(NewEvent event) {
        return event.data().get("session") instanceof String id && id.length() <= SESSION_LENGTH ? id : null;
    }

    static List<ServerEvent> after(Connection connection, long id, int limit) throws SQLException {
        return select(connection, SELECT + " where id > ? order by id fetch first ? rows only", id, limit);
    }

    private static List<ServerEvent> select(Connection connection, String sql, Object... values) throws SQLException {
        List<ServerEvent> events = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(query, values).executeQuery()) {
            while (rows.next()) {
                events.add(new ServerEvent(
                        rows.getLong("id"),
                        Columns.instant(rows, "at"),
                        rows.getString("node"),
                        rows.getString("type"),
                        EventJson.parsed(rows.getString("data"))));
            }
        }
        return events;
    }

    /**
     * Removes the oldest ones: those below the first that is young enough, and those over the number that may be kept. What is left is
     * without a gap. How many rows.
     */
    static int forget(Connection connection, Instant before, long kept, int limit) throws SQLException {
        long first = first(connection);
        long last = last(connection);
        long young = number(
                connection,
                "select coalesce(min(id), ?) from (select id from serpentry_event where id < ? and at >= ?"
                        + " order by id fetch first 1 rows only) as young",
                last + 1,
                first + limit,
                before);
        long end = Math.min(Math.max(young, last + 1 - kept), first + limit);
        return Columns.update(connection, "delete from serpentry_event where id < ?", end);
    }

    private static long number(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(query, values).executeQuery()) {
            if (!rows.next()) {
                throw new SQLException("serpentry_event_number has no row");
            }
            return rows.getLong(1);
        }
    }
}
