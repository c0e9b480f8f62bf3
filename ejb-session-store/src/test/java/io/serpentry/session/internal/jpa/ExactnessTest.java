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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything at once on two servers: afterwards nothing is lost, counted twice or left behind. */
@Timeout(300)
class ExactnessTest {

    private static final int WORKERS = 14;
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
                List<JpaSessionStore> stores = List.of(one.store(), two.store());
                turmoil.begin(stores.get(0));

                Threads.run(WORKERS + 2, thread -> {
                    JpaSessionStore store = stores.get(thread % 2);
                    if (thread < WORKERS) {
                        turmoil.work(store, thread, ROUNDS);
                    } else {
                        turmoil.sweep(store, WORKERS);
                    }
                });

                System.out.println(turmoil);
                deadlocks(server).forEach(System.out::println);
                assertThat(StoredInvariants.violated(one.source())).isEmpty();
                turmoil.requireExact(stores.get(1));
                assertThat(turmoil.ended()).doesNotHaveDuplicates();
                assertThat(turmoil.ended().stream().filter(one1 -> one1.reason() == SessionEnded.Reason.DELETED))
                        .hasSize(turmoil.deleted());
                long left = server.query(database, "select count(*) from serpentry_session", Long.class);
                assertThat(turmoil.ended()).hasSize(turmoil.created() - (int) left);
            }
        }
    }

    private static List<String> deadlocks(PostgresServer server) {
        List<String> log = server.logLines();
        return java.util.stream.IntStream.range(0, log.size())
                .filter(i -> log.get(i).contains("deadlock detected"))
                .boxed()
                .flatMap(i -> log.subList(i, Math.min(log.size(), i + 14)).stream())
                .limit(60)
                .toList();
    }
}
