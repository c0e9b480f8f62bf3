// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.KeptHook;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements on notes of hooks. */
final class KeptHookTable {

    private static final String INSERT =
            "insert into serpentry_operation (id, session_id, description, noted_at, noted_by, server)"
                    + " values (?, ?, ?, ?, ?, ?)";
    private static final String SELECT =
            "select id, session_id, description, noted_at, noted_by, server from serpentry_operation";

    private KeptHookTable() {}

    /** The number of rows: one. */
    static int insert(Connection connection, KeptHook hook) throws SQLException {
        return Columns.update(
                connection, INSERT, hook.id(), hook.session(), hook.description(), hook.at(), hook.by(), hook.server());
    }

    /** How many rows. */
    static int delete(Connection connection, Collection<String> ids) throws SQLException {
        return Columns.update(connection, "delete from serpentry_operation where id = any(?)", ids);
    }

    static Optional<KeptHook> find(Connection connection, String id) throws SQLException {
        return select(connection, " where id = ?", id).stream().findFirst();
    }

    static List<KeptHook> list(Connection connection, int limit) throws SQLException {
        return select(connection, " order by noted_at, id fetch first ? rows only", limit);
    }

    /** By id, behind that one, or from the first if it is null. */
    static List<KeptHook> list(Connection connection, @Nullable String after, int limit) throws SQLException {
        String page = " order by id fetch first ? rows only";
        return after == null
                ? select(connection, page, limit)
                : select(connection, " where id > ?" + page, after, limit);
    }

    private static List<KeptHook> select(Connection connection, String which, Object... values) throws SQLException {
        List<KeptHook> hooks = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(SELECT + which);
                ResultSet rows = Columns.bind(query, values).executeQuery()) {
            while (rows.next()) {
                hooks.add(new KeptHook(
                        rows.getString("id"),
                        rows.getString("session_id"),
                        rows.getString("description"),
                        Columns.instant(rows, "noted_at"),
                        rows.getString("noted_by"),
                        rows.getString("server")));
            }
        }
        return hooks;
    }
}
