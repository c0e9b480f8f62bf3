// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.internal.store.SessionSettings;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases of sessions, as servers take them. */
class LeaseTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private volatile Instant now = START;

    private JpaSessionStore store(Database database) {
        return new JpaSessionStore(database.transactions(), database.dialect(), SessionSettings.defaults(), () -> now);
    }

    private static Database database(String kind) throws SQLException {
        return kind.equals("H2") ? Database.h2() : Database.postgres();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aLeaseMustBeOneHoldersUntilItIsGivenBackOrOver(String kind) throws SQLException {
        try (Database database = database(kind)) {
            JpaSessionStore store = store(database);

            assertThat(store.tryLease("s", "one", now.plus(MINUTE))).isTrue();
            assertThat(store.tryLease("s", "two", now.plus(MINUTE))).isFalse();
            assertThat(store.tryLease("other", "two", now.plus(MINUTE))).isTrue();
            assertThat(store.tryLease("s", "one", now.plus(MINUTE).plus(MINUTE)))
                    .as("prolonged")
                    .isTrue();
            now = now.plus(MINUTE);
            assertThat(store.tryLease("s", "two", now.plus(MINUTE))).isFalse();
            now = now.plus(MINUTE);
            assertThat(store.tryLease("s", "two", now.plus(MINUTE))).as("over").isTrue();
            store.release("s", "one");
            assertThat(store.tryLease("s", "one", now.plus(MINUTE)))
                    .as("not its own any more")
                    .isFalse();
            store.release("s", "two");
            assertThat(store.tryLease("s", "one", now.plus(MINUTE))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void ofManyHoldersAtOnceOneMustGetTheLease(String kind) throws SQLException {
        try (Database database = database(kind)) {
            JpaSessionStore store = store(database);
            for (int round = 0; round < 20; round++) {
                String session = "s" + round;
                AtomicInteger granted = new AtomicInteger();

                Threads.run(8, thread -> {
                    if (store.tryLease(session, "holder" + thread, now.plus(MINUTE))) {
                        granted.incrementAndGet();
                    }
                });

                assertThat(granted).hasValue(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void leasesThatAreOverMustBeForgotten(String kind) throws SQLException {
        try (Database database = database(kind)) {
            JpaSessionStore store = store(database);
            store.tryLease("s", "one", now.plus(MINUTE));
            now = now.plus(MINUTE).plus(MINUTE);

            assertThat(store.forget(Instant.EPOCH, Instant.EPOCH, 100)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void anIdThatIsTooLongMustBeRefusedBeforeTheDatabaseIsAsked(String kind) throws SQLException {
        try (Database database = database(kind)) {
            assertThatThrownBy(() -> store(database).tryLease("x".repeat(129), "one", now.plus(MINUTE)))
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContaining("128");
        }
    }
}
