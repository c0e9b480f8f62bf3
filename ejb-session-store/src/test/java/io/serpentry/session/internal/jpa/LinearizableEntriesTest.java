// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.linearizability.EntryHistories;
import io.serpentry.session.linearizability.EntryState;
import io.serpentry.session.linearizability.RecordedEntries;
import io.serpentry.testkit.PostgresServer;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What eight threads do with five entries at once is what one after the other could have done. */
@Timeout(300)
class LinearizableEntriesTest {

    private static final SessionSettings SETTINGS = SessionSettings.defaults();
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Caller CALLER = Caller.of("ada");
    private static final String SESSION = "shared";
    private static final List<String> ENTRIES = List.of("a", "b", "c", "d", "e");
    private static final int THREADS = 8;
    private static final int CALLS = System.getenv("SERPENTRY_LONG") == null ? 500 : 5000;

    private final EntryHistories histories = new EntryHistories();
    private final CountDownLatch half = new CountDownLatch(THREADS * CALLS / 2);

    /** Of two servers, and their database is killed in the middle. */
    @Test
    void entriesMustBeLinearizableOnTwoServersWhoseDatabaseIsRestarted() throws Exception {
        // What is committed must survive the kill of the processes, not that of the machine.
        try (PostgresServer server = PostgresServer.start(Map.of("fsync", "off"))) {
            String database = server.createDatabase();
            try (Node one = Node.postgres(server, database, SETTINGS, CLOCK).impatient();
                    Node two = Node.postgres(server, database, SETTINGS, CLOCK).impatient()) {
                one.store().create(CALLER, NewSession.durable().id(SESSION));
                Thread killer = new Thread(() -> {
                    awaitHalf();
                    server.stopImmediately();
                    server.restart();
                });
                killer.start();

                work(List.of(one.store(), two.store()));

                killer.join();
                assertThat(histories.violations()).isEmpty();
            }
        }
    }

    @Test
    void entriesMustBeLinearizableOnH2() throws SQLException {
        try (Node node = Node.h2(UUID.randomUUID().toString(), SETTINGS, CLOCK)) {
            node.store().create(CALLER, NewSession.durable().id(SESSION));

            work(List.of(node.store()));

            assertThat(histories.violations()).isEmpty();
        }
    }

    /** That the test would see it. */
    @Test
    void aStoreThatForgetsTheExpectedVersionOnceInAWhileMustBeFoundOut() throws SQLException {
        try (Node node = Node.h2(UUID.randomUUID().toString(), SETTINGS, CLOCK)) {
            node.store().create(CALLER, NewSession.durable().id(SESSION));

            work(List.of(ForgetfulStore.of(node.store(), 50)));

            assertThat(histories.violations()).isNotEmpty();
        }
    }

    private void awaitHalf() {
        try {
            half.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void work(List<SessionStore> stores) {
        Threads.run(THREADS, thread -> {
            SessionStore store = stores.get(thread % stores.size());
            RecordedEntries entries = new RecordedEntries(store, CALLER, SESSION, histories);
            Map<String, Long> seen = new HashMap<>();
            Random random = new Random(thread);
            int done = 0;
            while (done < CALLS) {
                String entry = ENTRIES.get(random.nextInt(ENTRIES.size()));
                if (isAnswered(entries, entry, thread + "." + done, seen, random)) {
                    done++;
                    half.countDown();
                }
            }
        });
        RecordedEntries after = new RecordedEntries(stores.get(0), CALLER, SESSION, histories);
        ENTRIES.forEach(after::read);
    }

    /** One call. Three of the entries hold texts, two are counters; now and then a text takes more room, or an increment hits a text. */
    private static boolean isAnswered(
            RecordedEntries entries, String entry, String mark, Map<String, Long> seen, Random random) {
        int choice = random.nextInt(20);
        if (choice < 8) {
            EntryState state = entries.read(entry);
            if (state != null) {
                seen.put(entry, state.version());
            }
            return state != null;
        }
        boolean counter = ENTRIES.indexOf(entry) > 2;
        if (counter || choice == 8) {
            return entries.increment(entry, 1 + random.nextInt(3));
        }
        String text = choice == 9 ? mark + " ".repeat(2000) : mark;
        long expected = choice < 12 ? -1 : seen.getOrDefault(entry, 0L);
        return entries.put(entry, text, expected);
    }
}
