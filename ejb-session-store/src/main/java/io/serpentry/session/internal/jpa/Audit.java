// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;

/** The audit of what was done to sessions, written in the transaction that does it. */
final class Audit {

    private static final String INSERT =
            "insert into serpentry_audit (at, principal, action, session_id, owner, detail) values (?, ?, ?, ?, ?, ?)";

    /** What is worth a row. */
    enum Action {
        CREATE,
        DELETE,
        RESTORE,
        CHANGE_OWNER,
        READ,
        DISMISS
    }

    private Audit() {}

    /** The number of rows: one. */
    static int write(
            Connection connection,
            Instant at,
            Caller caller,
            Action action,
            String session,
            String owner,
            String detail)
            throws SQLException {
        return Columns.update(
                connection,
                INSERT,
                at,
                caller.name(),
                action.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                session,
                owner,
                detail);
    }

    static int forget(Connection connection, Instant before, int limit) throws SQLException {
        String sql = "delete from serpentry_audit where id in (select id from serpentry_audit where at < ?"
                + " fetch first ? rows only)";
        return Columns.update(connection, sql, before, limit);
    }
}
