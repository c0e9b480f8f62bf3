// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static io.serpentry.session.internal.jpa.MigrationTable.text;

import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.MoveReceipt.State;
import io.serpentry.placement.MoveReceipt.Version;
import io.serpentry.placement.PlannedMove;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statements on what migrations do with single sessions. */
final class MoveTable {

    private static final String INSERT = "insert into serpentry_migration_move (migration_id, number, session_id, pool,"
            + " from_worker, to_worker, state, cold_entries) values (?, ?, ?, ?, ?, ?, 'pending', 0)";
    private static final String UPDATE =
            "update serpentry_migration_move set to_worker = ?, state = ?, revision_before = ?,"
                    + " digest_before = ?, revision_after = ?, digest_after = ?, cold_entries = ?, moved_at = ?, micros = ?,"
                    + " problem = ? where migration_id = ? and number = ?";
    private static final String COUNT = "update serpentry_migration set"
            + " moved = (select count(*) from serpentry_migration_move where migration_id = ? and state = 'moved'),"
            + " skipped = (select count(*) from serpentry_migration_move where migration_id = ? and state = 'skipped'),"
            + " returned = (select count(*) from serpentry_migration_move where migration_id = ? and state = 'returned')"
            + " where id = ?";
    private static final int BATCH = 1000;

    private MoveTable() {}

    /** How many. */
    static int insert(Connection connection, String migration, List<PlannedMove> moves) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (int number = 0; number < moves.size(); number++) {
                PlannedMove move = moves.get(number);
                Columns.bind(
                                insert,
                                migration,
                                number,
                                move.session(),
                                move.pool(),
                                Columns.text(move.from()),
                                Columns.text(move.to()))
                        .addBatch();
                if (number % BATCH == BATCH - 1) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
            return moves.size();
        }
    }

    /** Writes down what became of them, and counts anew; how many. */
    static int record(Connection connection, String migration, List<MoveReceipt> receipts) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            for (MoveReceipt receipt : receipts) {
                Version before = receipt.before();
                Version after = receipt.after();
                Duration duration = receipt.duration();
                Columns.bind(
                                update,
                                Columns.text(receipt.to()),
                                text(receipt.state()),
                                before == null ? null : before.revision(),
                                Columns.text(before == null ? null : before.digest()),
                                after == null ? null : after.revision(),
                                Columns.text(after == null ? null : after.digest()),
                                receipt.coldEntries(),
                                receipt.at(),
                                duration == null ? null : duration.toNanos() / 1000,
                                Columns.text(receipt.problem()),
                                migration,
                                receipt.number())
                        .addBatch();
            }
            update.executeBatch();
        }
        return count(connection, migration);
    }

    /** What is pending was not done, and what was moved is back; how many rows tell of it. */
    static int end(Connection connection, String migration, String pending, String moved) throws SQLException {
        int closed = close(connection, migration, State.PENDING, State.SKIPPED, pending)
                + close(connection, migration, State.MOVED, State.RETURNED, moved);
        return closed == 0 ? 1 : count(connection, migration);
    }

    private static int close(Connection connection, String migration, State from, State to, String problem)
            throws SQLException {
        return Columns.update(
                connection,
                "update serpentry_migration_move set state = ?, problem = ? where migration_id = ? and state = ?",
                text(to),
                problem,
                migration,
                text(from));
    }

    private static int count(Connection connection, String migration) throws SQLException {
        return Columns.update(connection, COUNT, migration, migration, migration, migration);
    }

    /** From that number on, in the order of the plan; null for every state. */
    static List<MoveReceipt> list(Connection connection, String migration, @Nullable State state, int from, int limit)
            throws SQLException {
        String which = state == null ? "" : " and state = '" + text(state) + "'";
        String sql = "select * from serpentry_migration_move where migration_id = ? and number >= ?" + which
                + " order by number fetch first ? rows only";
        List<MoveReceipt> receipts = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(query, migration, from, limit).executeQuery()) {
            while (rows.next()) {
                receipts.add(receipt(rows));
            }
        }
        return receipts;
    }

    private static MoveReceipt receipt(ResultSet row) throws SQLException {
        Long micros = Columns.longOrNull(row, "micros");
        return new MoveReceipt(
                row.getInt("number"),
                row.getString("session_id"),
                row.getString("pool"),
                row.getString("from_worker"),
                row.getString("to_worker"),
                MigrationTable.constant(State.class, row.getString("state")),
                version(row, "before"),
                version(row, "after"),
                row.getInt("cold_entries"),
                Columns.instantOrNull(row, "moved_at"),
                micros == null ? null : Duration.ofNanos(micros * 1000),
                row.getString("problem"));
    }

    private static @Nullable Version version(ResultSet row, String when) throws SQLException {
        Long revision = Columns.longOrNull(row, "revision_" + when);
        return revision == null ? null : new Version(revision, row.getString("digest_" + when));
    }
}
