// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.internal.store.SessionSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that go while somebody writes an entry of theirs in a transaction that is still open. */
@Timeout(60)
class RemovalTest {

    private static final Caller CALLER = Caller.of("ada");
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private volatile Instant now = START;
    private final CountDownLatch written = new CountDownLatch(1);
    private final CountDownLatch committing = new CountDownLatch(1);

    private static Database database(String kind) throws SQLException {
        return kind.equals("H2") ? Database.h2() : Database.postgres();
    }

    private JpaSessionStore store(Database database, LocalTransactions transactions) {
        return new JpaSessionStore(transactions, database.dialect(), SessionSettings.defaults(), () -> now);
    }

    /** Replaces an entry by one of the same size, which needs nothing of the session's row, and commits when it may. */
    private CompletableFuture<Void> replacing(Database database, String session) throws InterruptedException {
        LocalTransactions transactions = database.transactions();
        JpaSessionStore store = store(database, transactions);
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> transactions.transaction(() -> {
            store.save(
                    CALLER,
                    SessionDelta.of(session).put("entry", "text/plain", "after".getBytes(UTF_8), EntryChange.ANY));
            written.countDown();
            await(committing);
            return null;
        }));
        await(written);
        return done;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("nothing came within 30 s");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long count(Database database, String sql) throws SQLException {
        try (Connection connection = database.source().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void awaitBlocked(Database database) throws SQLException {
        String sql = database.dialect() == Dialect.H2
                ? "select count(*) from information_schema.sessions where blocker_id is not null"
                : "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while (count(database, sql) == 0) {
            Thread.onSpinWait();
        }
    }

    private static long orphans(Database database) throws SQLException {
        return count(
                database,
                "select (select count(*) from serpentry_entry where session_id not in (select id from serpentry_session))"
                        + " + (select count(*) from serpentry_entry_history where session_id not in (select id from serpentry_session))");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aDeleteMustWaitForTheWriterAndLeaveNothingOfWhatItWrote(String kind) throws Exception {
        try (Database database = database(kind)) {
            JpaSessionStore store = store(database, database.transactions());
            store.create(CALLER, NewSession.durable().id("s").entry("entry", "text/plain", "first".getBytes(UTF_8)));
            CompletableFuture<Void> writer = replacing(database, "s");
            CompletableFuture<Boolean> delete = CompletableFuture.supplyAsync(() -> store.delete(CALLER, "s"));
            awaitBlocked(database);

            committing.countDown();

            writer.get(30, TimeUnit.SECONDS);
            assertThat(delete.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(store.find(CALLER, "s")).isEmpty();
            assertThat(orphans(database)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aSweepMustPassOverTheSessionThatIsWrittenAndTakeTheOthers(String kind) throws Exception {
        try (Database database = database(kind)) {
            JpaSessionStore store = store(database, database.transactions());
            IntStream.range(0, 5)
                    .forEach(i -> store.create(
                            CALLER,
                            NewSession.durable()
                                    .id("s" + i)
                                    .idleTimeout(Duration.ofMinutes(5 + 10 * i))
                                    .entry("entry", "text/plain", "first".getBytes(UTF_8))));
            CompletableFuture<Void> writer = replacing(database, "s0");
            now = START.plus(Duration.ofDays(1));

            int swept = store.expireDue(3);

            assertThat(swept).isEqualTo(3);
            assertThat(store.expireDue(3)).isEqualTo(1);
            assertThat(store.expireDue(3)).isZero();
            committing.countDown();
            writer.get(30, TimeUnit.SECONDS);
            assertThat(store.expireDue(3)).isEqualTo(1);
            assertThat(orphans(database)).isZero();
        }
    }
}
