// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.CheckProblem;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreCheck;
import io.serpentry.session.internal.store.SessionSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A check finds a session whose row does not fit its entries. */
class CountsCheckTest {

    private static final Caller ADA = Caller.of("ada");

    private static void withOneEntry(Database database, String sql) throws SQLException {
        SessionStore store = store(database);
        store.create(ADA, NewSession.durable().id("s").entry("a", "text/plain", new byte[2000]));
        try (Connection connection = database.source().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static SessionStore store(Database database) {
        return new JpaSessionStore(
                database.transactions(), database.dialect(), SessionSettings.defaults(), InstantSource.system());
    }

    @ParameterizedTest
    @CsvSource({
        "entry_count = 2, 'It counts 2 entries, and has 1'",
        "charged = 1024, 'It counts 1024 bytes for its quota, and its entries have 2048'"
    })
    void aWrongCountMustBeAProblemOfTheSession(String wrong, String message) throws SQLException {
        try (Database database = Database.h2()) {
            withOneEntry(database, "update serpentry_session set " + wrong);

            assertThat(StoreCheck.run(store(database), ADA, null, Duration.ofSeconds(10))
                            .problems())
                    .containsExactly(new CheckProblem("s", null, message));
        }
    }

    @Test
    void problemsBeyondTheFirstThousandMustBeCounted() throws SQLException {
        try (Database database = Database.h2()) {
            SessionStore store = store(database);
            for (int i = 0; i < 501; i++) {
                store.create(ADA, NewSession.durable());
            }
            try (Connection connection = database.source().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.executeUpdate("update serpentry_session set entry_count = 1, charged = 1");
            }

            var report = StoreCheck.run(store, ADA, null, StoreCheck.LONGEST);

            assertThat(report.problems()).hasSize(StoreCheck.PROBLEMS);
            assertThat(report.problemsLeftOut()).isEqualTo(2);
        }
    }
}
