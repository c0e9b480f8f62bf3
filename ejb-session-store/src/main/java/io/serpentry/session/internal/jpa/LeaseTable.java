// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;

/** The statements on leases. Each is to be in a transaction of its own. */
final class LeaseTable {

    private static final String TAKE = "update serpentry_lease set holder = ?, valid_to = ? where session_id = ?"
            + " and (holder = ? or valid_to <= ?)";
    private static final String INSERT = "insert into serpentry_lease (session_id, holder, valid_to) values (?, ?, ?)";

    private final Dialect dialect;

    LeaseTable(Dialect dialect) {
        this.dialect = dialect;
    }

    boolean take(Connection connection, String session, String holder, Instant validTo, Instant now)
            throws SQLException {
        if (Columns.update(connection, TAKE, holder, validTo, session, holder, now) == 1) {
            return true;
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT + dialect.onConflict())) {
            return dialect.insertUnlessPresent(Columns.bind(insert, session, holder, validTo));
        }
    }

    /** How many rows. */
    static int release(Connection connection, String session, String holder) throws SQLException {
        return Columns.update(
                connection, "delete from serpentry_lease where session_id = ? and holder = ?", session, holder);
    }

    /** Removes leases of servers that have died; how many. */
    static int forget(Connection connection, Instant before) throws SQLException {
        return Columns.update(connection, "delete from serpentry_lease where valid_to < ?", before);
    }
}
