// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.alert.Alert;
import io.serpentry.alert.AlertRule;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlertTableTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123Z");

    private Database database;
    private AlertTable alerts;

    private void open(String kind) throws SQLException {
        database = kind.equals("H2") ? Database.h2() : Database.postgres();
        alerts = new AlertTable(database.transactions(), database.dialect());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static Alert alert(int number) {
        String id = "%013d-%08x".formatted(1_767_323_045_678L + number / 3, number);
        return new Alert(
                id, AlertRule.CALL_P99, "pool-" + number, "one", 31, 30, START.plusMillis(number), null, null, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void pagesMustHoldEachAlertOnceTheLatestFirst(String kind) throws SQLException {
        open(kind);
        List<String> raised = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            assertThat(alerts.insert(alert(i))).isTrue();
            raised.add(0, alert(i).id());
        }
        assertThat(alerts.clear(alert(7).cleared(START))).isTrue();

        List<String> listed = new ArrayList<>();
        List<Alert> page = alerts.list(null, 3);
        while (!page.isEmpty()) {
            page.forEach(alert -> listed.add(alert.id()));
            page = alerts.list(listed.get(listed.size() - 1), 3);
        }

        assertThat(listed).isEqualTo(raised);
    }

    /** A newer release has raised it. A page that it made shorter would seem to be the last. */
    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void anAlertOfARuleThatIsNotKnownMustNotMakeAPageShorter(String kind) throws SQLException {
        open(kind);
        for (int i = 0; i < 4; i++) {
            assertThat(alerts.insert(alert(i))).isTrue();
        }
        assertThat(database.transactions()
                        .<Integer>alone(connection -> Columns.update(
                                connection,
                                "update serpentry_alert set rule = ? where id = ?",
                                "later",
                                alert(2).id())))
                .isEqualTo(1);

        assertThat(alerts.list(null, 3))
                .extracting(Alert::id)
                .containsExactly(alert(3).id(), alert(1).id(), alert(0).id());
    }
}
