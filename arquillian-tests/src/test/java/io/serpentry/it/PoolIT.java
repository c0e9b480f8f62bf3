// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.connector.CallTimeoutException;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerLostException;
import io.serpentry.connector.WorkersExhaustedException;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The container's pool with real workers in it. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class PoolIT {

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Resource
    ManagedExecutorService threads;

    @Inject
    @Pool
    PythonPool pool;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(PoolIT.class, Await.class, Background.class, Processes.class);
    }

    private void awaitMinimum() {
        Await.until(
                "the pool is at its minimum",
                () -> pool.statistics().live() >= pool.statistics().min()
                        && pool.statistics().busy() == 0);
    }

    @Test
    void aPoolMustFillItselfToItsMinimum() {
        awaitMinimum();

        assertThat(pool.statistics().min()).isEqualTo(2);
        assertThat(pool.statistics().start()).isEqualTo("fork");
    }

    @Test
    void aWorkerKilledInACallMustFailThatCallOnlyAndBeReplaced() throws Exception {
        awaitMinimum();
        WorkerIdentity victim;
        try (PythonConnection connection = python.getConnection()) {
            victim = connection.worker();
            Background<?> call = Background.on(
                    threads,
                    () -> connection.call("probe.sleep").argument("seconds", 60).returning(Void.class));
            Await.until("the call runs", () -> pool.workers().stream()
                    .anyMatch(worker -> worker.id().equals(victim.id()) && worker.currentCall() != null));

            Processes.signal("KILL", victim.pid());

            assertThat(call.failure())
                    .isInstanceOf(WorkerLostException.class)
                    .hasMessageContaining("SIGKILL")
                    .hasMessageContaining(victim.id())
                    .hasMessageContaining("probe.sleep");
        }
        try (PythonConnection connection = python.getConnection()) {
            assertThat(connection.call("probe.pid").returning(Long.class)).isNotEqualTo(victim.pid());
        }
        awaitMinimum();
        assertThat(Processes.isZombie(victim.pid())).isFalse();
    }

    @Test
    void idleWorkersThatAreKilledMustBeReplacedUntilTheMinimumIsBack() {
        awaitMinimum();
        List<Long> killed = pool.workers().stream().map(worker -> worker.pid()).toList();

        killed.forEach(pid -> Processes.signal("KILL", pid));

        Await.until(
                "new workers stand in",
                () -> pool.statistics().live() >= 2
                        && pool.workers().stream().noneMatch(worker -> killed.contains(worker.pid())));
    }

    @Test
    void theDeathOfTheForkServerMustBeMendedWithoutACall() {
        awaitMinimum();
        int generation = pool.statistics().zygoteGeneration();

        Processes.signal("KILL", pool.statistics().zygotePid());

        Await.until(
                "another fork server has filled the pool",
                () -> pool.statistics().zygoteGeneration() > generation
                        && pool.statistics().live() >= 2);
    }

    @Test
    void aTimeoutThatAFunctionDeclaresMustHoldUnlessTheCallerNamesOne() {
        try (PythonConnection connection = python.getConnection()) {
            Throwable failure =
                    catchThrowable(() -> connection.call("probe.hasty").returning(Void.class));

            assertThat(failure).isInstanceOf(CallTimeoutException.class).hasMessageContaining("deadline of 400 ms");
        }
        try (PythonConnection connection = python.getConnection()) {
            Throwable failure = catchThrowable(() -> connection
                    .call("probe.hasty")
                    .timeout(Duration.ofMillis(250))
                    .returning(Void.class));

            assertThat(failure).hasMessageContaining("deadline of 250 ms");
        }
    }

    @Test
    void callersOfAnExhaustedPoolMustWaitAndThenBeToldItsNumbers() {
        List<PythonConnection> taken = new ArrayList<>();
        try {
            for (int i = 0; i < pool.statistics().max(); i++) {
                taken.add(python.getConnection());
            }

            Throwable failure = catchThrowable(python::getConnection);

            assertThat(failure)
                    .isInstanceOf(WorkersExhaustedException.class)
                    .hasMessageContaining("within 2000 ms")
                    .hasMessageContaining("4 of at most 4 connections in use");
        } finally {
            taken.forEach(PythonConnection::close);
        }
        try (PythonConnection connection = python.getConnection()) {
            assertThat(connection.call("probe.pid").returning(Long.class)).isPositive();
        }
    }

    @Test
    void aWaitingCallerMustBeServedWhenAConnectionIsGivenBack() throws Exception {
        List<PythonConnection> taken = new ArrayList<>();
        for (int i = 0; i < pool.statistics().max(); i++) {
            taken.add(python.getConnection());
        }
        Background<Long> waiter = Background.on(threads, () -> {
            try (PythonConnection connection = python.getConnection()) {
                return connection.call("probe.pid").returning(Long.class);
            }
        });
        Await.until("the caller waits", () -> pool.statistics().waiting() == 1);

        taken.forEach(PythonConnection::close);

        assertThat(waiter.value()).isPositive();
    }
}
