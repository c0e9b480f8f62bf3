// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.Migrations;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.session.Caller;
import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionStore;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many sessions that are moved while calls are made in all of them and the worker that they go to is killed; 10,000 with SERPENTRY_LONG=1. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class MigrationCrowdIT {

    private static final boolean LONG = "1".equals(System.getenv("SERPENTRY_LONG"));
    private static final int SESSIONS = LONG ? 10_000 : 1_000;
    private static final int CALLERS = 2;
    private static final String POOL = "default";
    private static final Caller OPERATOR = Caller.operator("olga");

    @Inject
    Migrations migrations;

    @Inject
    PythonSessions injected;

    @Inject
    SessionStore store;

    @Inject
    @Pool
    PythonPool pool;

    @Resource
    ManagedExecutorService threads;

    private final String prefix = "move-crowd-" + UUID.randomUUID() + "-";
    private final AtomicBoolean stop = new AtomicBoolean();
    /** How many calls of each session have succeeded. */
    private final AtomicIntegerArray answered = new AtomicIntegerArray(SESSIONS);

    private PythonSessions sessions;
    private String first;
    private String second;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(MigrationCrowdIT.class, Await.class, Background.class);
    }

    @BeforeEach
    void warmInTheFirstWorker() {
        sessions = injected.as(Caller.of("crowd"));
        Await.until("two workers are idle", () -> pool.statistics().idle() >= 2);
        first = pool.workers().get(0).id();
        second = pool.workers().get(1).id();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            ids.add(prefix + i);
            sessions.create(NewSession.durable().id(prefix + i));
            append(i);
        }
        Migration gathered = ended(migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, null, first), null));
        assertThat(gathered.state()).as(gathered.outcome()).isEqualTo(MigrationState.DONE);
    }

    /** A call that fails has changed nothing. */
    private void append(int session) {
        int length = sessions.execute(
                prefix + session, Invocation.of("notebook.append").argument("text", "line"), Integer.class);
        assertThat(length).isEqualTo(answered.incrementAndGet(session));
    }

    private Migration ended(Migration migration) {
        Await.until("it has ended", Duration.ofMinutes(LONG ? 20 : 2), () -> now(migration)
                .state()
                .isTerminal());
        return now(migration);
    }

    private Migration now(Migration migration) {
        return migrations.find(migration.id()).orElseThrow();
    }

    /** Calls in one session after the other; which failures there were. */
    private Set<String> called(int caller) {
        Set<String> failures = new HashSet<>();
        for (int i = caller; !stop.get(); i += CALLERS) {
            try {
                append(i % SESSIONS);
            } catch (PythonException e) {
                failures.add(e.code().name());
            }
        }
        return failures;
    }

    private List<Background<Set<String>>> callers() {
        return IntStream.range(0, CALLERS)
                .mapToObj(caller -> Background.on(threads, () -> called(caller)))
                .toList();
    }

    /** Has them stop, and tells the codes of what failed. */
    private Set<String> failuresOf(List<Background<Set<String>>> callers) throws Exception {
        stop.set(true);
        Set<String> failures = new HashSet<>();
        for (Background<Set<String>> caller : callers) {
            failures.addAll(caller.valueWithin(60));
        }
        return failures;
    }

    @Test
    void noCallMustBeLostWhenTheWorkerThatSessionsGoToIsKilled() throws Exception {
        List<Background<Set<String>>> callers = callers();
        List<String> ids =
                IntStream.range(0, SESSIONS).mapToObj(i -> prefix + i).toList();
        Migration migration = migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, null, second), null);
        Await.until(
                "some are moved",
                Duration.ofMinutes(5),
                () -> now(migration).progress().moved()
                        >= now(migration).progress().total() / 4);
        kill(second);

        Migration ended = ended(migration);
        Set<String> failures = failuresOf(callers);

        assertThat(ended.state()).as(ended.outcome()).isEqualTo(MigrationState.ROLLED_BACK);
        assertThat(ended.outcome()).contains(second);
        assertThat(failures).as("only the call that the killed worker ran").isSubsetOf("WORKER_LOST");
        checkReceipts(ended);
        checkSessions();
    }

    @Test
    void noCallMustBeLostWhenAWorkerIsEvacuatedAndAnotherKilled() throws Exception {
        List<Background<Set<String>>> callers = callers();
        Migration migration = migrations.start(OPERATOR, MigrationRequest.evacuate(POOL, first), null);
        Await.until(
                "some are moved",
                Duration.ofMinutes(5),
                () -> now(migration).progress().moved()
                        >= now(migration).progress().total() / 3);
        kill(second);

        Migration ended = ended(migration);
        Set<String> failures = failuresOf(callers);

        assertThat(ended.state()).as(ended.outcome()).isEqualTo(MigrationState.DONE);
        assertThat(pool.workers()).extracting(WorkerStatus::id).doesNotContain(first, second);
        assertThat(failures).as("only the call that the killed worker ran").isSubsetOf("WORKER_LOST");
        checkReceipts(ended);
        checkSessions();
    }

    private void kill(String worker) {
        pool.workers().stream()
                .filter(found -> found.id().equals(worker))
                .findFirst()
                .flatMap(found -> ProcessHandle.of(found.pid()))
                .orElseThrow()
                .destroyForcibly();
    }

    /** Each session has one, which has ended, and what was moved has both versions. */
    private void checkReceipts(Migration migration) {
        Set<String> seen = new HashSet<>();
        List<MoveReceipt> page;
        int from = 0;
        do {
            page = migrations.receipts(migration.id(), from, Migrations.PAGE);
            for (MoveReceipt receipt : page) {
                assertThat(seen.add(receipt.session())).as(receipt.session()).isTrue();
                assertThat(receipt.state()).isNotEqualTo(MoveReceipt.State.PENDING);
                if (receipt.state() != MoveReceipt.State.SKIPPED) {
                    check(receipt);
                }
            }
            from += page.size();
        } while (!page.isEmpty());
        assertThat(seen).hasSize(migration.progress().total());
        assertThat(migration.progress().moved()
                        + migration.progress().skipped()
                        + migration.progress().returned())
                .isEqualTo(migration.progress().total());
    }

    private static void check(MoveReceipt receipt) {
        assertThat(receipt.before()).isNotNull();
        assertThat(receipt.after()).isNotNull();
        boolean sameRevision = receipt.before().revision() == receipt.after().revision();
        boolean sameDigest = receipt.before().digest().equals(receipt.after().digest());
        // Each call changes the session, so each revision has a digest of its own.
        assertThat(sameDigest).as(receipt.toString()).isEqualTo(sameRevision);
    }

    /** What was answered is stored, in every session, and nothing else. */
    private void checkSessions() {
        for (int i = 0; i < SESSIONS; i++) {
            int length = sessions.execute(
                    prefix + i, Invocation.of("notebook.append").argument("text", "line"), Integer.class);
            assertThat(length).as(prefix + i).isEqualTo(answered.get(i) + 1);
        }
    }
}
