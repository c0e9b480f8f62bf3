// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.*;
import io.serpentry.testkit.PostgresServer;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.junit.jupiter.api.Test;

class DeadlockExperimentTest {
    @Test
    void run() throws Exception {
        for (String kind : List.of("put", "two", "grow")) {
            try (PostgresServer server = PostgresServer.start(Map.of("fsync", "off", "deadlock_timeout", "200ms"))) {
                String database = server.createDatabase();
                Caller me = Caller.of("me");
                try (Node one = Node.postgres(
                                server,
                                database,
                                io.serpentry.session.internal.store.SessionSettings.defaults(),
                                InstantSource.system());
                        Node two = Node.postgres(
                                server,
                                database,
                                io.serpentry.session.internal.store.SessionSettings.defaults(),
                                InstantSource.system())) {
                    List<JpaSessionStore> stores = List.of(one.store(), two.store());
                    ConcurrentMap<String, AtomicInteger> out = new ConcurrentSkipListMap<>();
                    long t = System.nanoTime();
                    Threads.run(10, th -> {
                        JpaSessionStore s = stores.get(th % 2);
                        Random r = new Random(th);
                        for (int i = 0; i < 400; i++) {
                            String w = "";
                            try {
                                if (th < 2) {
                                    w = "delete";
                                    s.delete(me, "x");
                                    w = "create";
                                    s.create(
                                            me,
                                            NewSession.durable()
                                                    .id("x")
                                                    .entry("a", "text/plain", new byte[10])
                                                    .entry("b", "text/plain", new byte[10]));
                                    w = "ok";
                                } else {
                                    w = "save";
                                    SessionDelta d = SessionDelta.of("x");
                                    int n = kind.equals("put") ? 10 : kind.equals("two") ? 10 : r.nextInt(3000);
                                    if (!kind.equals("put")) {
                                        boolean f = r.nextBoolean();
                                        d = d.put(f ? "a" : "b", "text/plain", new byte[n], -1)
                                                .put(f ? "b" : "a", "text/plain", new byte[n], -1);
                                    } else d = d.put(r.nextBoolean() ? "a" : "b", "text/plain", new byte[n], -1);
                                    s.save(me, d);
                                    w = "saved";
                                }
                                out.computeIfAbsent(w, k -> new AtomicInteger()).incrementAndGet();
                            } catch (StoreFailure.Contention e) {
                                out.computeIfAbsent(
                                                w + " contention "
                                                        + ((java.sql.SQLException) e.getCause()).getSQLState(),
                                                k -> new AtomicInteger())
                                        .incrementAndGet();
                            } catch (io.serpentry.connector.PythonException e) {
                                out.computeIfAbsent(
                                                w + " " + e.code()
                                                        + (e instanceof StoreUnavailableException
                                                                ? e.getMessage()
                                                                : ""),
                                                k -> new AtomicInteger())
                                        .incrementAndGet();
                            }
                        }
                    });
                    System.out.println("EXP " + kind + " " + out + " " + (System.nanoTime() - t) / 1000000 + " ms "
                            + StoredInvariants.violated(one.source()));
                    List<String> log = server.logLines();
                    int shown = 0;
                    for (int i = 0; i < log.size() && shown < 2; i++)
                        if (log.get(i).contains("deadlock detected")) {
                            shown++;
                            log.subList(i, Math.min(log.size(), i + 12)).forEach(l -> System.out.println("EXP   " + l));
                        }
                }
            }
        }
    }
}
