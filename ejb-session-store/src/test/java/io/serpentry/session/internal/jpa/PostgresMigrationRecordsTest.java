// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.placement.Migration;
import io.serpentry.placement.Migration.Progress;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.session.testkit.ManualClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PostgresMigrationRecordsTest extends MigrationRecordsContract {

    private static final String WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            + " and datname = current_database() and query like 'delete from serpentry_migration%'";

    @Override
    Database database() throws SQLException {
        return Database.postgres();
    }

    /** The row is held by who takes it back until the removal waits for it. */
    @Test
    void whatIsBeingTakenBackMustNotBeForgotten() throws SQLException {
        try (Database database = Database.postgres()) {
            MigrationRecords records = new MigrationRecords(database.transactions(), new ManualClock());
            assertThat(records.open(
                            new Migration(
                                    "m",
                                    "plan-1",
                                    MigrationRequest.drain(),
                                    MigrationState.RUNNING,
                                    "node1",
                                    "ada",
                                    "",
                                    ManualClock.START,
                                    ManualClock.START,
                                    null,
                                    new Progress(0, 0, 0, 0)),
                            "first start",
                            List.of()))
                    .isZero();
            assertThat(records.change("m", Set.of(MigrationState.RUNNING), MigrationState.DONE, ""))
                    .isTrue();

            CompletableFuture<Integer> forgotten;
            try (Connection connection = database.source().getConnection()) {
                connection.setAutoCommit(false);
                assertThat(MigrationTable.change(
                                connection,
                                "m",
                                List.of(MigrationState.DONE),
                                MigrationState.ROLLING_BACK,
                                "",
                                ManualClock.START))
                        .isTrue();
                forgotten = CompletableFuture.supplyAsync(() -> records.forget(ManualClock.START.plusSeconds(1), 10));
                awaitRemoval(database, forgotten);
                connection.commit();
            }

            assertThat(forgotten.join()).isZero();
            assertThat(records.find("m").map(Migration::state)).contains(MigrationState.ROLLING_BACK);
        }
    }

    private static void awaitRemoval(Database database, CompletableFuture<?> removal) throws SQLException {
        try (Connection connection = database.source().getConnection();
                PreparedStatement query = connection.prepareStatement(WAITING)) {
            long waiting = 0;
            while (waiting == 0 && !removal.isDone()) {
                try (ResultSet rows = query.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    waiting = rows.getLong(1);
                }
            }
        }
    }
}
