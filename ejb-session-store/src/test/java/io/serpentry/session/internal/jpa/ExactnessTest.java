// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.SessionEnded;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.testkit.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything at once on two servers: afterwards nothing is lost, counted twice or left behind. */
@Timeout(300)
class ExactnessTest {

    private static final int WORKERS = 12;
    private static final int ENDERS = 2;
    private static final int SWEEPERS = 2;
    private static final int ROUNDS = System.getenv("SERPENTRY_LONG") == null ? 300 : 3000;
    private static final SessionSettings SETTINGS = new SessionSettings(
            Duration.ofHours(1),
            Duration.ofMinutes(5),
            null,
            Duration.ofMillis(20),
            16 << 20,
            1000,
            64L << 20,
            0,
            3,
            Duration.ofDays(7),
            Codec.NONE);

    @Test
    void whateverHappensAtOnceTheTablesMustAddUp() throws Exception {
        try (PostgresServer server = PostgresServer.start(Map.of("fsync", "off", "deadlock_timeout", "200ms"))) {
            String database = server.createDatabase();
            Turmoil turmoil = new Turmoil();
            try (Node one = Node.postgres(server, database, SETTINGS, turmoil.clock());
                    Node two = Node.postgres(server, database, SETTINGS, turmoil.clock())) {
                play(turmoil, List.of(one.store(), two.store()));

                assertThat(turmoil.outcomes().keySet())
                        .isSubsetOf(
                                "success",
                                "contention",
                                "SESSION_EXISTS",
                                "SESSION_NOT_FOUND",
                                "SESSION_CONFLICT",
                                "NOT_FOUND");
                assertThat(StoredInvariants.violated(one.source())).isEmpty();
                turmoil.requireExact(two.store());
                requireOneAnnouncementEach(turmoil, server, database);
                assertThat(turmoil.contentions())
                        .as("%s\n%s", turmoil.outcomes(), deadlocks(server))
                        .isZero();
            }
        }
    }

    private static void play(Turmoil turmoil, List<JpaSessionStore> stores) {
        turmoil.begin(stores.get(0));
        Threads.run(WORKERS + ENDERS + SWEEPERS, thread -> {
            JpaSessionStore store = stores.get(thread % stores.size());
            if (thread < WORKERS) {
                turmoil.work(store, thread, ROUNDS);
            } else if (thread < WORKERS + ENDERS) {
                turmoil.end(store, thread, WORKERS);
            } else {
                turmoil.sweep(store, WORKERS);
            }
        });
        turmoil.deliverRest(stores.get(0));
    }

    private static void requireOneAnnouncementEach(Turmoil turmoil, PostgresServer server, String database) {
        List<SessionEnded> ended = turmoil.ended();
        long left = server.query(database, "select count(*) from serpentry_session", Long.class);
        assertThat(ended).extracting(SessionEnded::id).doesNotHaveDuplicates();
        assertThat(ended).hasSize(turmoil.created() - (int) left);
        assertThat(ended)
                .filteredOn(one -> one.reason() == SessionEnded.Reason.DELETED)
                .hasSize(turmoil.deleted());
        assertThat(server.query(database, "select count(*) from serpentry_outbox", Long.class))
                .isZero();
    }

    /** What the server says of the first few. */
    private static String deadlocks(PostgresServer server) {
        return server.logLines().stream()
                .dropWhile(line -> !line.contains("deadlock detected"))
                .limit(40)
                .collect(Collectors.joining("\n"));
    }
}
