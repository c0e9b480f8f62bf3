// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.connector.CallTimeoutException;
import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerLostException;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.it.app.Work;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.inject.Inject;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections in JTA transactions. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class TransactionIT {

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Inject
    @Pool
    PythonPool pool;

    @EJB
    Work work;

    @Resource(lookup = "java:jboss/TransactionManager")
    TransactionManager transactionManager;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(TransactionIT.class, Work.class, Await.class, Processes.class);
    }

    private int add(PythonConnection connection) {
        return connection
                .call("probe.add")
                .argument("left", 1)
                .argument("right", 2)
                .returning(Integer.class);
    }

    @Test
    void twoConnectionsInOneTransactionMustReachTheSameWorker() throws Exception {
        boolean same = work.inTransaction(() -> {
            try (PythonConnection first = python.getConnection();
                    PythonConnection second = python.getConnection()) {
                add(first);
                add(second);
                return first.worker().equals(second.worker());
            }
        });

        assertThat(same).isTrue();
    }

    @Test
    void aConnectionTakenAfterAnotherWasClosedInTheTransactionMustReachTheSameWorker() throws Exception {
        boolean same = work.inTransaction(() -> {
            PythonConnection first = python.getConnection();
            var worker = first.worker();
            first.close();
            try (PythonConnection second = python.getConnection()) {
                return worker.equals(second.worker());
            }
        });

        assertThat(same).isTrue();
    }

    @Test
    void twoConnectionsWithoutATransactionMustHaveAWorkerEach() {
        try (PythonConnection first = python.getConnection();
                PythonConnection second = python.getConnection()) {
            assertThat(first.worker()).isNotEqualTo(second.worker());
        }
    }

    @Test
    void aHandleMustBeInvalidOnceItsTransactionHasEnded() throws Exception {
        AtomicReference<PythonConnection> kept = new AtomicReference<>();
        work.inTransaction(() -> {
            PythonConnection connection = python.getConnection();
            add(connection);
            kept.set(connection);
            return null;
        });

        Throwable failure = catchThrowable(() -> add(kept.get()));

        assertThat(failure).isInstanceOf(ConnectionStateException.class);
    }

    @Test
    void aWorkerLostInACallMustRollTheTransactionBack() {
        assertThatThrownBy(() -> work.inTransaction(() -> {
                    try (PythonConnection connection = python.getConnection()) {
                        assertThatThrownBy(() -> connection
                                        .call("probe.leave")
                                        .argument("status", 5)
                                        .returning(Void.class))
                                .isInstanceOf(WorkerLostException.class);
                    }
                    return null;
                }))
                .isInstanceOf(RollbackException.class);
    }

    @Test
    void anErrorThatPythonRaisesMustLeaveTheTransactionToTheCaller() throws Exception {
        int result = work.inTransaction(() -> {
            try (PythonConnection connection = python.getConnection()) {
                assertThatThrownBy(() -> connection
                                .call("probe.fail")
                                .argument("text", "no")
                                .returning(Void.class))
                        .hasMessage("ValueError: no");
                return add(connection);
            }
        });

        assertThat(result).isEqualTo(3);
    }

    @Test
    void aTransactionTimeoutInACallMustFreeTheCallerAndTheNextTransactionBeClean() throws Exception {
        AtomicReference<Long> pid = new AtomicReference<>();

        Throwable failure = catchThrowable(() -> work.inTransaction(2, () -> {
            try (PythonConnection connection = python.getConnection()) {
                pid.set(connection.worker().pid());
                return connection
                        .call("probe.sleep")
                        .argument("seconds", 60)
                        .timeout(Duration.ofSeconds(50))
                        .returning(Void.class);
            }
        }));

        assertThat(failure).isInstanceOf(CallTimeoutException.class);
        assertThat(Processes.isAlive(pid.get())).isFalse();
        int next = work.inTransaction(() -> {
            try (PythonConnection connection = python.getConnection()) {
                return add(connection);
            }
        });
        assertThat(next).isEqualTo(3);
        Await.until(
                "the pool is back at its minimum",
                () -> pool.statistics().live() >= 2 && pool.statistics().busy() == 0);
    }

    @Test
    void aRollbackFromAnotherThreadMustGiveUpTheCall() {
        Throwable failure = catchThrowable(() -> work.inTransaction(30, () -> {
            try (PythonConnection connection = python.getConnection()) {
                var transaction = transactionManager.getTransaction();
                Thread other = new Thread(() -> {
                    Await.until("the call runs", () -> pool.workers().stream()
                            .anyMatch(worker -> worker.currentCall() != null));
                    try {
                        transaction.rollback();
                    } catch (SystemException e) {
                        throw new IllegalStateException(e);
                    }
                });
                other.start();
                return connection.call("probe.sleep").argument("seconds", 60).returning(Void.class);
            }
        }));

        assertThat(failure).isInstanceOf(CallTimeoutException.class).hasMessageContaining("rolled back");
    }
}
