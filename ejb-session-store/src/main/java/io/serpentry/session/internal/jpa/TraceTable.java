// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.event.TraceItem;
import io.serpentry.event.TraceItem.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The statements on what is known of one session. */
final class TraceTable {

    private static final String FOLLOWING =
            " where session_id = ? and (at > ? or (at = ? and id > ?))" + " order by at, id fetch first ? rows only";

    private TraceTable() {}

    private interface Reading {
        TraceItem of(ResultSet row) throws SQLException;
    }

    static List<TraceItem> audit(Connection connection, String session, @Nullable TraceItem after, int limit)
            throws SQLException {
        String sql = "select id, at, principal, action, owner, detail from serpentry_audit" + FOLLOWING;
        return select(connection, sql, Kind.AUDIT, session, after, limit, TraceTable::audited);
    }

    private static TraceItem audited(ResultSet row) throws SQLException {
        String detail = row.getString("detail");
        String owner = row.getString("owner");
        return new TraceItem(
                Kind.AUDIT,
                row.getLong("id"),
                Columns.instant(row, "at"),
                row.getString("action"),
                row.getString("principal"),
                detail.isEmpty() ? Map.of("owner", owner) : Map.of("owner", owner, "detail", detail));
    }

    static List<TraceItem> events(Connection connection, String session, @Nullable TraceItem after, int limit)
            throws SQLException {
        String sql = "select id, at, node, type, data from serpentry_event" + FOLLOWING;
        return select(connection, sql, Kind.EVENT, session, after, limit, TraceTable::event);
    }

    private static TraceItem event(ResultSet row) throws SQLException {
        return new TraceItem(
                Kind.EVENT,
                row.getLong("id"),
                Columns.instant(row, "at"),
                row.getString("type"),
                row.getString("node"),
                EventJson.parsed(row.getString("data")));
    }

    private static List<TraceItem> select(
            Connection connection,
            String sql,
            Kind kind,
            String session,
            @Nullable TraceItem after,
            int limit,
            Reading reading)
            throws SQLException {
        Instant at = after == null ? Instant.EPOCH : after.at();
        List<TraceItem> items = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(query, session, at, at, numberAfter(kind, after), limit)
                        .executeQuery()) {
            while (rows.next()) {
                items.add(reading.of(rows));
            }
        }
        return items;
    }

    /** Above which number those of that kind and of the same moment follow. */
    private static long numberAfter(Kind kind, @Nullable TraceItem after) {
        if (after == null || kind.compareTo(after.kind()) > 0) {
            return -1;
        }
        return kind == after.kind() ? after.number() : Long.MAX_VALUE;
    }
}
