// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.session.Caller;
import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionQuery;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many sessions on few workers, which are killed at random meanwhile. With SERPENTRY_LONG=1 a thousand sessions. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class SessionCrowdIT {

    private static final boolean LONG = "1".equals(System.getenv("SERPENTRY_LONG"));
    private static final int SESSIONS = LONG ? 1000 : 60;
    private static final int CALLS = LONG ? 50 : 15;
    private static final int ANONYMOUS = LONG ? 10_000 : 600;
    private static final int THREADS = 4;
    private static final int PAUSE = 40;

    @Inject
    PythonSessions injected;

    @Inject
    @Pool
    PythonPool pool;

    @Resource
    ManagedExecutorService threads;

    @Resource(lookup = "java:jboss/TransactionManager")
    TransactionManager transactions;

    private final String prefix = "crowd-" + UUID.randomUUID() + "-";
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger rolledBack = new AtomicInteger();
    private final Map<ErrorCode, AtomicInteger> failures = new ConcurrentHashMap<>();
    private Path directory;
    private PythonSessions sessions;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(SessionCrowdIT.class, Await.class, Background.class);
    }

    @BeforeEach
    void signIn() throws IOException {
        sessions = injected.as(Caller.of("crowd"));
        directory = Files.createTempDirectory("crowd");
    }

    private static Invocation append(int number) {
        return Invocation.of("notebook.append").argument("text", Integer.toString(number));
    }

    /** Kills a worker that runs a call, each time when some more calls have been made. */
    private Background<Object> killer(AtomicBoolean stop) {
        Random random = new Random(1);
        return Background.on(threads, () -> {
            int due = PAUSE;
            while (!stop.get()) {
                List<WorkerStatus> busy = pool.workers().stream()
                        .filter(worker -> worker.currentCall() != null)
                        .toList();
                if (calls.get() >= due && !busy.isEmpty()) {
                    // It may have ended by itself meanwhile.
                    ProcessHandle.of(busy.get(random.nextInt(busy.size())).pid())
                            .ifPresent(ProcessHandle::destroyForcibly);
                    kills.incrementAndGet();
                    due = calls.get() + PAUSE;
                }
                Thread.onSpinWait();
            }
            return null;
        });
    }

    @Test
    void everySessionMustEndWithExactlyTheCallsThatSucceededInTheirOrder() throws Exception {
        IntStream.range(0, SESSIONS)
                .forEach(i -> sessions.create(NewSession.durable().id(prefix + i)));
        AtomicBoolean stop = new AtomicBoolean();
        Background<Object> killer = killer(stop);

        List<Background<Integer>> callers = IntStream.range(0, THREADS)
                .mapToObj(thread -> Background.on(threads, () -> called(thread)))
                .toList();
        int repeated = 0;
        for (Background<Integer> caller : callers) {
            repeated += caller.valueWithin(LONG ? 3600 : 300);
        }
        stop.set(true);
        killer.value();

        for (int i = 0; i < SESSIONS; i++) {
            String[] lines = sessions.execute(
                    prefix + i, Invocation.of("notebook.read").argument("name", "lines"), String[].class);
            assertThat(lines)
                    .as("%d workers killed, %d calls repeated", kills.get(), repeated)
                    .containsExactly(IntStream.range(0, CALLS)
                            .mapToObj(Integer::toString)
                            .toArray(String[]::new));
        }
        assertThat(kills).as("some were killed").hasPositiveValue();
    }

    /** A call that failed has changed nothing, so it is made again. How many were. */
    private int called(int thread) {
        int repeated = 0;
        for (int number = 0; number < CALLS; number++) {
            for (int i = thread; i < SESSIONS; i += THREADS) {
                int length = -1;
                while (length < 0) {
                    calls.incrementAndGet();
                    try {
                        length = sessions.execute(prefix + i, append(number), Integer.class);
                    } catch (PythonException e) {
                        repeated++;
                    }
                }
                assertThat(length).isEqualTo(number + 1);
            }
        }
        return repeated;
    }

    @Test
    void anonymousCallsMustLeaveNoSessionHoweverTheyEnd() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Background<Object> killer = killer(stop);
        List<Background<Integer>> callers = IntStream.range(0, THREADS)
                .mapToObj(thread -> Background.on(threads, () -> anonymous(thread)))
                .toList();
        for (Background<Integer> caller : callers) {
            caller.valueWithin(LONG ? 3600 : 300);
        }
        stop.set(true);
        killer.value();

        assertThat(kills).as("some were killed").hasPositiveValue();
        assertThat(failures)
                .containsKeys(
                        ErrorCode.PYTHON_RAISED,
                        ErrorCode.CALL_TIMEOUT,
                        ErrorCode.CALL_INTERRUPTED,
                        ErrorCode.WORKER_LOST);
        assertThat(rolledBack)
                .as("calls whose transaction another thread has rolled back")
                .hasPositiveValue();
        assertThat(sessions.page(SessionQuery.all().kind(SessionKind.TEMPORARY)).items())
                .isEmpty();
    }

    private int anonymous(int thread) {
        int failed = 0;
        for (int i = thread; i < ANONYMOUS; i += THREADS) {
            calls.incrementAndGet();
            try {
                anonymousOf(i);
            } catch (PythonException e) {
                failures.computeIfAbsent(e.code(), code -> new AtomicInteger()).incrementAndGet();
                failed++;
            }
        }
        return failed;
    }

    /** Most succeed or raise; some of each twenty-five pass their deadline, are interrupted, or lose their transaction. */
    private void anonymousOf(int i) {
        switch (i / THREADS % 25) {
            case 3 -> sessions.executeAnonymous(atGate(i).timeout(Duration.ofMillis(100)), Void.class);
            case 11 -> interrupted(i);
            case 19 -> rolledBack(i);
            default ->
                sessions.executeAnonymous(
                        i % 3 == 0
                                ? Invocation.of("notebook.write_and_fail")
                                        .argument("name", "x")
                                        .argument("value", i)
                                : append(i),
                        Object.class);
        }
    }

    /** A call that does not end by itself. */
    private Invocation atGate(int i) {
        return Invocation.of("notebook.wait_at_gate")
                .argument("begun", begun(i).toString())
                .argument("proceed", directory.resolve("never").toString());
    }

    private Path begun(int i) {
        return directory.resolve("begun-" + i);
    }

    private void interrupted(int i) {
        Thread caller = Thread.currentThread();
        cancelled(i, caller::interrupt);
    }

    private void rolledBack(int i) {
        try {
            transactions.begin();
            Transaction transaction = transactions.getTransaction();
            try {
                cancelled(i, () -> {
                    rollBack(transaction);
                    rolledBack.incrementAndGet();
                });
            } finally {
                transactions.suspend();
                if (transaction.getStatus() == Status.STATUS_ACTIVE
                        || transaction.getStatus() == Status.STATUS_MARKED_ROLLBACK) {
                    transaction.rollback();
                }
            }
        } catch (NotSupportedException | SystemException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void rollBack(Transaction transaction) {
        try {
            transaction.rollback();
        } catch (SystemException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes the call, and has another thread cancel it while it runs. */
    private void cancelled(int i, Runnable cancel) {
        AtomicBoolean over = new AtomicBoolean();
        Background<Object> canceller = Background.of(() -> {
            Await.until("it runs or is over", () -> over.get() || Files.exists(begun(i)));
            synchronized (over) {
                if (!over.get()) {
                    cancel.run();
                }
            }
            return null;
        });
        try {
            sessions.executeAnonymous(atGate(i), Void.class);
        } finally {
            synchronized (over) {
                over.set(true);
            }
            boolean unused = Thread.interrupted();
            assertThat(canceller.outcome()).isNull();
            unused = Thread.interrupted();
        }
    }
}
