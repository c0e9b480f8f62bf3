// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.serpentry.connector.CallTimeoutException;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonRaisedException;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerLostException;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.connector.WorkersExhaustedException;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.it.app.Alone;
import io.serpentry.it.app.Sale;
import io.serpentry.it.app.Sales;
import io.serpentry.it.app.Work;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Python runs at the end of a transaction, for each way in which one can end, with a row of the application in it. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class HookIT {

    private static final String HASTY = """
            <connection-definition class-name="io.serpentry.connector.internal.jca.PythonManagedConnectionFactory"
                                   jndi-name="java:/eis/Hasty" pool-name="Hasty" use-java-context="true" enabled="true">
              <config-property name="name">hasty</config-property>
              <config-property name="python">${serpentry.python:python3}</config-property>
              <config-property name="modulePath">${serpentry.modulePath:}</config-property>
              <config-property name="callTimeout">PT1S</config-property>
              <xa-pool>
                <min-pool-size>1</min-pool-size>
                <max-pool-size>1</max-pool-size>
                <is-same-rm-override>false</is-same-rm-override>
              </xa-pool>
              <recovery no-recovery="true"/>
            </connection-definition>
            """;

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Resource(lookup = "java:/eis/Hasty")
    PythonConnectionFactory hasty;

    @Inject
    @Pool
    PythonPool pool;

    @EJB
    Work work;

    @EJB
    Alone alone;

    @EJB
    Sales sales;

    @Resource
    ManagedExecutorService threads;

    @Resource(lookup = "java:jboss/TransactionManager")
    TransactionManager transactions;

    private final String sale = "sale-" + UUID.randomUUID();
    private Path directory;
    private Path journal;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.withPoolAndPersistence(
                HASTY,
                HookIT.class,
                Work.class,
                Alone.class,
                Sale.class,
                Sales.class,
                Await.class,
                Background.class,
                Processes.class);
    }

    @BeforeEach
    void openTheJournal() throws IOException {
        directory = Files.createTempDirectory("hooks");
        journal = directory.resolve("journal");
    }

    // ---- what a test does in its transaction

    private WorkerIdentity hook() {
        return hook(python, "hook", journal);
    }

    private static WorkerIdentity hook(PythonConnectionFactory factory, String function, Path journal) {
        try (PythonConnection connection = factory.getConnection()) {
            connection
                    .call("notebook." + function)
                    .argument("journal", journal.toString())
                    .returning(Void.class);
            return connection.worker();
        }
    }

    /** Hooks of which one raises; {@code which} is the parameter that makes it. */
    private void hookThatRaises(String which) {
        try (PythonConnection connection = python.getConnection()) {
            connection
                    .call("notebook.hook")
                    .argument("journal", journal.toString())
                    .argument(which, true)
                    .returning(Void.class);
        }
    }

    private WorkerIdentity callWithoutHooks() {
        try (PythonConnection connection = python.getConnection()) {
            connection.call("probe.pid").returning(Long.class);
            return connection.worker();
        }
    }

    // ---- what it sees afterwards

    private List<String> noted() {
        return noted(journal);
    }

    private static List<String> noted(Path journal) {
        try {
            return Files.exists(journal) ? Files.readAllLines(journal) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The transaction manager keeps what a resource has thrown beside the chain of causes. */
    private static Throwable vetoOf(Throwable failure) {
        assertThat(failure.getSuppressed()).hasSize(1);
        return failure.getSuppressed()[0].getCause();
    }

    private boolean lives(WorkerIdentity worker) {
        return pool.workers().stream().map(WorkerStatus::id).anyMatch(worker.id()::equals);
    }

    /** Each worker that lives answers, and nobody has any. */
    private void assertThatAllConnectionsAreUsable() {
        Await.until("nobody has a worker", () -> pool.statistics().busy() == 0);
        List<PythonConnection> taken = new ArrayList<>();
        try {
            for (int i = 0; i < pool.statistics().max(); i++) {
                PythonConnection connection = python.getConnection();
                taken.add(connection);
                assertThat(connection.call("probe.pid").returning(Long.class))
                        .isEqualTo(connection.worker().pid());
            }
        } finally {
            taken.forEach(PythonConnection::close);
        }
        assertThat(taken).hasSize(4);
    }

    // ---- commit

    @Test
    void aWorkerWithoutHooksMustBeSentNothingAtTheEnd() throws Exception {
        AtomicReference<WorkerIdentity> worker = new AtomicReference<>();
        long failures = pool.statistics().failures();

        try {
            work.inTransaction(() -> {
                sales.add(sale);
                worker.set(callWithoutHooks());
                Processes.signal("STOP", worker.get().pid());
                return null;
            });
        } finally {
            Processes.signal("CONT", worker.get().pid());
        }

        assertThat(sales.has(sale)).isTrue();
        assertThat(lives(worker.get())).isTrue();
        assertThat(pool.statistics().failures()).isEqualTo(failures);
    }

    @Test
    void aWorkerWithoutHooksMustBeSentItsCallsAndNothingElse() throws Exception {
        assertThat(framesOfATransaction(this::callWithoutHooks)).containsExactly("CALL", "CALL");
        assertThat(framesOfATransaction(this::hook)).containsExactly("CALL", "PREPARE", "COMPLETED", "CALL");
    }

    /** What a worker is sent in a transaction with that call, and for the call that asks for it. */
    private List<String> framesOfATransaction(Supplier<WorkerIdentity> call) throws Exception {
        Placement watched;
        try (PythonConnection connection = python.getConnection()) {
            connection.call("notebook.watch_frames").returning(Void.class);
            watched = Placement.require(connection.worker().id(), Duration.ofSeconds(20));
        }
        work.inTransaction(() -> {
            sales.add(UUID.randomUUID().toString());
            // The first connection decides for the transaction.
            try (PythonConnection first = python.getConnection(watched)) {
                return call.get();
            }
        });
        try (PythonConnection connection = python.getConnection(watched)) {
            String[] frames = connection.call("notebook.watched_frames").returning(String[].class);
            // The container validates what is idle now and then.
            return Stream.of(frames).filter(type -> !type.equals("PING")).toList();
        }
    }

    @Test
    void aCommitMustRunTheHooksBeforeItAndThoseAfterIt() throws Exception {
        work.inTransaction(() -> {
            sales.add(sale);
            hook();
            assertThat(noted()).isEmpty();
            return null;
        });

        assertThat(noted()).containsExactly("prepare", "commit");
        assertThat(sales.has(sale)).isTrue();
    }

    @Test
    void aTransactionOfPythonAloneMustRunItsHooksToo() throws Exception {
        work.inTransaction(this::hook);

        assertThat(noted()).containsExactly("prepare", "commit");
    }

    @Test
    void hooksOfSeveralCallsMustRunInTheOrderOfTheirRegistration() throws Exception {
        Path second = directory.resolve("second");
        work.inTransaction(() -> {
            sales.add(sale);
            WorkerIdentity first = hook();
            hook(python, "hook", second);
            assertThat(hook()).isEqualTo(first);
            return null;
        });

        assertThat(noted()).containsExactly("prepare", "prepare", "commit", "commit");
        assertThat(noted(second)).containsExactly("prepare", "commit");
    }

    @Test
    void aHookThatRaisesBeforeTheCommitMustVetoIt() {
        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            sales.add(sale);
            hookThatRaises("veto");
            return null;
        }));

        assertThat(failure).isInstanceOf(RollbackException.class);
        assertThat(vetoOf(failure)).isInstanceOf(PythonRaisedException.class).hasMessage("ValueError: vetoed");
        assertThat(sales.has(sale)).isFalse();
        assertThat(noted()).containsExactly("prepare", "rollback");
    }

    @Test
    void aVetoInATransactionOfPythonAloneMustRollItBack() {
        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            hookThatRaises("veto");
            return null;
        }));

        assertThat(failure).isInstanceOf(RollbackException.class);
        assertThat(vetoOf(failure)).isInstanceOf(PythonRaisedException.class).hasMessage("ValueError: vetoed");
        assertThat(noted()).containsExactly("prepare", "rollback");
    }

    @Test
    void aHookThatRaisesAfterTheCommitMustChangeNothing() throws Exception {
        work.inTransaction(() -> {
            sales.add(sale);
            hookThatRaises("commit_fails");
            return null;
        });

        assertThat(sales.has(sale)).isTrue();
        assertThat(noted()).containsExactly("prepare", "commit");
    }

    // ---- loss

    @Test
    void aWorkerThatIsLostBeforeTheCommitMustRollBackWhatItHeldHooksOf() {
        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            sales.add(sale);
            WorkerIdentity worker = hook();
            Processes.signal("KILL", worker.pid());
            Await.until("its end is known", () -> !lives(worker));
            return null;
        }));

        assertThat(failure).isInstanceOf(RollbackException.class);
        assertThat(sales.has(sale)).isFalse();
        assertThat(noted()).isEmpty();
        assertThatAllConnectionsAreUsable();
    }

    @Test
    void aWorkerThatIsLostBeforeTheCommitMustNotMatterWithoutHooks() throws Exception {
        work.inTransaction(() -> {
            sales.add(sale);
            WorkerIdentity worker = callWithoutHooks();
            Processes.signal("KILL", worker.pid());
            Await.until("its end is known", () -> !lives(worker));
            return null;
        });

        assertThat(sales.has(sale)).isTrue();
        assertThatAllConnectionsAreUsable();
    }

    /** Its connection is closed a moment after its end is known. */
    private WorkerLostException refusal() {
        AtomicReference<WorkerLostException> refusal = new AtomicReference<>();
        Await.until("no connection is given", () -> {
            refusal.set(catchThrowableOfType(
                    WorkerLostException.class, () -> python.getConnection().close()));
            return refusal.get() != null;
        });
        return refusal.get();
    }

    @Test
    void aRequestInATransactionWhoseWorkerHasEndedMustBeToldSo() throws Exception {
        work.inTransaction(() -> {
            WorkerIdentity worker = callWithoutHooks();
            Processes.signal("KILL", worker.pid());
            Await.until("its end is known", () -> !lives(worker));

            WorkerLostException failure = refusal();

            assertThat(failure).hasMessageContaining(worker.id()).hasMessageContaining("SIGKILL");
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.context()).containsEntry("sent", "false");
            return null;
        });
        assertThatAllConnectionsAreUsable();
    }

    @Test
    void aWorkerThatIsLostInAHookBeforeTheCommitMustRollItBack() {
        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            sales.add(sale);
            return hook(python, "hook_to_die", journal);
        }));

        assertThat(failure).isInstanceOf(RollbackException.class);
        assertThat(vetoOf(failure)).isInstanceOf(WorkerLostException.class);
        assertThat(sales.has(sale)).isFalse();
        assertThat(noted()).isEmpty();
        assertThatAllConnectionsAreUsable();
    }

    @Test
    void aWorkerThatIsLostAfterTheCommitMustNotUndoIt() throws Exception {
        work.inTransaction(() -> {
            sales.add(sale);
            return hook(python, "hook_to_die_after_it", journal);
        });

        assertThat(sales.has(sale)).isTrue();
        assertThat(noted()).containsExactly("prepare");
        assertThatAllConnectionsAreUsable();
    }

    // ---- time

    @Test
    void aHookThatHangsBeforeTheCommitMustBeEndedByTheCallTimeout() {
        AtomicReference<WorkerIdentity> worker = new AtomicReference<>();

        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            sales.add(sale);
            worker.set(hook(hasty, "hook_to_hang", journal));
            return null;
        }));

        assertThat(failure).isInstanceOf(RollbackException.class);
        assertThat(vetoOf(failure)).isInstanceOf(CallTimeoutException.class);
        assertThat(sales.has(sale)).isFalse();
        assertThat(Processes.isAlive(worker.get().pid())).isFalse();
        assertThat(noted()).isEmpty();
    }

    @Test
    void aHookThatHangsBeforeTheCommitMustBeEndedByTheTransactionTimeout() throws Exception {
        AtomicReference<WorkerIdentity> worker = new AtomicReference<>();

        // The call timeout of this pool is far longer than the test waits.
        Throwable failure = Background.on(
                        threads,
                        () -> catchThrowable(() -> work.inTransaction(2, () -> {
                            sales.add(sale);
                            worker.set(hook(python, "hook_to_hang", journal));
                            return null;
                        })))
                .value();

        assertThat(failure).isInstanceOf(RollbackException.class);
        assertThat(sales.has(sale)).isFalse();
        assertThat(Processes.isAlive(worker.get().pid())).isFalse();
        assertThat(noted()).isEmpty();
        assertThatAllConnectionsAreUsable();
    }

    @Test
    void aHookThatHangsAfterTheCommitMustChangeNothingAndBeEndedByTheCallTimeout() throws Exception {
        WorkerIdentity worker = work.inTransaction(() -> {
            sales.add(sale);
            return hook(hasty, "hook_to_hang_after_it", journal);
        });

        assertThat(sales.has(sale)).isTrue();
        Await.until("its worker is ended", () -> !Processes.isAlive(worker.pid()));
        assertThat(noted()).containsExactly("prepare");
    }

    @Test
    void aTransactionWhoseTimeIsOverMustRunTheHooksOfARollback() {
        Throwable failure = catchThrowable(() -> work.inTransaction(1, () -> {
            sales.add(sale);
            hook();
            Transaction transaction = transactions.getTransaction();
            Await.until("it is over", () -> status(transaction) != Status.STATUS_ACTIVE);
            return null;
        }));

        assertThat(failure).isNotNull();
        Await.until("the hook has run", () -> !noted().isEmpty());
        assertThat(sales.has(sale)).isFalse();
        assertThatAllConnectionsAreUsable();
        assertThat(noted()).containsExactly("rollback");
    }

    private static int status(Transaction transaction) {
        try {
            return transaction.getStatus();
        } catch (SystemException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTransactionWhoseTimeIsOverInACallMustEndTheWorkerWithItsHooks() {
        AtomicReference<WorkerIdentity> worker = new AtomicReference<>();

        Throwable failure = catchThrowable(() -> work.inTransaction(2, () -> {
            sales.add(sale);
            worker.set(hook());
            try (PythonConnection connection = python.getConnection()) {
                return connection.call("probe.sleep").argument("seconds", 60).returning(Void.class);
            }
        }));

        assertThat(failure).isInstanceOf(CallTimeoutException.class);
        assertThat(Processes.isAlive(worker.get().pid())).isFalse();
        assertThat(sales.has(sale)).isFalse();
        assertThatAllConnectionsAreUsable();
        assertThat(noted()).isEmpty();
    }

    // ---- rollback

    @Test
    void setRollbackOnlyMustRunTheHooksOfARollback() {
        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            sales.add(sale);
            hook();
            transactions.setRollbackOnly();
            return null;
        }));

        assertThat(failure).isInstanceOf(RollbackException.class);
        assertThat(sales.has(sale)).isFalse();
        assertThat(noted()).containsExactly("rollback");
    }

    @Test
    void hooksThatAreRegisteredAfterSetRollbackOnlyMustRunAtTheRollback() {
        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            callWithoutHooks();
            sales.add(sale);
            transactions.setRollbackOnly();
            return hook();
        }));

        assertThat(failure).isInstanceOf(RollbackException.class);
        assertThat(sales.has(sale)).isFalse();
        assertThat(noted()).containsExactly("rollback");
    }

    @Test
    void anExceptionOfTheApplicationMustRunTheHooksOfARollback() {
        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            sales.add(sale);
            hook();
            throw new Exception("as the test wants it");
        }));

        assertThat(failure).hasMessage("as the test wants it");
        assertThat(sales.has(sale)).isFalse();
        assertThat(noted()).containsExactly("rollback");
    }

    @Test
    void aRollbackFromAnotherThreadMustRunTheHooksOfARollback() {
        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            sales.add(sale);
            hook();
            Transaction transaction = transactions.getTransaction();
            assertThat(Background.on(threads, () -> rollBack(transaction)).outcome())
                    .isNull();
            return null;
        }));

        assertThat(failure).isNotNull();
        assertThat(sales.has(sale)).isFalse();
        assertThatAllConnectionsAreUsable();
        assertThat(noted()).containsExactly("rollback");
    }

    private static boolean rollBack(Transaction transaction) {
        try {
            transaction.rollback();
            return true;
        } catch (SystemException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- two transactions

    @Test
    void aTransactionWithinAnotherMustHaveAWorkerAndHooksOfItsOwn() throws Exception {
        Path inner = directory.resolve("inner");

        work.inTransaction(() -> {
            sales.add(sale);
            WorkerIdentity first = hook();
            WorkerIdentity second = alone.callInVain(() -> {
                sales.add(sale + "-inner");
                return hook(python, "hook", inner);
            });
            assertThat(second).isNotEqualTo(first);
            assertThat(noted(inner)).containsExactly("rollback");
            assertThat(noted()).isEmpty();
            return null;
        });

        assertThat(noted()).containsExactly("prepare", "commit");
        assertThat(noted(inner)).containsExactly("rollback");
        assertThat(sales.has(sale)).isTrue();
        assertThat(sales.has(sale + "-inner")).isFalse();
    }

    @Test
    void theTransactionAroundMustRollBackWithoutTouchingTheHooksOfTheOneWithin() {
        Path inner = directory.resolve("inner");

        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            sales.add(sale);
            hook();
            alone.call(() -> {
                sales.add(sale + "-inner");
                return hook(python, "hook", inner);
            });
            throw new Exception("as the test wants it");
        }));

        assertThat(failure).hasMessage("as the test wants it");
        assertThat(noted()).containsExactly("rollback");
        assertThat(noted(inner)).containsExactly("prepare", "commit");
        assertThat(sales.has(sale)).isFalse();
        assertThat(sales.has(sale + "-inner")).isTrue();
    }

    @Test
    void aTransactionThatWasSuspendedMustBeOneTransaction() throws Exception {
        work.inTransaction(() -> {
            sales.add(sale);
            WorkerIdentity before = hook();
            Transaction suspended = transactions.suspend();
            assertThat(callWithoutHooks()).isNotEqualTo(before);
            assertThat(noted()).isEmpty();
            transactions.resume(suspended);
            assertThat(hook()).isEqualTo(before);
            return null;
        });

        assertThat(noted()).containsExactly("prepare", "prepare", "commit", "commit");
        assertThat(sales.has(sale)).isTrue();
    }

    // ---- the worker afterwards

    @Test
    void nobodyElseMustReachTheWorkerBeforeItsHooksHaveRun() throws Exception {
        assertThatAllConnectionsAreUsable();
        Path begun = directory.resolve("begun");
        Path proceed = directory.resolve("proceed");
        Background<WorkerIdentity> committing =
                Background.on(threads, () -> hookUntil(begun.toString(), proceed.toString()));
        Await.until("the hook runs", () -> Files.exists(begun));

        List<PythonConnection> others = new ArrayList<>();
        try {
            for (int i = 1; i < pool.statistics().max(); i++) {
                others.add(python.getConnection());
            }
            Background<WorkerIdentity> next = Background.on(threads, this::noteOnceThereIsAWorker);
            Await.until("it asks for the last worker", () -> pool.statistics().waiting() == 1);
            assertThat(noted()).isEmpty();
            Files.createFile(proceed);

            assertThat(next.value()).isEqualTo(committing.value());
        } finally {
            others.forEach(PythonConnection::close);
        }
        assertThat(noted()).containsExactly("commit", "other");
    }

    private WorkerIdentity hookUntil(String begun, String proceed) {
        try {
            return work.inTransaction(() -> {
                try (PythonConnection connection = python.getConnection()) {
                    connection
                            .call("notebook.hook_until")
                            .argument("journal", journal.toString())
                            .argument("begun", begun)
                            .argument("proceed", proceed)
                            .returning(Void.class);
                    return connection.worker();
                }
            });
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private WorkerIdentity noteOnceThereIsAWorker() {
        while (true) {
            try (PythonConnection connection = python.getConnection()) {
                connection
                        .call("notebook.note")
                        .argument("journal", journal.toString())
                        .argument("line", "other")
                        .returning(Void.class);
                return connection.worker();
            } catch (WorkersExhaustedException e) {
                // Its time for waiting was over; the hook still runs.
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void theOutcomesOfTransactionsMustCostNoWorker() {
        assertThatAllConnectionsAreUsable();
        long lost = pool.statistics().lost();
        long started = pool.statistics().started();

        for (int i = 0; i < 8; i++) {
            Throwable committed = catchThrowable(() -> work.inTransaction(this::hook));
            Throwable vetoed = catchThrowable(() -> work.inTransaction(() -> {
                hookThatRaises("veto");
                return null;
            }));
            Throwable failed = catchThrowable(() -> work.inTransaction(() -> {
                hookThatRaises("commit_fails");
                return null;
            }));
            assertThat(committed).isNull();
            assertThat(vetoed).isInstanceOf(RollbackException.class);
            assertThat(failed).isNull();
        }

        assertThatAllConnectionsAreUsable();
        assertThat(pool.statistics().lost()).isEqualTo(lost);
        assertThat(pool.statistics().started()).isEqualTo(started);
        assertThat(noted()).hasSize(8 * 6);
    }

    @Test
    void aCallOutsideOfATransactionMustNotRegisterHooks() {
        Throwable failure = catchThrowable(this::hook);

        assertThat(failure).isInstanceOf(PythonRaisedException.class).hasMessageContaining("needs a transaction");
    }

    @Test
    void manyTransactionsAtOnceMustEachRunTheirHooksOnce() {
        List<Path> journals = new ArrayList<>();
        List<Background<Boolean>> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Path own = directory.resolve("journal-" + i);
            journals.add(own);
            running.add(Background.on(threads, () -> commitOften(own, 10)));
        }

        assertThat(running).allSatisfy(one -> assertThat(one.outcome()).isNull());
        assertThat(journals).allSatisfy(one -> assertThat(noted(one)).hasSize(20));
    }

    private boolean commitOften(Path own, int times) {
        for (int i = 0; i < times; i++) {
            try {
                work.inTransaction(() -> hook(python, "hook", own));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        return true;
    }
}
