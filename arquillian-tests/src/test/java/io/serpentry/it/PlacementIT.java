// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.FunctionInfo;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.connector.WorkersExhaustedException;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.it.app.Work;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Placement hints and the care of workers beneath the container's own pool. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class PlacementIT {

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Resource
    ManagedExecutorService threads;

    @Inject
    @Pool
    PythonPool pool;

    @EJB
    Work work;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(PlacementIT.class, Work.class, Await.class, Background.class);
    }

    @BeforeEach
    void awaitTwoIdleWorkers() {
        Await.until(
                "two workers are idle and none is in care",
                () -> pool.statistics().idle() >= 2
                        && pool.statistics().busy() == 0
                        && pool.workers().stream().noneMatch(WorkerStatus::cordoned));
    }

    private List<String> workers() {
        return pool.workers().stream().map(WorkerStatus::id).toList();
    }

    private String anotherThan(String worker) {
        return workers().stream().filter(id -> !id.equals(worker)).findFirst().orElseThrow();
    }

    /** The worker that the container hands out next. */
    private String offered() {
        return workerWith(Placement.anywhere());
    }

    private String workerWith(Placement placement) {
        try (PythonConnection connection = python.getConnection(placement)) {
            call(connection);
            return connection.worker().id();
        }
    }

    private void call(PythonConnection connection) {
        assertThat(connection.call("probe.pid").returning(Long.class))
                .isEqualTo(connection.worker().pid());
    }

    // ---- placement

    @Test
    void aPreferredWorkerMustServeThoughTheContainerOffersAnother() {
        String wanted = anotherThan(offered());

        assertThat(workerWith(Placement.prefer(wanted))).isEqualTo(wanted);

        String wantedToo = anotherThan(wanted);
        assertThat(workerWith(Placement.prefer(wantedToo)))
                .as("the placement of this request, not one that the container remembers")
                .isEqualTo(wantedToo);
    }

    @Test
    void theFirstRequestOfATransactionMustGetThePreferredWorker() throws Exception {
        String wanted = anotherThan(offered());

        String served = work.inTransaction(() -> workerWith(Placement.prefer(wanted)));

        assertThat(served).isEqualTo(wanted);
    }

    @Test
    void aSecondRequestOfATransactionMustStillMoveItBeforeTheFirstCall() throws Exception {
        work.inTransaction(() -> {
            try (PythonConnection first = python.getConnection()) {
                String wanted = anotherThan(first.worker().id());
                try (PythonConnection second = python.getConnection(Placement.prefer(wanted))) {
                    call(second);
                    assertThat(second.worker().id()).isEqualTo(wanted);
                    assertThat(first.worker()).isEqualTo(second.worker());
                    call(first);
                }
            }
            return null;
        });
    }

    @Test
    void aRequestAfterTheFirstCallMustStayWithTheWorkerOfItsTransaction() throws Exception {
        work.inTransaction(() -> {
            try (PythonConnection first = python.getConnection()) {
                call(first);
                String bound = first.worker().id();
                assertThat(workerWith(Placement.prefer(anotherThan(bound)))).isEqualTo(bound);
                assertThat(catchThrowable(() ->
                                python.getConnection(Placement.require(anotherThan(bound), Duration.ofSeconds(20)))))
                        .isInstanceOf(ConnectionStateException.class)
                        .hasMessageContaining("first call");
                call(first);
            }
            return null;
        });
    }

    @Test
    void aConnectionTakenAfterTheFirstWasClosedMustStayWithTheBoundWorker() throws Exception {
        work.inTransaction(() -> {
            String bound = offered();
            assertThat(workerWith(Placement.prefer(anotherThan(bound)))).isEqualTo(bound);
            return null;
        });
    }

    @Test
    void aRequiredWorkerMustBeWaitedFor() throws Exception {
        PythonConnection holder = python.getConnection();
        String wanted = holder.worker().id();
        Background<String> waiter =
                Background.on(threads, () -> workerWith(Placement.require(wanted, Duration.ofSeconds(20))));
        Await.until("somebody waits", () -> pool.statistics().waiting() == 1);

        holder.close();

        assertThat(waiter.value()).isEqualTo(wanted);
    }

    @Test
    void aRequiredWorkerThatStaysInUseMustBeToldAndTheConnectionGivenBack() {
        try (PythonConnection holder = python.getConnection()) {
            String wanted = holder.worker().id();

            Throwable failure =
                    catchThrowable(() -> python.getConnection(Placement.require(wanted, Duration.ofMillis(100))));

            assertThat(failure).isInstanceOf(WorkersExhaustedException.class).hasMessageContaining(wanted);
            assertThat(pool.statistics().busy()).isEqualTo(1);
        }
    }

    @Test
    void spreadMustLevelASkewedLoad() {
        Map<String, Integer> sessions = new ConcurrentHashMap<>();
        sessions.put(offered(), 6);
        int idle = pool.statistics().idle();

        for (int i = 0; i < 6 * (idle - 1); i++) {
            sessions.merge(workerWith(Placement.spread(worker -> sessions.getOrDefault(worker, 0))), 1, Integer::sum);
        }

        assertThat(sessions.values()).hasSize(idle).containsOnly(6);
    }

    // ---- care

    @Test
    void aCordonedWorkerMustGetNoRequestUntilTheCordonIsTakenBack() {
        String cordoned = offered();
        pool.cordon(cordoned);

        assertThat(workerWith(Placement.prefer(cordoned))).isNotEqualTo(cordoned);
        assertThat(pool.workers())
                .filteredOn(WorkerStatus::cordoned)
                .extracting(WorkerStatus::id)
                .containsExactly(cordoned);
        Await.until(
                "its place is taken",
                () -> pool.workers().size() > pool.statistics().idle());

        pool.uncordon(cordoned);

        Await.until(
                "it serves again", () -> workerWith(Placement.prefer(cordoned)).equals(cordoned));
    }

    @Test
    void aTransactionMustKeepItsWorkerThoughThatIsRecycled() throws Exception {
        String old = work.inTransaction(() -> {
            try (PythonConnection connection = python.getConnection()) {
                call(connection);
                String recycled = connection.worker().id();
                int before = pool.workers().size();
                pool.recycle(recycled);
                Await.until(
                        "its replacement lives",
                        () -> pool.workers().size() > before
                                && pool.statistics().live() > before);
                call(connection);
                assertThat(connection.worker().id()).isEqualTo(recycled);
                return recycled;
            }
        });

        Await.until("it has ended", () -> !workers().contains(old));
        assertThat(pool.statistics().lost()).isZero();
    }

    @Test
    void noCallMustFailWhileEveryWorkerIsRecycled() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        List<Background<Object>> load = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            boolean transactional = i == 0;
            load.add(Background.on(threads, () -> {
                while (!over.get()) {
                    if (transactional) {
                        inTransaction();
                    } else {
                        workerWith(Placement.spread());
                    }
                    calls.incrementAndGet();
                }
                return null;
            }));
        }
        Await.until("calls run", () -> calls.get() > 50);

        for (int round = 0; round < 3; round++) {
            for (String worker : workers()) {
                pool.recycle(worker);
                Await.until(worker + " has ended", () -> !workers().contains(worker));
            }
        }
        int during = calls.get();
        Await.until("calls go on", () -> calls.get() > during + 50);
        over.set(true);

        for (Background<Object> each : load) {
            each.value();
        }
        assertThat(pool.statistics().failures()).isZero();
        assertThat(pool.statistics().lost()).isZero();
    }

    private void inTransaction() {
        try {
            work.inTransaction(() -> workerWith(Placement.anywhere()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aDrainedWorkerMustEndAndThePoolKeepItsSize() {
        String drained = offered();
        int idle = pool.statistics().idle();

        assertThat(pool.drain(drained, Duration.ofSeconds(20))).isTrue();

        assertThat(workers()).doesNotContain(drained);
        assertThat(pool.statistics().idle()).isEqualTo(idle);
        offered();
    }

    // ---- the catalogue

    @Test
    void thePoolMustKnowTheFunctionsOfPython() {
        assertThat(pool.function("probe.hasty")).map(FunctionInfo::timeout).contains(Duration.ofMillis(400));
        assertThat(pool.function("probe.nothing")).isEmpty();
        assertThat(pool.functions()).extracting(FunctionInfo::name).contains("probe.pid", "probe.add");
    }
}
