// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerLostException;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.Execution;
import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionStore;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.execution.SessionTraffic;
import io.serpentry.session.execution.SessionTraffic.CacheCount;
import io.serpentry.session.execution.SessionTraffic.Sent;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.ShippedEar;
import jakarta.inject.Inject;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What travels to workers with calls in sessions, counted. Nothing else is called in this server meanwhile. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class SessionTrafficIT {

    private static final int ENTRIES = 10;
    private static final int SIZE = 1000;
    private static final Caller ADA = Caller.of("ada");
    private static final SessionTraffic TRAFFIC = ApplicationSessions.traffic();

    @Inject
    PythonSessions injected;

    @Inject
    SessionStore store;

    @Inject
    @Pool
    PythonPool pool;

    private final String id = "traffic-" + UUID.randomUUID();
    private PythonSessions sessions;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(SessionTrafficIT.class, Await.class);
    }

    /** The contents differ from session to session: contents are cached by digest. */
    @BeforeEach
    void createWithTenEntries() {
        Await.until("two workers are idle", () -> pool.statistics().idle() >= 2);
        sessions = injected.as(ADA);
        NewSession session = NewSession.durable().id(id);
        for (int i = 0; i < ENTRIES; i++) {
            session = session.entry("entry-" + i, "text/plain", content(i));
        }
        sessions.create(session);
    }

    /** Hits of calls that have only read would be told by the calls of the next test. */
    @AfterEach
    void haveEachWorkerTellItsHits() {
        for (WorkerStatus worker : sessions == null ? List.<WorkerStatus>of() : pool.workers()) {
            ApplicationSessions.placements().served("default", id, worker.id());
            sessions.execute(id, Invocation.of("notebook.increment").argument("name", "told"), Void.class);
        }
    }

    private byte[] content(int seed) {
        return (id + " " + seed + " ".repeat(SIZE)).substring(0, SIZE).getBytes(StandardCharsets.UTF_8);
    }

    /** As another server does it: by the store alone, past this server's caches. */
    private void changeElsewhere(String name, int size) {
        byte[] content = new byte[size];
        new Random(id.hashCode() + size).nextBytes(content);
        store.save(ADA, SessionDelta.of(id).put(name, "application/octet-stream", content, EntryChange.ANY));
    }

    private Execution readAll() {
        return perform("sizes", Map.class);
    }

    private Execution perform(String function, Type type) {
        return sessions.perform(id, Invocation.of("notebook." + function), type);
    }

    private static Sent sentSince(Sent before) {
        Sent now = sent();
        return new Sent(now.entries() - before.entries(), now.bytes() - before.bytes());
    }

    private static Sent sent() {
        return TRAFFIC.sent("default");
    }

    private static CacheCount since(CacheCount before, CacheCount now) {
        return new CacheCount(now.hits() - before.hits(), now.misses() - before.misses());
    }

    @Test
    void aColdCallMustSendEachEntryOnce() {
        Sent before = sent();

        readAll();

        assertThat(sentSince(before)).isEqualTo(new Sent(ENTRIES, ENTRIES * SIZE));
    }

    @Test
    void aWarmCallMustSendNothing() {
        Execution cold = readAll();
        Sent before = sent();

        Execution warm = readAll();

        assertThat(warm.worker()).isEqualTo(cold.worker());
        assertThat(warm.result()).isEqualTo(cold.result());
        assertThat(sentSince(before)).isEqualTo(new Sent(0, 0));
    }

    @Test
    void ofTenEntriesExactlyTheOneThatSomebodyElseChangedMustTravel() {
        Execution cold = readAll();
        changeElsewhere("entry-3", 777);
        Sent before = sent();

        Execution after = readAll();

        assertThat(after.worker()).isEqualTo(cold.worker());
        assertThat(sizes(after)).containsEntry("entry-3", 777L).containsEntry("entry-4", (long) SIZE);
        assertThat(sentSince(before)).isEqualTo(new Sent(1, 777));
    }

    private static Map<String, Long> sizes(Execution execution) {
        return ((Map<?, ?>) execution.result())
                .entrySet().stream()
                        .collect(Collectors.toMap(
                                size -> (String) size.getKey(), size -> ((Number) size.getValue()).longValue()));
    }

    @Test
    void whatACallStoresMustNotBeSentBack() {
        Invocation append = Invocation.of("notebook.append").argument("text", id);
        sessions.execute(id, append, Integer.class);
        Sent before = sent();

        assertThat(sessions.execute(id, append, Integer.class)).isEqualTo(2);
        assertThat(perform("count_lines", Integer.class).result()).isEqualTo(2);

        assertThat(sentSince(before)).isEqualTo(new Sent(0, 0));
    }

    @Test
    void whatAFunctionDeclaresMustGoAlongOnlyIfItIsNotThere() {
        readAll();
        changeElsewhere("lines", 50);
        Sent before = sent();

        assertThat(perform("count_lines", Integer.class).result()).isEqualTo(50);
        assertThat(sentSince(before)).isEqualTo(new Sent(1, 50));
        assertThat(perform("count_lines", Integer.class).result()).isEqualTo(50);
        assertThat(sentSince(before)).isEqualTo(new Sent(1, 50));
    }

    // ---- the caches' own counts

    @Test
    void aWarmCallMustBeHitsOfTheWorkersCacheAndNotAskTheServers() {
        readAll();
        CacheCount workers = TRAFFIC.workerCaches();
        CacheCount server = TRAFFIC.serverCache();

        readAll();

        assertThat(since(server, TRAFFIC.serverCache())).isEqualTo(new CacheCount(0, 0));
        Await.until("hits are told", () -> {
            perform("names", String[].class);
            return since(workers, TRAFFIC.workerCaches()).hits() > 0;
        });
        assertThat(since(workers, TRAFFIC.workerCaches())).isEqualTo(new CacheCount(ENTRIES, 0));
    }

    @Test
    void aColdCallMustBeMissesOfBothCaches() {
        CacheCount workers = TRAFFIC.workerCaches();
        CacheCount server = TRAFFIC.serverCache();

        readAll();

        assertThat(since(workers, TRAFFIC.workerCaches())).isEqualTo(new CacheCount(0, ENTRIES));
        assertThat(since(server, TRAFFIC.serverCache())).isEqualTo(new CacheCount(0, ENTRIES));
    }

    @Test
    void anotherWorkerMustBeServedFromTheServersCache() {
        Execution cold = readAll();
        CacheCount workers = TRAFFIC.workerCaches();
        CacheCount server = TRAFFIC.serverCache();

        pool.cordon(cold.worker().id());
        Execution elsewhere = readAll();

        assertThat(elsewhere.worker()).isNotEqualTo(cold.worker());
        assertThat(since(workers, TRAFFIC.workerCaches())).isEqualTo(new CacheCount(0, ENTRIES));
        assertThat(since(server, TRAFFIC.serverCache())).isEqualTo(new CacheCount(ENTRIES, 0));
    }

    @Test
    void theBytesOfTheCachesMustGrowByWhatTheyTakeIn() {
        long workers = TRAFFIC.workerCacheBytes();
        long server = TRAFFIC.serverCacheBytes();

        readAll();

        assertThat(TRAFFIC.workerCacheBytes() - workers).isBetween((long) ENTRIES * SIZE, ENTRIES * (SIZE + 512L));
        assertThat(TRAFFIC.serverCacheBytes() - server).isBetween((long) ENTRIES * SIZE, ENTRIES * (SIZE + 512L));
    }

    @Test
    void theCacheOfADeadWorkerMustNotBeCounted() {
        WorkerIdentity worker = readAll().worker();
        Invocation die = Invocation.of("notebook.die").argument("name", "x").argument("value", 1);
        assertThat(catchThrowable(() -> sessions.execute(id, die, Void.class)))
                .isInstanceOf(WorkerLostException.class)
                .hasMessageContaining(worker.id());
        Await.until("it is gone", () -> !living().contains(worker));
        long before = TRAFFIC.workerCacheBytes();

        TRAFFIC.forgetDead(this::living);

        assertThat(TRAFFIC.workerCacheBytes()).isLessThanOrEqualTo(before - ENTRIES * SIZE);
    }

    private Set<WorkerIdentity> living() {
        return pool.workers().stream()
                .map(worker -> new WorkerIdentity(worker.id(), worker.pid()))
                .collect(Collectors.toSet());
    }
}
