// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.request.RememberedAnswer;
import io.serpentry.request.RememberedRequest;
import io.serpentry.request.RequestMemory;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.internal.store.SessionSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which request is the first with its key, and what is known of it. */
class RequestMemoryTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final RememberedRequest.Done DONE = new RememberedRequest.Done(
            "f".repeat(64), new RememberedAnswer(201, "application/json", "l", "1", "{\"ä\":1}"));

    private Database database;
    private JpaSessionStore store;
    private volatile Instant now = START;

    private void open(Dialect dialect) throws SQLException {
        database = dialect == Dialect.H2 ? Database.h2() : Database.postgres();
        store = new JpaSessionStore(database.transactions(), dialect, SessionSettings.defaults(), () -> now);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void onlyTheFirstMustBeDoneAndItsAnswerBeKnownToTheOthers(Dialect dialect) throws SQLException {
        open(dialect);

        assertThat(store.begin("ada", "k")).isEmpty();
        assertThat(store.begin("ada", "k")).contains(new RememberedRequest(START, null));
        store.done("ada", "k", DONE);

        assertThat(store.begin("ada", "k")).contains(new RememberedRequest(START, DONE));
        assertThat(store.begin("bob", "k")).as("of somebody else").isEmpty();
        assertThat(store.begin("ada", "l")).as("with another key").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void oneThatChangedNothingMustLeaveItsKeyUnused(Dialect dialect) throws SQLException {
        open(dialect);
        store.begin("ada", "k");

        assertThat(store.forgetRequest("ada", "k")).isEqualTo(1);

        assertThat(store.begin("ada", "k")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aKeyMustCountForADay(Dialect dialect) throws SQLException {
        open(dialect);
        store.begin("ada", "k");
        store.begin("ada", "l");

        now = START.plus(RequestMemory.AGE).minusMillis(1);
        assertThat(store.forget(START, START, 100)).isZero();
        assertThat(store.begin("ada", "k")).isPresent();
        now = START.plus(RequestMemory.AGE);
        assertThat(store.begin("ada", "k")).isEmpty();
        assertThat(store.forget(START, START, 100)).as("the other one").isEqualTo(1);
        assertThat(store.begin("ada", "l")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void ofThoseThatBeginAtOnceOneMustBeTheFirst(Dialect dialect) throws Exception {
        open(dialect);
        int many = 4;
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            for (int round = 0; round < 20; round++) {
                String key = "k" + round;
                CyclicBarrier together = new CyclicBarrier(many);
                List<Future<Optional<RememberedRequest>>> begun = new ArrayList<>();
                for (int i = 0; i < many; i++) {
                    begun.add(threads.submit(() -> {
                        together.await();
                        return store.begin("ada", key);
                    }));
                }
                int first = 0;
                for (Future<Optional<RememberedRequest>> one : begun) {
                    first += one.get(60, TimeUnit.SECONDS).isEmpty() ? 1 : 0;
                }
                assertThat(first).as(key).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void keysBeyondTheLimitMustBeRefusedToWhoHasUsedThem(Dialect dialect) throws SQLException {
        open(dialect);
        String rows = dialect == Dialect.H2 ? "system_range(1, 9999) as r(n)" : "generate_series(1, 9999) as r(n)";
        try (Connection connection = database.source().getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("insert into serpentry_request select 'ada', 'k' || n, "
                                + START.toEpochMilli() + ", '', 0, '', '', '', '' from " + rows)) {
            insert.execute();
        }

        assertThat(store.begin("ada", "last")).isEmpty();
        assertThatThrownBy(() -> store.begin("ada", "over")).isInstanceOf(QuotaExceededException.class);
        assertThat(store.begin("ada", "last")).as("one that was used").isPresent();
        assertThat(store.begin("bob", "over")).isEmpty();
    }
}
