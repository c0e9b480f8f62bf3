// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.audit.AuditNote;
import io.serpentry.audit.AuditPage;
import io.serpentry.audit.AuditQuery;
import io.serpentry.audit.AuditRow;
import io.serpentry.session.Caller;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The audit of what was done, to sessions in the transaction that does it. */
final class Audit {

    private static final int LONGEST = 1000;
    private static final String COLUMNS =
            "at, principal, action, session_id, owner, subject, reason, detail, state_before, state_after";
    private static final String INSERT =
            "insert into serpentry_audit (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** What is worth a row. */
    enum Action {
        CREATE,
        CHANGE,
        DELETE,
        RESTORE,
        CHANGE_OWNER,
        READ,
        DISMISS;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
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
        return write(connection, at, caller, action, session, owner, detail, "", "");
    }

    /** The number of rows: one. */
    static int write(
            Connection connection,
            Instant at,
            Caller caller,
            Action action,
            String session,
            String owner,
            String detail,
            String before,
            String after)
            throws SQLException {
        return Columns.update(
                connection,
                INSERT,
                at,
                caller.name(),
                action.text(),
                session,
                owner,
                "",
                reason(caller),
                cut(detail),
                before,
                after);
    }

    /** The number of rows: one. */
    static int write(Connection connection, Instant at, AuditNote note) throws SQLException {
        return Columns.update(
                connection,
                INSERT,
                at,
                note.caller().name(),
                note.action(),
                "",
                "",
                note.subject(),
                reason(note.caller()),
                cut(note.detail()),
                cut(note.before()),
                cut(note.after()));
    }

    static String reason(Caller caller) {
        String reason = caller.reason();
        return reason == null ? "" : reason;
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST - 1) + "…" : text;
    }

    /** A statement and its parameters. */
    record Statement(String sql, List<@Nullable Object> values) {}

    static Statement statement(AuditQuery query) {
        StringBuilder conditions = new StringBuilder();
        List<@Nullable Object> values = new ArrayList<>();
        where(conditions, values, "action = ?", query.action());
        where(conditions, values, "principal = ?", query.principal());
        where(conditions, values, "session_id = ?", query.session());
        where(conditions, values, "at >= ?", query.from());
        where(conditions, values, "at < ?", query.to());
        where(conditions, values, "id < ?", query.before());
        // One more than asked for says whether there is a next page.
        values.add(query.limit() + 1);
        String sql = "select id, " + COLUMNS + " from serpentry_audit" + conditions + " order by " + sortKey(query)
                + "id desc fetch first ? rows only";
        return new Statement(sql, values);
    }

    /** What all rows have alike says nothing in an order, but lets H2 take the index that begins with it. */
    private static String sortKey(AuditQuery query) {
        if (query.session() != null) {
            return "session_id desc, ";
        }
        if (query.principal() != null) {
            return "principal desc, ";
        }
        return query.action() != null ? "action desc, " : "";
    }

    static AuditPage page(Connection connection, AuditQuery query) throws SQLException {
        Statement wanted = statement(query);
        List<AuditRow> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(wanted.sql());
                ResultSet rows =
                        Columns.bind(statement, wanted.values().toArray()).executeQuery()) {
            while (rows.next()) {
                found.add(row(rows));
            }
        }
        boolean more = found.size() > query.limit();
        return new AuditPage(more ? found.subList(0, query.limit()) : found, more);
    }

    private static void where(
            StringBuilder conditions, List<@Nullable Object> values, String condition, @Nullable Object value) {
        if (value != null) {
            conditions.append(conditions.isEmpty() ? " where " : " and ").append(condition);
            values.add(value);
        }
    }

    private static AuditRow row(ResultSet row) throws SQLException {
        return new AuditRow(
                row.getLong("id"),
                Columns.instant(row, "at"),
                row.getString("principal"),
                row.getString("action"),
                row.getString("session_id"),
                row.getString("owner"),
                row.getString("subject"),
                row.getString("reason"),
                row.getString("detail"),
                row.getString("state_before"),
                row.getString("state_after"));
    }

    static int forget(Connection connection, Instant before, int limit) throws SQLException {
        String sql = "delete from serpentry_audit where id in (select id from serpentry_audit where at < ?"
                + " fetch first ? rows only)";
        return Columns.update(connection, sql, before, limit);
    }
}
