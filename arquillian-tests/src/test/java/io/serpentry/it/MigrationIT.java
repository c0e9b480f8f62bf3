// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.health.HealthResult;
import io.serpentry.health.ServerHealth;
import io.serpentry.it.app.MoveWitness;
import io.serpentry.it.app.Work;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.Migrations;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.PlannedMove;
import io.serpentry.placement.SessionMoved;
import io.serpentry.session.Caller;
import io.serpentry.session.Execution;
import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.execution.ApplicationSessions;
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
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sessions that go from worker to worker of a running pool, whatever happens on the way. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class MigrationIT {

    private static final Caller ADA = Caller.of("ada");
    private static final Caller OPERATOR = Caller.operator("olga");
    private static final String POOL = "default";

    @Inject
    Migrations migrations;

    @Inject
    PythonSessions injected;

    @Inject
    @Pool
    PythonPool pool;

    @Inject
    ServerHealth health;

    @Inject
    MoveWitness witness;

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Resource
    ManagedExecutorService threads;

    @EJB
    Work work;

    private final String prefix = "move-" + UUID.randomUUID() + "-";
    private PythonSessions sessions;
    private String first;
    private String second;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(MigrationIT.class, MoveWitness.class, Work.class, Await.class, Background.class);
    }

    @BeforeEach
    void awaitTwoWorkers() {
        sessions = injected.as(ADA);
        Await.until(
                "two workers are idle and none is in care",
                () -> pool.statistics().idle() >= 2
                        && pool.statistics().busy() == 0
                        && pool.workers().stream().noneMatch(WorkerStatus::cordoned));
        first = pool.workers().get(0).id();
        second = pool.workers().get(1).id();
    }

    /** The next test counts what is warm, and begins migrations of its own. */
    @AfterEach
    void endMigrationsAndForgetTheSessions() {
        for (Migration migration : migrations.list(null, Migrations.PAGE)) {
            if (!migration.state().isTerminal()) {
                migrations.cancel(OPERATOR, migration.id(), "the test is over");
                ended(migration);
            }
        }
        IntStream.iterate(0, i -> i + 1)
                .mapToObj(this::id)
                .takeWhile(sessions::delete)
                .forEach(ApplicationSessions.placements()::forget);
    }

    private String id(int number) {
        return prefix + number;
    }

    /** Sessions with a line each, which all that worker has warm. */
    private List<String> warmIn(String worker, int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(id(i));
            sessions.create(NewSession.durable().id(id(i)));
            append(id(i));
        }
        ended(migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, null, worker), null));
        ids.forEach(id -> assertThat(worker(id)).isEqualTo(worker));
        return ids;
    }

    private Execution append(String id) {
        return sessions.perform(id, Invocation.of("notebook.append").argument("text", "line"), Integer.class);
    }

    private static String worker(String session) {
        return ApplicationSessions.placements().worker(POOL, session).orElse(null);
    }

    private Migration ended(Migration migration) {
        return in(migration, MigrationState.DONE, MigrationState.ROLLED_BACK);
    }

    private Migration in(Migration migration, MigrationState... wanted) {
        Await.until("migration " + migration.id() + " is one of " + List.of(wanted), () -> List.of(wanted)
                .contains(now(migration).state()));
        return now(migration);
    }

    private Migration now(Migration migration) {
        return migrations.find(migration.id()).orElseThrow();
    }

    private List<MoveReceipt> receipts(Migration migration) {
        return migrations.receipts(migration.id(), 0, Migrations.PAGE);
    }

    /** Somebody has a connection to that worker until he is told. */
    private Background<Object> holding(String worker, CountDownLatch taken, CountDownLatch until) {
        return Background.on(threads, () -> {
            try (PythonConnection connection =
                    python.getConnection(Placement.require(worker, Duration.ofSeconds(10)))) {
                taken.countDown();
                awaited(until);
                return connection.worker();
            }
        });
    }

    /** To the second worker; while that is in use the first batch waits, and the migration is paused. The batch under way is finished. */
    private Migration pausedAfterOneBatch(List<String> ids) throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Background<Object> holder = holding(second, taken, release);
        taken.await();
        Migration migration = migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, first, second), null);
        Await.until("the batch waits for the worker", () -> pool.statistics().busy() == 2);
        migrations.pause(OPERATOR, migration.id());
        release.countDown();
        holder.value();
        Await.until("one batch is moved", () -> now(migration).progress().moved() == 100);
        return migration;
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PythonException refused(Runnable action) {
        return Objects.requireNonNull(catchThrowableOfType(PythonException.class, action::run));
    }

    // ---- what moves

    @Test
    void theNextCallMustGoToTheOtherWorkerAndSendItNothing() {
        List<String> ids = warmIn(first, 3);

        Migration done = ended(migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, first, second), null));

        assertThat(done.state()).as(done.outcome()).isEqualTo(MigrationState.DONE);
        assertThat(done.by()).isEqualTo("olga");
        long sent = ApplicationSessions.traffic().sent(POOL).entries();
        for (String id : ids) {
            Execution call = sessions.perform(id, Invocation.of("notebook.read").argument("name", "lines"), List.class);
            assertThat(call.worker().id()).isEqualTo(second);
            assertThat(call.result()).isEqualTo(List.of("line"));
        }
        assertThat(ApplicationSessions.traffic().sent(POOL).entries())
                .as("the contents were in the worker before")
                .isEqualTo(sent);
    }

    @Test
    void eachSessionMustHaveAReceiptWithRevisionAndDigestBeforeAndAfter() {
        List<String> ids = warmIn(first, 3);

        Migration done = ended(migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, first, second), null));

        List<MoveReceipt> receipts = receipts(done);
        assertThat(receipts).extracting(MoveReceipt::session).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(receipts).allSatisfy(receipt -> {
            assertThat(receipt.state()).isEqualTo(MoveReceipt.State.MOVED);
            assertThat(receipt.from()).isEqualTo(first);
            assertThat(receipt.to()).isEqualTo(second);
            assertThat(receipt.before()).isEqualTo(receipt.after());
            assertThat(receipt.after().revision()).isEqualTo(2);
            assertThat(receipt.after().digest()).matches("[0-9a-f]{64}");
            assertThat(receipt.coldEntries()).isZero();
            assertThat(receipt.duration()).isPositive();
        });
        // All have the same line, so all have the same digest, and another one after another line.
        assertThat(receipts).extracting(receipt -> receipt.after().digest()).containsOnly(digestOf(receipts, 0));
        append(ids.get(0));
        Migration back = ended(migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, null, first), null));
        assertThat(receipts(back).stream()
                        .map(receipt -> receipt.after().digest())
                        .distinct())
                .hasSize(2);
    }

    private static String digestOf(List<MoveReceipt> receipts, int number) {
        return Objects.requireNonNull(receipts.get(number).after()).digest();
    }

    @Test
    void aDryRunMustChangeNothingAndShowWhatTheRunStores() {
        List<String> ids = warmIn(first, 5);
        MigrationRequest request = MigrationRequest.rebalance(POOL, Map.of(first, 2, second, 3));

        MigrationPlan plan = migrations.plan(request);

        assertThat(ids).allSatisfy(id -> assertThat(worker(id)).isEqualTo(first));
        Migration done = ended(migrations.start(OPERATOR, request, plan.id()));
        assertThat(done.plan()).isEqualTo(plan.id());
        assertThat(receipts(done).stream()
                        .map(receipt ->
                                new PlannedMove(receipt.session(), receipt.pool(), receipt.from(), receipt.to())))
                .containsExactlyElementsOf(plan.moves());
        assertThat(plan.before()).containsEntry(first, 5).containsEntry(second, 0);
        assertThat(plan.after()).containsEntry(first, 2).containsEntry(second, 3);
    }

    @Test
    void aRunWithAnotherPlanThanWasShownMustBeRefused() {
        List<String> ids = warmIn(first, 3);
        MigrationRequest request = MigrationRequest.rebalance(POOL, Map.of());
        String shown = migrations.plan(request).id();
        ended(migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids.subList(0, 1), null, second), null));

        PythonException refusal = refused(() -> migrations.start(OPERATOR, request, shown));

        assertThat(refusal.code()).isEqualTo(ErrorCode.ILLEGAL_STATE);
        assertThat(refusal).hasMessageContaining(shown);
    }

    @Test
    void unevenTargetsMustBeMetWithinOneSession() {
        warmIn(first, 11);

        Migration done =
                ended(migrations.start(OPERATOR, MigrationRequest.rebalance(POOL, Map.of(first, 1, second, 3)), null));

        assertThat(done.state()).isEqualTo(MigrationState.DONE);
        assertThat(ApplicationSessions.placements().load(first)).isBetween(2, 3);
        assertThat(ApplicationSessions.placements().load(second)).isBetween(8, 9);
    }

    @Test
    void aSessionThatHasEndedMeanwhileMustBeSkipped() throws Exception {
        List<String> ids = warmIn(first, 2);
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Background<Object> holder = holding(second, taken, release);
        taken.await();
        Migration migration = migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, first, second), null);

        // While the worker that they go to is in use.
        sessions.delete(ids.get(1));
        release.countDown();
        holder.value();

        Migration done = ended(migration);
        assertThat(done.state()).isEqualTo(MigrationState.DONE);
        assertThat(done.progress().moved() + done.progress().skipped()).isEqualTo(2);
        assertThat(done.progress().skipped()).isEqualTo(1);
        assertThat(receipts(done).get(1).problem()).contains("ended");
    }

    @Test
    void eachMovedSessionMustBeAnnounced() {
        List<String> ids = warmIn(first, 2);

        Migration done = ended(migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, first, second), null));

        List<SessionMoved> told = witness.of(done.id());
        assertThat(told).extracting(SessionMoved::session).containsExactlyElementsOf(ids);
        assertThat(told).allSatisfy(move -> {
            assertThat(move.from()).isEqualTo(first);
            assertThat(move.to()).isEqualTo(second);
            assertThat(move.returned()).isFalse();
        });
        Await.until("its end is told", () -> witness.states(done.id()).contains(MigrationState.DONE));
        assertThat(witness.states(done.id()))
                .containsExactly(MigrationState.RUNNING, MigrationState.VERIFYING, MigrationState.DONE);
    }

    // ---- steering

    @Test
    void aMigrationThatIsTakenBackMustLeaveEverySessionWhereItWas() {
        List<String> ids = warmIn(first, 3);
        Migration done = ended(migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, first, second), null));

        migrations.rollback(OPERATOR, done.id(), "second thoughts");

        Migration back = in(done, MigrationState.ROLLED_BACK);
        assertThat(back.outcome()).contains("olga").contains("second thoughts");
        assertThat(back.progress().returned()).isEqualTo(3);
        assertThat(ids).allSatisfy(id -> {
            assertThat(worker(id)).isEqualTo(first);
            assertThat(append(id).worker().id()).isEqualTo(first);
        });
        assertThat(witness.of(done.id())).filteredOn(SessionMoved::returned).hasSize(3);
    }

    @Test
    void aPausedMigrationMustGoOnWhereItWas() throws Exception {
        List<String> ids = warmIn(first, 150);
        Migration migration = pausedAfterOneBatch(ids);

        assertThat(now(migration).state()).isEqualTo(MigrationState.PAUSED);
        migrations.resume(OPERATOR, migration.id());

        assertThat(ended(migration).progress().moved()).isEqualTo(150);
    }

    @Test
    void aCancelledMigrationMustPlaceWhatItHasMovedAsBefore() throws Exception {
        List<String> ids = warmIn(first, 150);
        Migration migration = pausedAfterOneBatch(ids);

        migrations.cancel(OPERATOR, migration.id(), "enough");

        Migration cancelled = in(migration, MigrationState.ROLLED_BACK);
        assertThat(cancelled.outcome()).isEqualTo("cancelled by olga: enough");
        assertThat(cancelled.progress()).isEqualTo(new Migration.Progress(150, 0, 50, 100));
        assertThat(ids).allSatisfy(id -> assertThat(worker(id)).isEqualTo(first));
    }

    @Test
    void aSecondMigrationOfThePoolMustBeRefusedAndNameTheFirst() throws Exception {
        List<String> ids = warmIn(first, 1);
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Background<Object> holder = holding(second, taken, release);
        taken.await();
        Migration migration = migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, first, second), null);

        PythonException refusal =
                refused(() -> migrations.start(OPERATOR, MigrationRequest.migrate(POOL, ids, null, second), null));

        assertThat(refusal.code()).isEqualTo(ErrorCode.ILLEGAL_STATE);
        assertThat(refusal.context()).containsEntry("migration", migration.id());
        release.countDown();
        holder.value();
        ended(migration);
    }

    // ---- workers that end

    @Test
    void ifTheWorkerThatSessionsGoToDiesTheyMustStayWhereTheyWere() throws Exception {
        List<String> ids = warmIn(first, 150);
        Migration migration = pausedAfterOneBatch(ids);

        kill(second);
        migrations.resume(OPERATOR, migration.id());

        Migration back = ended(migration);
        assertThat(back.state()).isEqualTo(MigrationState.ROLLED_BACK);
        assertThat(back.outcome()).contains(second).contains("does not serve any more");
        assertThat(back.progress()).isEqualTo(new Migration.Progress(150, 0, 50, 100));
        assertThat(ids).allSatisfy(id -> assertThat(worker(id)).isEqualTo(first));
        assertThat(append(ids.get(0)).result()).isEqualTo(2);
    }

    private void kill(String worker) {
        WorkerStatus status = pool.workers().stream()
                .filter(found -> found.id().equals(worker))
                .findFirst()
                .orElseThrow();
        ProcessHandle.of(status.pid()).ifPresent(ProcessHandle::destroyForcibly);
        Await.until("worker " + worker + " is gone", () -> pool.workers().stream()
                .noneMatch(found -> found.id().equals(worker)));
    }

    @Test
    void anEvacuatedWorkerMustEndAndAnotherHaveItsSessions() {
        List<String> ids = warmIn(first, 5);

        Migration done = ended(migrations.start(OPERATOR, MigrationRequest.evacuate(POOL, first), null));

        assertThat(done.state()).as(done.outcome()).isEqualTo(MigrationState.DONE);
        assertThat(done.outcome()).contains("5 of 5 sessions moved").contains(first);
        assertThat(ids).allSatisfy(id -> {
            assertThat(worker(id)).isEqualTo(second);
            assertThat(append(id).result()).isEqualTo(2);
        });
        Await.until("it is gone", () -> pool.workers().stream()
                .noneMatch(worker -> worker.id().equals(first)));
    }

    @Test
    void anEvacuationMustWaitForATransactionThatHoldsTheWorker() throws Exception {
        List<String> ids = warmIn(first, 1);
        CountDownLatch bound = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Background<Integer> transaction = transaction(ids.get(0), bound, release);
        bound.await();

        Migration migration = migrations.start(OPERATOR, MigrationRequest.evacuate(POOL, first), null);
        Await.until("its session is moved", () -> now(migration).progress().moved() == 1);
        assertThat(now(migration).state()).isEqualTo(MigrationState.RUNNING);
        release.countDown();

        assertThat(transaction.value()).isEqualTo(3);
        Migration done = ended(migration);
        assertThat(done.state()).as(done.outcome()).isEqualTo(MigrationState.DONE);
        assertThat(append(ids.get(0)).result()).isEqualTo(4);
    }

    /** Two calls of one transaction in that session, with a wait between them. */
    private Background<Integer> transaction(String id, CountDownLatch bound, CountDownLatch release) {
        return Background.on(threads, () -> {
            try {
                return work.inTransaction(() -> {
                    append(id);
                    bound.countDown();
                    awaited(release);
                    return (Integer) append(id).result();
                });
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void anEvacuationWhoseDeadlineIsOverMustSayWhoHoldsTheWorkerAndTakeItselfBack() throws Exception {
        List<String> ids = warmIn(first, 3);
        CountDownLatch bound = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Background<Integer> transaction = transaction(ids.get(0), bound, release);
        bound.await();

        Migration migration = ended(migrations.start(
                OPERATOR, MigrationRequest.evacuate(POOL, first).within(Duration.ofSeconds(1)), null));

        assertThat(migration.state()).isEqualTo(MigrationState.ROLLED_BACK);
        assertThat(migration.outcome())
                .contains("deadline of PT1S")
                .contains("worker " + first + " is held by transaction ")
                .contains(" since ");
        assertThat(pool.workers())
                .filteredOn(worker -> worker.id().equals(first))
                .noneMatch(WorkerStatus::cordoned);
        release.countDown();
        assertThat(transaction.value()).isEqualTo(3);
        assertThat(ids).allSatisfy(id -> assertThat(worker(id)).isEqualTo(first));
    }

    // ---- refusals

    @Test
    void whatCanNotBeMustBeRefusedWithItsReason() {
        List<String> ids = warmIn(first, 1);

        assertThat(refused(() -> migrations.plan(MigrationRequest.migrate(POOL, ids, null, "nobody")))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(() -> migrations.plan(MigrationRequest.migrate(POOL, ids, second, first)))
                        .code())
                .isEqualTo(ErrorCode.ILLEGAL_STATE);
        assertThat(refused(() -> migrations.plan(MigrationRequest.migrate(POOL, List.of("nothing"), null, first)))
                        .code())
                .isEqualTo(ErrorCode.SESSION_NOT_FOUND);
        assertThat(refused(() -> migrations.plan(MigrationRequest.evacuate("nowhere", first)))
                        .code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused(() -> migrations.plan(MigrationRequest.rebalance(POOL, Map.of("nobody", 1))))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(() -> migrations.cancel(OPERATOR, "mig-none", "")).code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    // ---- the whole server

    @Test
    void aDrainMustWaitForWhoeverIsAtWorkAndCanBeTakenBack() throws Exception {
        List<String> ids = warmIn(first, 2);
        CountDownLatch bound = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Background<Integer> transaction = transaction(ids.get(0), bound, release);
        bound.await();

        Migration migration = migrations.start(OPERATOR, MigrationRequest.drain(), null);
        Await.until("they are nowhere warm", () -> now(migration).progress().moved() == 2);
        assertThat(migrations.isDraining()).isTrue();
        assertThat(health.ready()).filteredOn(check -> !check.up()).hasSize(1);
        assertThat(now(migration).state()).isEqualTo(MigrationState.RUNNING);
        release.countDown();
        transaction.value();

        assertThat(ended(migration).state()).isEqualTo(MigrationState.DONE);
        assertThat(migrations.isDraining()).isTrue();
        assertThat(worker(ids.get(0)))
                .as("warm by the transaction's second call, which was made during the drain")
                .isNull();
        append(ids.get(1));
        assertThat(worker(ids.get(1)))
                .as("warm by a call in the drained server")
                .isNull();
        migrations.rollback(OPERATOR, migration.id(), "it goes on");
        in(migration, MigrationState.ROLLED_BACK);
        Await.until("it takes part again", () -> !migrations.isDraining());
        assertThat(health.ready()).allMatch(HealthResult::up);
    }
}
