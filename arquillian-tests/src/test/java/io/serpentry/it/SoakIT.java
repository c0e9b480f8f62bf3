// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.it.app.Sale;
import io.serpentry.it.app.Sales;
import io.serpentry.it.app.Work;
import io.serpentry.it.soak.Footprint;
import io.serpentry.it.soak.Journal;
import io.serpentry.it.soak.Killer;
import io.serpentry.it.soak.Notebook;
import io.serpentry.it.soak.Remains;
import io.serpentry.it.soak.SoakCallbacks;
import io.serpentry.it.soak.SoakCaller;
import io.serpentry.it.soak.Tally;
import io.serpentry.session.Caller;
import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionQuery;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * All kinds of calls at once, for a while, with workers and fork servers that are killed and stopped meanwhile: no call may
 * hang or get a wrong answer, and nothing may be left over. A minute; with SERPENTRY_LONG=1 half an hour; or as long as
 * SERPENTRY_SOAK says, for example PT5M.
 */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class SoakIT {

    private static final System.Logger LOG = System.getLogger(SoakIT.class.getName());
    private static final boolean LONG = "1".equals(System.getenv("SERPENTRY_LONG"));
    private static final Duration LOAD = System.getenv("SERPENTRY_SOAK") == null
            ? (LONG ? Duration.ofMinutes(30) : Duration.ofSeconds(60))
            : Duration.parse(System.getenv("SERPENTRY_SOAK"));

    private static final int CALLERS = 4;
    private static final int CONNECTIONS = 5;

    /** Far longer than a connection, a start, a call and the ladder can take together. */
    private static final Duration HANG = Duration.ofSeconds(90);

    /** The cache of contents may grow to its 128 MiB, and some of what a collection leaves is chance. */
    private static final long HEAP_GROWTH = 192L << 20;

    private static final long ZYGOTE_GROWTH = 16L << 20;

    /** Idle threads of the container's own pools, which come and go. */
    private static final long THREAD_GROWTH = 30;

    private static final String POOL = """
            <connection-definition class-name="io.serpentry.connector.internal.jca.PythonManagedConnectionFactory"
                                   jndi-name="java:/eis/Soak" pool-name="Soak" use-java-context="true" enabled="true">
              <config-property name="name">soak</config-property>
              <config-property name="python">${serpentry.python:python3}</config-property>
              <config-property name="modulePath">${serpentry.modulePath:}</config-property>
              <config-property name="callTimeout">PT3S</config-property>
              <xa-pool>
                <min-pool-size>2</min-pool-size>
                <max-pool-size>%d</max-pool-size>
                <flush-strategy>FailingConnectionOnly</flush-strategy>
                <is-same-rm-override>false</is-same-rm-override>
              </xa-pool>
              <timeout><blocking-timeout-millis>4000</blocking-timeout-millis></timeout>
              <validation>
                <background-validation>true</background-validation>
                <background-validation-millis>2000</background-validation-millis>
              </validation>
              <recovery no-recovery="true"/>
            </connection-definition>
            """.formatted(CONNECTIONS);

    @Inject
    PythonSessions injected;

    @Inject
    PythonPools pools;

    @Inject
    @Pool("soak")
    PythonPool pool;

    @Resource(lookup = "java:/eis/Soak")
    PythonConnectionFactory python;

    @Resource
    ManagedExecutorService threads;

    @EJB
    Work work;

    @EJB
    Sales sales;

    private final String prefix = "soak-" + UUID.randomUUID() + "-";
    private final Tally tally = new Tally();
    private final AtomicLong counted = new AtomicLong();

    /** What is compared between a quarter of the load and its end. */
    private record Memory(long heap, long zygote) {}

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.withPoolAndPersistence(
                POOL,
                SoakIT.class,
                Work.class,
                Sale.class,
                Sales.class,
                SoakCallbacks.class,
                Notebook.class,
                Journal.class,
                SoakCaller.class,
                Killer.class,
                Tally.class,
                Footprint.class,
                Remains.class,
                Await.class,
                Background.class,
                Processes.class);
    }

    @Test
    void noCallMustHangOrGetAWrongAnswerAndNothingMustBeLeftOverWhateverIsKilled() throws Exception {
        PythonSessions sessions = injected.as(Caller.of("soak"));
        String counter = prefix + "counter";
        sessions.create(NewSession.durable().id(counter));
        Path journals = Files.createTempDirectory("soak");
        SoakCaller.Surroundings soak =
                new SoakCaller.Surroundings(python, sessions, work, sales, counter, counted, journals, tally);
        List<SoakCaller> callers = IntStream.range(0, CALLERS)
                .mapToObj(i -> new SoakCaller(soak, prefix + i, i))
                .toList();
        callers.forEach(SoakCaller::callEach);
        Remains remains = new Remains(pools, pool, HANG);
        remains.settle();
        Footprint before = remains.footprint();

        AtomicBoolean over = new AtomicBoolean();
        Killer killer = new Killer(pool, tally, 1);
        Background<String> killing = Background.on(threads, () -> killer.strikeUntil(over));
        Memory quarter = load(callers, over);
        String blows = killing.valueWithin((int) HANG.toSeconds());
        remains.settle();
        Memory end = memory();
        Footprint after = remains.footprintLike(before);

        LOG.log(
                System.Logger.Level.INFO,
                "soaked for {0}: {1}; longest call {2} ms; blows {3}; heap {4} -> {5} MiB, fork server {6} -> {7} MiB,"
                        + " threads {8} -> {9}; workers started {10}, lost {11};"
                        + " before {12}, after {13}; faults {14}",
                LOAD,
                tally,
                tally.longest().toMillis(),
                blows,
                quarter.heap() >> 20,
                end.heap() >> 20,
                quarter.zygote() >> 20,
                end.zygote() >> 20,
                before.threadsInAll(),
                after.threadsInAll(),
                pool.statistics().started(),
                pool.statistics().lost(),
                before,
                after,
                tally.faults());
        Long hits = sessions.execute(counter, read("hits"), Long.class);
        assertThat(killer.killed()).as("some workers were killed").isPositive();
        assertThat(tally.faults()).isEmpty();
        assertThat(tally.longest()).as("no call hung").isLessThan(HANG);
        assertThat(hits).isEqualTo(counted.get());
        assertThat(temporarySessions(sessions)).isEmpty();
        assertThat(after.descriptors()).isEqualTo(before.descriptors());
        assertThat(after.threads()).isEqualTo(before.threads());
        assertThat(after.threadsInAll()).isLessThan(before.threadsInAll() + THREAD_GROWTH);
        assertThat(after.files()).isEqualTo(before.files());
        assertThat(journals).isEmptyDirectory();
        assertThat(end.heap()).isLessThan(quarter.heap() + HEAP_GROWTH);
        assertThat(end.zygote()).isLessThan(quarter.zygote() + ZYGOTE_GROWTH);
        Files.delete(journals);
        remains.endEveryWorker();
    }

    private static Invocation read(String name) {
        return Invocation.of("notebook.read").pool("soak").argument("name", name);
    }

    private static List<SessionInfo> temporarySessions(PythonSessions sessions) {
        return sessions.page(SessionQuery.all().kind(SessionKind.TEMPORARY)).items();
    }

    /** All callers until the deadline; what the memory was after a quarter of the time. */
    private Memory load(List<SoakCaller> callers, AtomicBoolean over) throws Exception {
        long deadline = System.nanoTime() + LOAD.toNanos();
        CountDownLatch ended = new CountDownLatch(callers.size());
        List<Background<Boolean>> running = callers.stream()
                .map(caller -> Background.on(threads, () -> {
                    try {
                        caller.callUntil(deadline);
                        return true;
                    } finally {
                        ended.countDown();
                    }
                }))
                .toList();
        try {
            assertThat(ended.await(LOAD.toNanos() / 4, TimeUnit.NANOSECONDS))
                    .as("all callers have failed")
                    .isFalse();
            Memory quarter = memory();
            for (Background<Boolean> each : running) {
                assertThat(each.valueWithin((int) LOAD.plus(HANG).toSeconds())).isTrue();
            }
            return quarter;
        } finally {
            over.set(true);
        }
    }

    private Memory memory() {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new Memory(heap, Processes.residentBytes(pool.statistics().zygotePid()));
    }
}
